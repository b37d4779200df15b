"""What programs that look after the installation ask: alive, ready, and in figures."""

from collections.abc import Mapping
from http import HTTPStatus

from litestar import Response

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Served
from medianest.api.wire import Output
from medianest.core import readiness


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
    checks = await readiness.look(services.ready)
    if not all(checks.values()):
        return answers.json(Readiness(status="not_ready", checks=checks), status=HTTPStatus.SERVICE_UNAVAILABLE)
    return answers.json(Readiness(status="ready", checks=checks))


async def metrics(services: Served) -> Answer:
    """Figures for Prometheus."""
    return Response(services.metrics.render(), headers={"content-type": services.metrics.content_type})
