"""What programs that look after the installation ask."""

from pathlib import Path

from medianest.accounts.types import Scope
from medianest.core.db import Database
from tests.api.portal import Portal, run_portal


async def test_it_is_alive_for_anybody(portal: Portal) -> None:
    answer = await (await portal.nobody()).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_says_whether_it_is_ready_and_what_is_not(portal: Portal) -> None:
    nobody = await portal.nobody()
    answer = await nobody.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": {"database": True}})
    portal.errands.broken = True
    answer = await nobody.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not_ready", "checks": {"database": False}})


async def test_figures_are_for_who_may_read_them(portal: Portal) -> None:
    program = await portal.program(portal.cast.alice, Scope.METRICS)
    answer = await program.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["content-type"].count("charset") == 1
    assert "# HELP medianest_" in answer.text
    assert (await (await portal.nobody()).get("/metrics")).status_code == 401


async def test_figures_are_for_an_allowed_address(db: Database, tmp_path: Path) -> None:
    async with run_portal(db, tmp_path, metrics_allow=["127.0.0.0/8"]) as portal:
        assert (await (await portal.nobody()).get("/metrics")).status_code == 200


async def test_the_documentation_is_for_who_is_signed_in(portal: Portal) -> None:
    assert (await (await portal.nobody()).get("/api/v1/openapi.json")).status_code == 401
    gus = await portal.browser(portal.cast.gus)
    answer = await gus.get("/api/v1/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
    known = {"if-none-match": answer.headers["etag"]}
    assert (await gus.get("/api/v1/openapi.json", headers=known)).status_code == 304


async def test_presets_are_told_with_the_one_that_is_meant_without_a_word(portal: Portal) -> None:
    page = (await (await portal.browser(portal.cast.bob)).get("/api/v1/presets")).json()
    assert [item["name"] for item in page["items"]] == ["best", "1080p", "720p", "phone", "audio-mp3", "audio-original"]
    assert [item["name"] for item in page["items"] if item["is_default"]] == ["best"]
    assert page["items"][0].keys() == {"name", "title", "is_default"}
    assert all(" " in item["title"] for item in page["items"]), "in words"
