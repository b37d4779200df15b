"""A test of the connection says what is wrong: name, way, certificate, time, path, key or version."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from medianest.admin import doctor_overseerr
from medianest.admin.types import Verdict
from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.media_requests.errors import NoServer, ServerAway
from medianest.media_requests.overseerr import Overseerr as Whole
from medianest.media_requests.reach.looking import look
from medianest.media_requests.reach.types import Found
from medianest.media_requests.types import Verdict as Decided
from tests.fakes.overseerr import FAULTS, SEERR, Overseerr
from tests.media_requests.house import ADAM, CORA
from tests.media_requests.named import Named


@pytest.fixture
def seerr() -> Iterator[Overseerr]:
    with Overseerr(SEERR) as running:
        running.add("owner")
        yield running


async def test_what_is_well_is_told_with_its_version(overseerr: Overseerr, seerr: Overseerr) -> None:
    for server, version in ((overseerr, "1.34.0"), (seerr, "3.1.0")):
        seen = await look(server.base, server.key)
        assert (seen.found, seen.version) == (Found.HERE, version)


async def test_each_cause_is_told_apart(overseerr: Overseerr) -> None:
    base, key = overseerr.base, overseerr.key
    tls = base.replace("http://", "https://")
    found = {
        "name": await look("http://nobody-knows.invalid:5055", key),
        "tls": await look(tls, key),
        "path": await look(f"{base}/requests", key),
        "key": await look(base, "wrong"),
    }
    assert {name: seen.found for name, seen in found.items()} == {name: Found(name) for name in found}
    assert found["key"].version == "1.34.0"
    asked = [hit.request.headers.get("x-api-key") for hit in overseerr.hits]
    assert asked[:-1] == [None] * (len(asked) - 1)

    overseerr.away()
    assert (await look(base, key)).found is Found.CONNECT


async def test_an_old_server_is_told_and_a_version_without_numbers_is_none(overseerr: Overseerr) -> None:
    for version, found in (("1.32.9", Found.VERSION), ("1.33.0", Found.HERE), ("develop-1a2b", Found.HERE)):
        overseerr.standing["/status"]["version"] = version
        assert (await look(overseerr.base, overseerr.key)).found is found, version


@pytest.mark.parametrize("fault", ["page of HTML", "redirect", "status 502", "no HTTP", "deep JSON", "reset", "null"])
async def test_whatever_answers_there_is_told_as_something_that_can_be_mended(overseerr: Overseerr, fault: str) -> None:
    overseerr.fault(FAULTS[fault], "/status")
    assert (await look(overseerr.base, overseerr.key)).found in (Found.PATH, Found.ANSWER, Found.CONNECT)


async def test_the_doctor_and_the_figures_tell_how_it_stands(
    db: Database, tmp_path: Path, overseerr: Overseerr
) -> None:
    named, metrics = Named(PathsSettings(data_dir=tmp_path, media_dir=tmp_path)), Metrics()
    whole = Whole(db, Live(), metrics, named.settings)

    async def verdicts() -> list[tuple[str, Verdict]]:
        facts = await doctor_overseerr.examine(named.settings().overseerr, whole)
        return [(fact.finding.id, fact.verdict) for fact in facts]

    assert await verdicts() == [("doctor.overseerr_none", Verdict.FINE)]
    with pytest.raises(NoServer):
        await whole.look(ADAM)
    named.lead_to(overseerr)
    assert (await verdicts())[0] == ("requests.found_here", Verdict.FINE)
    whole.hints.take(b"{}")
    assert (await verdicts())[1] == ("doctor.overseerr_webhook_heard", Verdict.FINE)
    assert (await whole.look(ADAM)).found is Found.HERE
    with pytest.raises(Forbidden):
        await whole.look(CORA)

    overseerr.key = "another"
    assert await verdicts() == [("requests.found_key", Verdict.WRONG)]
    assert b"medianest_overseerr_away 0.0" in metrics.render()
    overseerr.away()
    for _ in range(2):
        with pytest.raises(ServerAway):
            await (await whole.connection.asking()).decide(1, Decided.APPROVE)
    assert b"medianest_overseerr_away 1.0" in metrics.render()
    assert whole.standing.away_since
    await whole.stop()
