"""The documentation is true: whatever is made from it is answered as it says (schemathesis)."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, CheckContext, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from medianest.accounts.types import Scope
from medianest.api.routes import openapi_document
from tests.api.portal import Portal


def no_fault(context: CheckContext, answer: Response, case: Case) -> bool | None:
    """503 is the right answer where what lies behind is not set up, as Overseerr here."""
    return None if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE else not_a_server_error(context, answer, case)


CHECKS = [no_fault, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = 6
ENDLESS = "/api/v1/events"


def operations() -> Iterator[APIOperation]:
    schema = schemathesis.openapi.from_dict(openapi_document())
    found = (operation.ok() for operation in schema.get_all_operations())
    return (operation for operation in found if operation.path != ENDLESS)


def ask(operation: APIOperation, url: str, headers: dict[str, str]) -> None:
    """Ask it what its documentation allows, and what it does not."""
    for mode in schemathesis.GenerationMode:

        @seed(2026)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def answered_as_documented(case: Case) -> None:
            answer = case.call(base_url=url, headers=headers)
            case.validate_response(answer, checks=CHECKS)

        with suppress(Unsatisfiable):  # nothing can be wrong about a call that takes nothing
            answered_as_documented()


async def test_every_call_answers_as_its_documentation_says(portal: Portal) -> None:
    portal.errands.hold.set()
    program = await portal.program(portal.cast.alice, Scope.ADMIN)
    headers = {"authorization": program.headers["authorization"]}
    asked = 0
    for operation in operations():
        await asyncio.to_thread(ask, operation, portal.url, headers)
        asked += 1
    assert asked > 30
