"""One round: ten links, a blow, a new life; and what is wrong afterwards."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

from tests import processes
from tests.downloads.looking import packets
from tests.fakes.media_site import MediaSite
from tests.portal import Portal, Queue, QueueFailed
from tests.processes import Process
from tests.torture import remains, verdicts
from tests.torture.blows import LINKS, Blow, Moment, draw
from tests.torture.links import SECONDS, Link, Medium, media

READY_WITHIN_S = 3.0
"""After a blow; on a machine where the first start took long, at most twice as long as that."""
_GONE_WITHIN_S = 2.0
SETTINGS = {"downloads": {"workers": LINKS, "per_site": LINKS, "min_free_bytes": 0}}


@dataclass(slots=True, kw_only=True)
class Report:
    """How a round went; nothing is wrong where `troubles` is empty."""

    number: int
    blow: Blow
    ready_after_s: float = 0.0
    resent_bytes: int = 0
    running: int | None = None
    """How many downloads were under way when the blow fell, where that was looked at."""
    troubles: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        running = "" if self.running is None else f", {self.running} running"
        verdict = "ok" if not self.troubles else "\n    ".join(["WRONG", *self.troubles])
        return (
            f"round {self.number:>3}: {self.blow}{running}; ready again in {self.ready_after_s:.2f} s, "
            f"{self.resent_bytes / 1024:.0f} KiB sent twice: {verdict}"
        )


class Torture:
    """A portal, a site, and round after round on the same installation."""

    what = f"{LINKS} downloads"
    seconds = SECONDS
    """How long each download takes undisturbed."""

    def __init__(self, portal: Portal, site: MediaSite, seed: int) -> None:
        self._portal = portal
        self._site = site
        self._seed = seed
        self._ready_within_s = max(READY_WITHIN_S, 2 * portal.ready_after_s)
        self._admin = portal.admin()
        self._queue = Queue(self._admin)
        self._media: Sequence[Medium] = ()
        self._models: dict[str, str] = {}
        self._finished: set[Path] = set()

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path, seed: int) -> Iterator[Self]:
        """Start a site and a portal for it in `folder`; the portal's close fails if it leaves anything running."""
        with MediaSite.in_process() as site, Portal(folder, allow=[site.address], settings=SETTINGS) as portal:
            yield cls(portal, site, seed)

    def prepare(self) -> None:
        """Fetch each medium once, undisturbed, to know what it must be like in the end."""
        self._media = media(self._site)
        asked = {medium.name: self._queue.add(self._site.url(medium.path, key="model")) for medium in self._media}
        for name, download in asked.items():
            done = self._queue.until(download["id"], "completed")
            path = self._file(done)
            self._finished.add(path)
            self._models[name] = packets(path)
        for name in {medium.name for medium in self._media if medium.path.startswith("/files/")}:
            assert self._models[name] == packets(self._site.library.path(name)), f"{name} came otherwise than it is"
        fetched = {hit.path.removeprefix("/@key=model") for hit in self._site.hits()}
        for medium in self._media:
            unasked = {path for path, _ in medium.pieces} - fetched
            assert not unasked, f"a blow that waits for {unasked} of {medium.name} never falls"

    def round(self, number: int) -> Report:
        """Queue, strike, start again, wait and judge."""
        self._site.forget()
        report = Report(number=number, blow=self._draw(number))
        named = enumerate(self._media)
        links = [Link(key=f"{number}-{index}", medium=medium, seconds=self.seconds) for index, medium in named]
        with ThreadPoolExecutor(max_workers=4) as askers:
            asked = Asked(self._queue, self._site, links, askers)
            self._wait_for(report.blow, asked)
            survivors = self._strike(report, asked)
        ids = asked.again()
        self._settle(report, survivors)
        for download in self._queue.until_all(ids.values()):
            if download["state"] != "completed":
                report.troubles.append(f"{download['title']} ended {download['state']}: {download['error']}")
        self._judge(report, ids)
        return report

    def _draw(self, number: int) -> Blow:
        return draw(self._seed, number)

    def _wait_for(self, blow: Blow, asked: "Asked") -> None:
        if blow.moment is Moment.QUEUEING:
            asked.wait_for(blow.victim)
            return
        asked.wait_for(LINKS)
        link = asked.links[blow.victim]
        if blow.moment is Moment.FINISHING:
            path, size = link.at(1.0)
            self._site.wait_for(path, bytes_sent=size, over=True)
        else:
            path, size = link.at(blow.part)
            self._site.wait_for(path, bytes_sent=size)

    def _strike(self, report: Report, asked: "Asked") -> list[Process]:
        """The blow, or both; returns who was still to die when the portal was started again."""
        survivors = self._kill(report, asked)
        if report.blow.moment is Moment.STARTING:
            self._portal.launch()
            self._pause(report.blow.delay_s)
            survivors += self._kill(report, asked)
        self._portal.start()
        report.ready_after_s = self._portal.ready_after_s
        if report.ready_after_s > self._ready_within_s:
            report.troubles.append(f"ready again only after {report.ready_after_s:.2f} s")
        return survivors

    def _kill(self, report: Report, asked: "Asked") -> list[Process]:
        survivors: list[Process] = []
        if report.blow.whole_tree:
            self._portal.kill_tree()
        else:
            survivors = self._portal.kill_main()
        report.troubles += remains.database_troubles(self._portal.data_dir, asked.acknowledged())
        return survivors

    def _settle(self, report: Report, survivors: Sequence[Process]) -> None:
        """What the old life left must be gone soon, and nobody may write beside the new one."""
        report.troubles += [f"an orphan: {process}" for process in survivors if not process.wait(_GONE_WITHIN_S)]
        report.troubles += [f"left running: {process}" for process in self._portal.leftovers()]
        writers = processes.writers(self._portal.media_dir)
        own = {process.pid for process in self._portal.tree()}  # looked at last, for it grows
        for path, pids in writers.items():
            if pids - own or (len(pids) > 1 and path.name != "lock"):
                report.troubles.append(f"written by {sorted(pids)}: {path.name}")

    def _judge(self, report: Report, ids: dict[Link, str]) -> None:
        hits = self._site.hits()
        for link, id in ids.items():
            download = self._queue.get(id)
            fetched = verdicts.fetched(link, hits, blows=report.blow.blows)
            report.resent_bytes += fetched.resent_bytes
            report.troubles += fetched.troubles
            report.troubles += verdicts.told_troubles(link, self._queue.told(id))
            if download["file"]:
                path = self._file(download)
                self._finished.add(path)
                report.troubles += verdicts.file_troubles(link, download, path, self._models[link.medium.name])
        if len(self._queue.all()) != len(self._finished):
            report.troubles.append(f"{len(self._queue.all())} downloads, {len(self._finished)} files")
        report.troubles += remains.strange_files(self._portal.media_dir, self._finished)

    @staticmethod
    def _pause(seconds: float) -> None:
        """Any moment will do."""
        threading.Event().wait(seconds)

    def _file(self, download: dict[str, object]) -> Path:
        stored = download["file"]
        assert isinstance(stored, dict), download
        return self._portal.media_dir / str(stored["path"])


class Asked:
    """Ten requests to queue something, of which some are never answered."""

    def __init__(self, queue: Queue, site: MediaSite, links: Sequence[Link], askers: ThreadPoolExecutor) -> None:
        self.links = links
        self._queue = queue
        self._site = site
        self._changed = threading.Condition()
        self._ids: dict[Link, str] = {}
        self._asking: list[Future[None]] = [askers.submit(self._ask, link) for link in links]

    def acknowledged(self) -> set[str]:
        with self._changed:
            return set(self._ids.values())

    def wait_for(self, count: int) -> None:
        """Until so many were acknowledged."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._ids) >= count, 30), "the portal takes no links"

    def again(self) -> dict[Link, str]:
        """Repeat what was not answered, with the same idempotency key; returns the ids of all."""
        for link in self.links:
            if link not in self._ids:
                self._ask(link)
        return {link: self._ids[link] for link in self.links}

    def _ask(self, link: Link) -> None:
        with suppress(httpx.TransportError):
            id = self._queued(link.url(self._site), link.key)
            with self._changed:
                self._ids[link] = id
                self._changed.notify_all()

    def _queued(self, url: str, key: str) -> str:
        """The id; where the first answer died with the portal, that of what it queued."""
        try:
            return str(self._queue.add(url, key=key)["id"])
        except QueueFailed as refused:
            if refused.code != "already_done":
                raise
            (id,) = (str(download["id"]) for download in self._queue.all() if download["url"] == url)
            return id
