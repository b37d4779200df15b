"""Thirty ways in which an answer of Overseerr's goes wrong, under every call that asks it: each says what it is."""

from dataclasses import replace
from http import HTTPStatus

import pytest

from medianest.accounts.types import Scope
from medianest.core.circuit import State
from medianest.core.resilience import Retry
from medianest.media_requests.client import Asking
from tests.api.portal import Portal
from tests.fakes.overseerr import FAULTS, Overseerr
from tests.media_requests.house import at_once

REQUESTS, ADMIN = "/api/v1/requests", "/api/v1/admin/overseerr"
DUNE = {"media_type": "movie", "tmdb_id": 438631}
CALLS = (
    ("GET", f"{REQUESTS}/search?q=matrix", None),
    ("GET", f"{REQUESTS}/discover?list=trending", None),
    ("GET", f"{REQUESTS}/titles/movie/603", None),
    ("GET", f"{REQUESTS}/allowances", None),
    ("GET", f"{REQUESTS}/fetchers?media_type=tv", None),
    ("GET", REQUESTS, None),
    ("POST", REQUESTS, DUNE),
    ("POST", "/api/v1/problems", {**DUNE, "kind": "audio", "text": "None"}),
    ("GET", ADMIN, None),
    ("GET", f"{ADMIN}/accounts", None),
    ("GET", f"{ADMIN}/people", None),
    ("POST", f"{ADMIN}/webhook", {}),
)
TYPES = {"application/json", "application/problem+json"}


@pytest.fixture
async def asking(portal: Portal, overseerr: Overseerr) -> Portal:
    """Nobody waits long in it, and no circuit opens."""
    portal.named.lead_to(overseerr, household_user_id=2)
    portal.services.discovery._patience_s = 0.2
    connection = portal.services.overseerr.connection
    guards = replace((await connection.asking())._line._guards, retry=Retry(sleep=at_once))
    connection._asking = Asking(overseerr.base, overseerr.key, guards, patience_s=0.3)
    return portal


async def test_no_fault_of_the_server_breaks_a_call(asking: Portal, overseerr: Overseerr) -> None:
    alice = await asking.program(asking.cast.alice, Scope.ADMIN)
    broken = []
    for name, fault in FAULTS.items():
        asking.services.overseerr.connection._breaker.hold(State.CLOSED)
        overseerr.fault(fault)
        for method, path, body in CALLS:
            answer = await alice.request(method, path, json=body)
            is_broken = answer.status_code >= 500 and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE
            if is_broken or answer.headers["content-type"] not in TYPES:
                broken.append((name, method, path, answer.status_code))
        overseerr.calm()
    assert broken == []
