"""What lies beside a finished file comes with it, stays through a crash, and goes with it."""

from pathlib import Path

from sqlalchemy import update

from medianest.core.config import PresetSettings
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import Stage, State, StoredFile
from tests.fakes.media_site import MediaSite
from tests.household import Household

LINK = "/watch/files/clip.mp4?title=Harbour"
OWN = PresetSettings(subtitles=("de",), nfo="movie", thumbnail="both")


def with_preset(household: Household) -> None:
    household.settings = household.settings.model_copy(update={"presets": {"own": OWN}})


def names(household: Household) -> list[str]:
    return [path.name.partition("]")[2] for path in household.files()]


async def completed(household: Household, media_site: MediaSite) -> tuple[str, StoredFile]:
    with_preset(household)
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(household.actors["Alice"], media_site.url(LINK), preset="own")
        done = await household.until_state(download.id, State.COMPLETED, State.FAILED, State.WAITING)
    assert done.file
    return download.id, done.file


async def test_they_lie_beside_it_under_its_name(household: Household, media_site: MediaSite) -> None:
    _, file = await completed(household, media_site)
    assert names(household) == [".de.srt", ".jpg", ".mp4", ".nfo"]
    stem = str(Path(file.path).with_suffix(""))
    assert file.sides == tuple(f"{stem}{end}" for end in (".de.srt", ".jpg", ".nfo"))


async def test_they_go_with_it_when_it_is_deleted(household: Household, media_site: MediaSite) -> None:
    id, _ = await completed(household, media_site)
    async with household.at_work() as downloads:
        await downloads.delete(household.actors["Alice"], id, keep_file=False)
    assert household.files() == []


async def test_a_name_that_another_file_has_beside_it_is_not_taken(household: Household, media_site: MediaSite) -> None:
    id, first = await completed(household, media_site)
    taken = household.media / first.sides[0]
    async with household.at_work() as downloads:
        await downloads.delete(household.actors["Alice"], id, keep_file=False)
        taken.write_text("somebody's own")
        other, _ = await downloads.enqueue(household.actors["Bob"], media_site.url(LINK, key="b"), preset="own")
        second = await household.until_state(other.id, State.COMPLETED, State.FAILED, State.WAITING)
    assert second.file
    assert second.file.path.endswith(" (2).mp4")
    assert taken.read_text() == "somebody's own"


async def test_a_move_that_was_cut_off_after_the_file_is_finished_in_the_next_life(
    household: Household, media_site: MediaSite
) -> None:
    id, file = await completed(household, media_site)
    out = household.media / ".medianest" / "work" / id / "out"
    out.mkdir(parents=True, exist_ok=True)
    for side in file.sides[:2]:
        (household.media / side).rename(out / f"media{side.removeprefix(file.path.removesuffix('.mp4'))}")
    async with household.db.transaction() as session:
        moving = {"state": State.RUNNING, "stage": Stage.MOVING, "lease_owner": "an earlier life"}
        await session.execute(update(DownloadRow).where(DownloadRow.id == id).values(**moving))
    async with household.at_work():
        done = await household.until_state(id, State.COMPLETED)
    assert done.file == file
    assert names(household) == [".de.srt", ".jpg", ".mp4", ".nfo"]
