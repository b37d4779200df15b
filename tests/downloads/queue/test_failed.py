"""What failed, by its cause: each sees what they decide about, and deals with a cause at once."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from medianest.accounts.plans import Plans
from medianest.accounts.types import NewPlan, Quotas
from medianest.core import clock
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.config import DownloadsSettings
from medianest.downloads import failed, queries
from medianest.downloads.errors import NoDownload
from medianest.downloads.failed import Handled
from medianest.downloads.models import DownloadRow
from medianest.downloads.service import Downloads
from medianest.downloads.types import ErrorCode, State
from tests.household import Household


@pytest.fixture
async def downloads(household: Household) -> AsyncIterator[Downloads]:
    """A queue that waits for room on the disk."""
    household.settings = DownloadsSettings(min_free_bytes=2**52)
    async with household.at_work() as queue:
        yield queue


async def fail(household: Household, downloads: Downloads, actor: Actor, name: str, code: ErrorCode) -> str:
    download, _ = await downloads.enqueue(actor, f"https://tube.example/{name}")
    await household.until_state(download.id, State.WAITING)
    over = {"state": State.FAILED, "error_code": code, "finished_at": clock.now(), "waits_for": None, "due_at": None}
    async with household.db.transaction() as session:
        await session.execute(update(DownloadRow).where(DownloadRow.id == download.id).values(**over))
    return download.id


async def counts(household: Household, actor: Actor) -> list[tuple[ErrorCode, int]]:
    return [(cause.code, cause.count) for cause in await household.db.read(failed.causes, actor)]


async def test_causes_are_counted_for_whom_they_concern(household: Household, downloads: Downloads) -> None:
    ada, alice, bob = (household.actors[name] for name in ("Ada", "Alice", "Bob"))
    await fail(household, downloads, alice, "one", ErrorCode.NEEDS_UPDATE)
    await fail(household, downloads, alice, "two", ErrorCode.DRM)
    await fail(household, downloads, bob, "three", ErrorCode.NEEDS_UPDATE)
    assert await counts(household, ada) == [(ErrorCode.NEEDS_UPDATE, 2), (ErrorCode.DRM, 1)]
    assert await counts(household, alice) == [(ErrorCode.DRM, 1), (ErrorCode.NEEDS_UPDATE, 1)]
    assert await counts(household, bob) == [(ErrorCode.NEEDS_UPDATE, 1)]


async def test_all_of_a_cause_are_tried_again_and_what_cannot_be_stays(
    household: Household, downloads: Downloads
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    mine = [await fail(household, downloads, alice, f"{number}", ErrorCode.NETWORK) for number in range(3)]
    drm = await fail(household, downloads, alice, "drm", ErrorCode.DRM)
    other = await fail(household, downloads, bob, "bobs", ErrorCode.NETWORK)
    await downloads.enqueue(alice, "https://tube.example/1")
    new = NewPlan(name="Few", quotas=Quotas(active=2), roles=frozenset({Role.MEMBER}))
    await Plans(household.db).create(SYSTEM, new)
    assert await downloads.failed.retry(alice, ErrorCode.NETWORK) == Handled(done=1, left=2)
    await household.until(mine[0], lambda known: known.state is not State.FAILED)
    for id in (*mine[1:], drm, other):
        await household.until_state(id, State.FAILED)
    assert await downloads.failed.retry(alice, ErrorCode.GEO_BLOCKED) == Handled(done=0, left=0)


async def test_dismissing_a_cause_leaves_other_causes_and_what_others_follow(
    household: Household, downloads: Downloads
) -> None:
    ada, alice, bob = (household.actors[name] for name in ("Ada", "Alice", "Bob"))
    gone = await fail(household, downloads, alice, "gone", ErrorCode.REMOVED)
    kept = await fail(household, downloads, alice, "kept", ErrorCode.DRM)
    bobs = await fail(household, downloads, bob, "bobs", ErrorCode.REMOVED)
    assert await downloads.failed.dismiss(alice, ErrorCode.REMOVED) == Handled(done=1, left=0)
    assert await household.db.read(queries.by_id, gone) is None
    assert {item.id for item in (await household.db.read(queries.listing, ada)).items} == {kept, bobs}
    assert await downloads.failed.dismiss(ada, ErrorCode.REMOVED) == Handled(done=1, left=0)


def test_only_known_causes_are_causes() -> None:
    assert failed.code_of("drm") is ErrorCode.DRM
    with pytest.raises(NoDownload):
        failed.code_of("bad luck")
