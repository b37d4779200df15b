"""What programs that look after the installation ask: alive, ready, and in figures."""

import asyncio
import logging
from collections.abc import Mapping
from http import HTTPStatus

from litestar import Response

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Served
from medianest.api.wire import Output
from medianest.http.services import Check

log = logging.getLogger(__name__)

_PATIENCE_S = 2.0


class Health(Output, frozen=True, kw_only=True):
    """`ok` as long as the process answers."""

    status: str


class Readiness(Output, frozen=True, kw_only=True):
    """Whether requests may be sent here, and what holds of that."""

    status: str
    checks: Mapping[str, bool]


async def healthz() -> Answer:
    """Alive; depends on nothing outside."""
    return answers.json(Health(status="ok"))


async def readyz(services: Served) -> Answer:
    """Ready, or 503 with what is not."""
    found = await asyncio.gather(*map(_in_time, services.ready.values()), return_exceptions=True)
    checks = {name: held is True for name, held in zip(services.ready, found, strict=True)}
    if failed := {name: held for name, held in zip(services.ready, found, strict=True) if held is not True}:
        log.warning("not ready: %s", failed)
        return answers.json(Readiness(status="not_ready", checks=checks), status=HTTPStatus.SERVICE_UNAVAILABLE)
    return answers.json(Readiness(status="ready", checks=checks))


async def metrics(services: Served) -> Answer:
    """Figures for Prometheus."""
    return Response(services.metrics.render(), headers={"content-type": services.metrics.content_type})


async def _in_time(check: Check) -> bool:
    async with asyncio.timeout(_PATIENCE_S):
        return await check()
