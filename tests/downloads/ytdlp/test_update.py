"""A newer yt-dlp comes from the system's index, is tried out, and is taken or not; the one in use is never touched."""

import asyncio
import os
import sys
import sysconfig
from collections.abc import Mapping
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Actor
from medianest.core.config import DownloadsSettings
from medianest.core.db import Database
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Catalogues
from medianest.downloads import spawn
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.ytdlp import trees, updates
from medianest.downloads.ytdlp.errors import AlreadyUpdating, NothingToGoBackTo, NotInstalled, TrialFailed
from medianest.downloads.ytdlp.pip import Pip
from medianest.downloads.ytdlp.updates import Ytdlp
from tests import processes
from tests.fakes.package_index import EJS, Kind, PackageIndex
from tests.household import cast

BUNDLED = updates.bundled().version
NEW, NEWEST = "2031.1.2", "2031.1.3"
PIP_ASKS_WITHOUT_FETCHING = [int(part) for part in metadata.version("pip").split(".")[:2]] >= [25, 1]
"""Since 25.1 pip reads the index's metadata in a dry run; before, it fetches the wheel to look into it."""


class House:
    """A data folder, and yt-dlp kept fresh in it."""

    def __init__(self, db: Database, folder: Path, index: PackageIndex, ada: Actor) -> None:
        self.db = db
        self.folder = folder
        self.index = index
        self.ada = ada
        self.settings = DownloadsSettings()
        self.fresh = self.begin()

    def begin(self) -> Ytdlp:
        """A further life of the portal."""
        workspace = Workspace(media_dir=self.folder / "media", data_dir=self.folder)
        self.copies = updates.copies(self.folder, workspace)
        known = {"PATH": os.environ["PATH"], **self.index.environment}
        self.fresh = Ytdlp(self.db, self.copies, spawn.find_tools, lambda: self.settings, known)
        return self.fresh

    async def told(self) -> list[Mapping[str, Any]]:
        """What the journal tells of yt-dlp, oldest first."""
        page = await self.db.read(journal_pages.page, limit=50)
        return [
            {"kind": entry.kind, "who": entry.actor_name, **entry.data}
            for entry in reversed(page.items)
            if entry.kind.startswith("ytdlp")
        ]

    def versions(self) -> set[str]:
        place = self.folder / "ytdlp"
        return {path.name for path in place.iterdir() if path.is_dir()} if place.exists() else set()


@pytest.fixture
async def house(db: Database, tmp_path: Path, index: PackageIndex) -> House:
    people = await cast(db)
    house = House(db, tmp_path, index, people["Ada"])
    house.fresh.start()
    await house.fresh.settled()
    return house


async def test_a_newer_one_is_installed_tried_out_and_taken(house: House) -> None:
    house.index.offer(NEW)
    status = await house.fresh.update(house.ada)
    assert (status.copy.version, status.copy.ejs, status.back_to) == (NEW, EJS, BUNDLED)
    assert status.copy.folder == house.folder / "ytdlp" / NEW
    assert house.versions() == {NEW}
    assert await house.told() == [{"kind": "ytdlp.updated", "who": "Ada", "before": BUNDLED, "in_use": NEW}]


async def test_what_is_the_newest_already_is_left_alone(house: House) -> None:
    house.index.offer("2020.1.1")
    status = await house.fresh.update(house.ada)
    assert status.is_bundled
    assert status.checked_at
    fetched = [path for path in house.index.asked if path.endswith(".whl")]
    assert len(fetched) <= (0 if PIP_ASKS_WITHOUT_FETCHING else 1), fetched
    assert (house.versions(), await house.told()) == (set(), [])


async def test_the_job_takes_stable_ones_nightly_ones_or_none_as_is_wished(house: House) -> None:
    nightly = f"{NEWEST}.10203.dev0"
    house.index.offer(NEW)
    house.index.offer(nightly)
    house.settings = DownloadsSettings(ytdlp="off")
    assert await house.fresh.keep_fresh() is None
    assert house.index.asked == []
    house.settings = DownloadsSettings(ytdlp="stable")
    told = await house.fresh.keep_fresh()
    assert told
    assert Catalogues().of("en").say(told) == f"yt-dlp is {NEW} now; it was {BUNDLED}."
    house.settings = DownloadsSettings(ytdlp="nightly")
    await house.fresh.keep_fresh()
    assert (await house.fresh.status()).copy.version == nightly
    house.settings = DownloadsSettings(ytdlp="stable")
    await house.fresh.keep_fresh()
    assert (await house.fresh.status()).copy.version == nightly, "it never goes back by itself"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.BROKEN, "no_such_module_anywhere"),
        (Kind.FAILING, "no such luck"),
        (Kind.LYING, "2001.01.01"),
    ],
)
async def test_one_that_does_not_work_is_refused_and_said_so(house: House, kind: Kind, said: str) -> None:
    house.index.offer(NEW, kind)
    with pytest.raises(TrialFailed) as failed:
        await house.fresh.keep_fresh()
    assert said in Catalogues().of("en").say(failed.value.message)
    status = await house.fresh.status()
    assert status.is_bundled
    assert status.trouble
    assert said in Catalogues().of("en").say(status.trouble)
    assert house.versions() == set()
    (told,) = await house.told()
    assert (told["kind"], told["in_use"], told["reason"]) == ("ytdlp.kept", BUNDLED, failed.value.message.id)
    await house.fresh.keep_fresh()
    assert (await house.fresh.status()).is_bundled, "what was refused is not tried again"
    assert len(await house.told()) == 1


async def test_a_person_may_have_a_refused_one_tried_again(house: House) -> None:
    house.index.offer(NEW, Kind.BROKEN)
    with pytest.raises(TrialFailed):
        await house.fresh.keep_fresh()
    house.index.offer(NEW)
    await house.fresh.keep_fresh()
    assert (await house.fresh.status()).is_bundled
    assert (await house.fresh.update(house.ada)).copy.version == NEW


async def test_a_file_of_another_hash_is_not_installed(house: House) -> None:
    house.index.offer(NEW)
    house.index.lie_about(NEW)
    with pytest.raises(NotInstalled):
        await house.fresh.update(house.ada)
    assert (house.versions(), (await house.fresh.status()).is_bundled) == (set(), True)


async def test_what_is_more_than_yt_dlp_is_not_installed(house: House) -> None:
    house.index.offer(NEW, Kind.INTRUSIVE)
    with pytest.raises(NotInstalled, match="sitecustomize"):
        await house.fresh.update(house.ada)
    assert house.versions() == set()


@pytest.mark.parametrize(("most", "id"), [(1 << 60, "downloads.ytdlp_no_room"), (1 << 20, "downloads.ytdlp_too_large")])
async def test_an_update_fills_no_disk(house: House, monkeypatch: pytest.MonkeyPatch, most: int, id: str) -> None:
    monkeypatch.setattr(trees, "BYTES_MOST", most)
    house.index.offer(NEW)
    with pytest.raises(NotInstalled) as refused:
        await house.fresh.update(house.ada)
    assert refused.value.message.id == id
    assert house.versions() == set()


async def test_the_same_trouble_is_told_once_and_the_next_look_can_succeed(house: House) -> None:
    for _ in range(2):
        with pytest.raises(NotInstalled):
            await house.fresh.keep_fresh()
    assert [entry["kind"] for entry in await house.told()] == ["ytdlp.kept"]
    house.index.offer(NEW)
    status = await house.fresh.update(SYSTEM)
    assert (status.copy.version, status.trouble) == (NEW, None)


async def test_an_index_that_hangs_is_given_up_and_leaves_nothing_running(house: House) -> None:
    house.index.offer(NEW)
    release = await Pip(house.index.environment).newest(house.folder, nightly=False)
    house.index.hang()
    pip = Pip(house.index.environment, patience=timedelta(seconds=3))
    with house.copies.draft() as folder, pytest.raises(NotInstalled) as late:
        await pip.install(release, folder, folder / "final")
    assert late.value.message.id == "downloads.ytdlp_too_slow"
    assert processes.touching(house.folder) == []


async def test_there_is_one_update_at_a_time_and_its_end_leaves_nothing(house: House) -> None:
    house.index.offer(NEW)
    house.index.hang()
    house.fresh.begin_update(house.ada)
    await asyncio.to_thread(house.index.wait_until_fetched)
    assert (await house.fresh.status()).updating
    for again in (house.fresh.update, house.fresh.roll_back):
        with pytest.raises(AlreadyUpdating):
            await again(house.ada)
    with pytest.raises(AlreadyUpdating):
        house.fresh.begin_update(house.ada)
    await house.fresh.stop()
    assert (house.versions(), processes.touching(house.folder)) == (set(), [])
    assert not (await house.fresh.status()).updating


async def test_a_way_back_leads_to_the_one_before_and_the_job_does_not_undo_it(house: House) -> None:
    for version in (NEW, NEWEST):
        house.index.offer(version)
        await house.fresh.update(SYSTEM)
    status = await house.fresh.roll_back(house.ada)
    assert (status.copy.version, status.back_to) == (NEW, BUNDLED)
    await house.fresh.keep_fresh()
    assert (await house.fresh.roll_back(house.ada)).is_bundled
    with pytest.raises(NothingToGoBackTo):
        await house.fresh.roll_back(house.ada)
    assert [(entry["kind"], entry["in_use"]) for entry in await house.told()] == [
        ("ytdlp.updated", NEW),
        ("ytdlp.updated", NEWEST),
        ("ytdlp.rolled_back", NEW),
        ("ytdlp.rolled_back", BUNDLED),
    ]


async def test_a_damaged_one_is_gone_back_from_at_the_next_start_and_comes_again(house: House) -> None:
    house.index.offer(NEW)
    await house.fresh.update(SYSTEM)
    (house.folder / "ytdlp" / NEW / "yt_dlp" / "version.py").write_text("torn")
    house.begin().start()
    await house.fresh.settled()
    assert (await house.fresh.status()).is_bundled
    assert (await house.told())[-1]["kind"] == "ytdlp.rolled_back"
    await house.fresh.keep_fresh()
    assert (await house.fresh.status()).copy.version == NEW


async def test_a_switch_that_nobody_was_told_of_is_told_by_the_next_start(house: House) -> None:
    house.index.offer(NEW)
    with house.copies.draft() as folder:
        release = await Pip(house.index.environment).newest(folder, nightly=False)
        await house.fresh._bring(release, folder)
    house.copies.switch(NEW)
    house.begin().start()
    await house.fresh.settled()
    assert [(entry["kind"], entry["before"]) for entry in await house.told()] == [("ytdlp.updated", BUNDLED)]
    house.begin().start()
    await house.fresh.settled()
    assert len(await house.told()) == 1


_ASK = """
import asyncio, os, sys
from pathlib import Path
from medianest.downloads.ytdlp.pip import Pip
print(asyncio.run(Pip(os.environ).newest(Path(sys.argv[1]), nightly=False)).version)
"""


async def test_pip_comes_with_python_where_the_environment_has_none(index: PackageIndex, tmp_path: Path) -> None:
    index.offer(NEW)
    bare, borrowed = tmp_path / "bare", tmp_path / "borrowed"
    borrowed.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith("pip"):
            (borrowed / entry.name).symlink_to(entry)
    making = await asyncio.create_subprocess_exec(sys.executable, "-m", "venv", "--without-pip", str(bare))
    assert await making.wait() == 0
    packages = sysconfig.get_path("purelib", vars={"base": str(bare)})
    (Path(packages) / "borrowed.pth").write_text(f"{borrowed}\n{Path(updates.__file__).parents[3]}\n")
    asking = await asyncio.create_subprocess_exec(
        *(str(bare / "bin" / "python"), "-I", "-c", _ASK, str(tmp_path)),
        env={"PATH": os.environ["PATH"], **index.environment},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asking.communicate()
    assert said.decode().strip() == NEW


async def test_the_environment_of_the_portal_stays_with_it_but_for_what_pip_needs(house: House, tmp_path: Path) -> None:
    pip = Pip({"MEDIANEST_PLEX__TOKEN": "secret", "PIP_INDEX_URL": "x", "PIP_TARGET": "/", "https_proxy": "p"})
    given = pip._environment(tmp_path)
    assert given.keys() == {"PATH", "HOME", "LANG", "TMPDIR", "PIP_INDEX_URL", "https_proxy"}


async def test_every_trouble_is_a_sentence(house: House) -> None:
    with pytest.raises(MediaNestError) as failed:
        await house.fresh.update(house.ada)
    said = Catalogues().of("en").say(failed.value.message)
    assert said.startswith("pip could not fetch a newer yt-dlp: ")
    assert "{" not in said
