"""An update of yt-dlp in the middle of ten downloads, and kill -9 in the middle of the update."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, Self

from medianest.downloads.files.workspace import Workspace
from medianest.downloads.ytdlp import trees, updates
from tests.fakes.media_site import MediaSite
from tests.fakes.package_index import Kind, PackageIndex
from tests.portal import Portal
from tests.processes import Process
from tests.torture.blows import LINKS, Blow, Moment
from tests.torture.links import Link
from tests.torture.rounds import SETTINGS, Asked, Report, Torture

SECONDS = 12.0
_PATIENCE_S = 90.0
_LOOK_EVERY_S = 0.05
_RUN = re.compile(r" yt-dlp (\d\S+)$", re.M)


class Stage(StrEnum):
    """How far the update is when the blow falls."""

    FETCHING = "fetching"
    INSTALLING = "installing"
    TRYING = "trying out"
    SWITCHING = "switching"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateBlow(Blow):
    """A blow against an update; `delay_s` after it came to this stage."""

    stage: Stage

    def __str__(self) -> str:
        return f"{'tree' if self.whole_tree else 'main'} while {self.stage:<10} ({self.delay_s:.2f} s)"


def draw(seed: int, number: int) -> UpdateBlow:
    """The blow of round `number`: stages take turns, all else is chance."""
    chance = Random(f"update {seed} {number}")
    stages = list(Stage)
    return UpdateBlow(
        moment=Moment.FETCHING,
        whole_tree=chance.random() < 0.5,
        victim=chance.randrange(LINKS),
        part=0,
        delay_s=chance.uniform(0, 0.4),
        stage=stages[(seed + number) % len(stages)],
    )


class UpdateTorture(Torture):
    """Each round there is a newer yt-dlp; the same must be true of its downloads as in every round, and more."""

    seconds = SECONDS
    _index: PackageIndex
    _newest = ""

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path, seed: int) -> Iterator[Self]:
        """Start a site, an index and a portal for them in `folder`."""
        with MediaSite.in_process() as site, PackageIndex() as index:
            environ = index.environment
            with Portal(folder, allow=[site.address], settings=SETTINGS, environ=environ) as portal:
                torture = cls(portal, site, seed)
                torture._index = index
                yield torture

    def round(self, number: int) -> Report:
        self._before, self._newest = self._in_use(), f"2031.1.{number + 1}"
        self._index.offer(self._newest, Kind.WHOLE)
        return super().round(number)

    def _draw(self, number: int) -> Blow:
        return draw(self._seed, number)

    def _wait_for(self, blow: Blow, asked: Asked) -> None:
        """All are under way, and the update is where the blow shall meet it."""
        assert isinstance(blow, UpdateBlow)
        asked.wait_for(LINKS)
        self._site.wait_for(asked.links[blow.victim].piece(0), bytes_sent=1, timeout_s=_PATIENCE_S)
        if blow.stage is Stage.FETCHING:
            self._index.hang()
        self._admin.post("/api/v1/admin/ytdlp/update").raise_for_status()
        if blow.stage is Stage.FETCHING:
            self._index.wait_until_fetched()
        else:
            self._until(lambda: self._has_come_to(blow.stage))
        self._pause(blow.delay_s)

    def _has_come_to(self, stage: Stage) -> bool:
        place = self._portal.data_dir / "ytdlp"
        patterns = {Stage.INSTALLING: ".new-*/tree", Stage.TRYING: ".new-*/trial", Stage.SWITCHING: self._newest}
        return any(place.glob(patterns[stage]))

    def _kill(self, report: Report, asked: Asked) -> list[Process]:
        report.running = len(self._queue.all(state="running"))
        survivors = super()._kill(report, asked)
        self._index.go_on()
        report.troubles += self._halves()
        return survivors

    def _settle(self, report: Report, survivors: Sequence[Process]) -> None:
        """The update is asked for again, while what was interrupted goes on."""
        super()._settle(report, survivors)
        self._until(self._has_updated)

    def _has_updated(self) -> bool:
        """Whether the newest is in use; asks for it where nobody looks for it."""
        known = self._admin.get("/api/v1/admin/ytdlp").raise_for_status().json()
        if known["version"] == self._newest:
            return not known["updating"]
        if not known["updating"]:
            self._admin.post("/api/v1/admin/ytdlp/update")
        return False

    def _judge(self, report: Report, ids: dict[Link, str]) -> None:
        super()._judge(report, ids)
        for link, id in ids.items():
            used = _RUN.findall(self._queue.log(id))
            if not used or set(used) - {self._before, self._newest}:
                report.troubles.append(f"{link.key}: fetched with {used}")
            elif len(set(used)) > 1:
                report.troubles.append(f"{link.key}: began with {used[0]} and went on with {used[1:]}")
        told = [entry["data"]["in_use"] for entry in self._told("ytdlp.updated")]
        if told.count(self._newest) not in (1, 2):  # a kill between the switch and its note has it told again
            report.troubles.append(f"the journal tells of updates to {told}")
        kept = {path.name for path in (self._portal.data_dir / "ytdlp").iterdir() if path.is_dir()}
        if strange := kept - {self._before, self._newest}:
            report.troubles.append(f"left in the data folder: {sorted(strange)}")
        report.troubles += self._halves()

    def _halves(self) -> list[str]:
        """Copies that can be seen and are not whole, and a book that cannot be read or names one that is not there."""
        place = self._portal.data_dir / "ytdlp"
        troubles = []
        for folder in place.glob("2*"):
            try:
                trees.check_sealed(folder)
            except trees.Damaged as error:
                troubles.append(f"half a copy, {folder.name}: {error}")
        workspace = Workspace(media_dir=self._portal.media_dir, data_dir=self._portal.data_dir)
        copies = updates.copies(self._portal.data_dir, workspace)
        current = copies.book().current
        if current and copies.in_use().version != current:
            troubles.append(f"{current} is in use, and is not there")
        return troubles

    def _told(self, kind: str) -> list[dict[str, Any]]:
        asked = {"kind": kind, "limit": 200}
        entries: list[dict[str, Any]] = self._admin.get("/api/v1/admin/journal", params=asked).json()["items"]
        return entries

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, "the update came no further"
            self._pause(_LOOK_EVERY_S)

    def _in_use(self) -> str:
        return str(self._admin.get("/api/v1/admin/ytdlp").raise_for_status().json()["version"])
