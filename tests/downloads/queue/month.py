"""A month of five people and three sites: what is asked for, how sites answer, and what is seen of the queue."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from medianest.core.config import DownloadsSettings
from medianest.downloads import failures
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.plans.meters import Meter
from medianest.downloads.protocol import OUT, Fetched, Info
from medianest.downloads.run import STOPPED, Broken, Finished, Outcome
from medianest.downloads.types import Download, ErrorCode, Progress, Stage, Tick

START = datetime(2026, 11, 2, tzinfo=UTC)
DAYS = 30
MB = 10**6
RATE = 4 * MB
LARGEST = 600 * MB
PIECES = 5
MICROSECONDS = 0.001
"""The database keeps times in whole ones; less than this is no difference."""
PREMIERES = ((0.1, True), (1.5, False), (9, True))
"""How many days ahead, and whether the site says when."""
SITES = {"203.0.114.1": "tube.example", "203.0.114.2": "kino.example", "203.0.114.3": "radio.example"}

REFUSALS = (ErrorCode.RATE_LIMITED, ErrorCode.BOT_CHECK)
BY_ITSELF = (ErrorCode.QUOTA_EXCEEDED, ErrorCode.NOT_YET)
HOPELESS = [code for code in ErrorCode if not failures.REMEDIES[code].retryable and code not in BY_ITSELF]
PASSING = [code for code in ErrorCode if failures.REMEDIES[code].retryable and code not in (*REFUSALS, *BY_ITSELF)]


@dataclass(slots=True, kw_only=True, eq=False)
class Link:
    """Something that is asked for; `fails` is what its next runs end with, `hopeless` what every run does."""

    url: str
    site: str
    owner: str
    asked_at: float
    size: int
    hopeless: ErrorCode | None = None
    fails: list[ErrorCode] = field(default_factory=list)
    premiere_at: float = 0.0
    is_announced: bool = False
    ends: list[ErrorCode | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """While this lasts, a site refuses whoever asks."""

    begins: float
    ends: float
    code: ErrorCode
    wish: timedelta | None


def hours(number: float) -> float:
    return number * 3600


def links(draw: random.Random, people: list[str]) -> list[Link]:
    """A month of wishes, with each failure there is, and premieres from hours to days ahead."""
    found = [_link(draw, number, owner, at) for number, (at, owner) in enumerate(sorted(_wishes(draw, people)))]
    fates = draw.sample(found, 2 * len(HOPELESS) + 2 * len(PASSING) + len(PREMIERES))
    for code in HOPELESS * 2:
        fates.pop().hopeless = code
    for code in PASSING * 2:
        fates.pop().fails = [code] * draw.randint(1, 3)
    for days, is_announced in PREMIERES:
        premiere = fates.pop()
        premiere.premiere_at = premiere.asked_at + hours(24 * days)
        premiere.is_announced = is_announced
    return found


def _wishes(draw: random.Random, people: list[str]) -> list[tuple[float, str]]:
    """A list of 50 on the first evening and a film for each of the others, further lists, all at once, single ones."""
    *others, first = people
    times = [(hours(1), first)] * 50 + [(hours(1.1 + 0.02 * n), person) for n, person in enumerate(others)]
    times += [(hours(60), people[0])] * 30
    times += [(hours(120), people[1])] * 12 + [(hours(120.2), people[2])] * 12
    times += [(hours(300 + 0.01 * n), person) for n, person in enumerate(people) for _ in range(5)]
    return times + [(draw.uniform(0, hours(24 * (DAYS - 5))), draw.choice(people)) for _ in range(50)]


def _link(draw: random.Random, number: int, owner: str, at: float) -> Link:
    host = draw.choice(list(SITES))
    size = min(LARGEST, int(draw.lognormvariate(5.6, 1.0) * MB)) + draw.randrange(MB)
    return Link(url=f"http://{host}/film-{number}", site=SITES[host], owner=owner, asked_at=at, size=size)


def spells(draw: random.Random) -> dict[str, list[Spell]]:
    """Each site refuses some times a month, for minutes or hours, with or without a wish when to come back."""
    wishes = (None, None, timedelta(minutes=3), timedelta(hours=2), timedelta(hours=5))
    found = {}
    for site in SITES.values():
        begins = [draw.uniform(0, hours(24 * DAYS)) for _ in range(24)] + [hours(draw.uniform(2, 5)), hours(121)]
        found[site] = [
            Spell(
                begins=at,
                ends=at + hours(draw.choice([0.3, 1, 4, 9, 20])),
                code=draw.choice(REFUSALS),
                wish=draw.choice(wishes),
            )
            for at in begins
        ]
    return found


@dataclass(slots=True, kw_only=True)
class Closed:
    """What a site may expect of us after it refused: nothing until then, after that one at a time."""

    until: float = 0.0
    refusals: int = 0
    probe: "Visit | None" = None

    def refused(self, now: float, wish: timedelta | None) -> None:
        self.refusals += 1
        grown = min(hours(0.5) * 2 ** (self.refusals - 1), hours(24))
        asked = wish.total_seconds() if wish else grown
        pause = asked if self.refusals == 1 else max(asked, grown)
        self.until, self.probe = now + pause, None


class Month:
    """What sites answer, and what they and the people see; `now` is in seconds since the start."""

    def __init__(self, links: list[Link], spells: dict[str, list[Spell]], now: Callable[[], float]) -> None:
        self.links = {link.url: link for link in links}
        self.spells = spells
        self.now = now
        self.visits: set[Visit] = set()
        self.closed: dict[str, Closed] = {}
        self.requests = 0
        self.while_cooling: list[tuple[str, float]] = []
        self.received: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self.codes: Counter[ErrorCode] = Counter()
        self.begun: list[tuple[float, str, int]] = []
        self.closings = 0
        self.watchers: list[Callable[[Visit], None]] = []

    def refusal(self, site: str) -> Spell | None:
        now = self.now()
        return next((spell for spell in self.spells[site] if spell.begins <= now < spell.ends), None)

    def begin(self, visit: "Visit") -> None:
        """A request arrives at its site: was it to be expected?"""
        self.requests += 1
        self.visits.add(visit)
        site, now = visit.link.site, self.now()
        closed = self.closed.get(site)
        if closed is not None:
            if now < closed.until - MICROSECONDS or (closed.probe and not closed.probe.progress.downloaded_bytes):
                self.while_cooling.append((site, now))
            if closed.probe and closed.probe.progress.downloaded_bytes:
                del self.closed[site]
            else:
                closed.probe = visit
        for saw_it_begin in self.watchers:
            saw_it_begin(visit)
        self.begun.append((now, visit.link.owner, visit.link.size))

    def end(self, visit: "Visit", outcome: Outcome) -> None:
        self.visits.discard(visit)
        code = outcome.code if isinstance(outcome, Broken) else None
        visit.link.ends.append(code)
        if code:
            self.codes[code] += 1
        self._remember(visit, outcome)

    def _remember(self, visit: "Visit", outcome: Outcome) -> None:
        site = visit.link.site
        closed = self.closed.get(site)
        if isinstance(outcome, Broken) and outcome.code in REFUSALS:
            if closed is None:
                closed = self.closed[site] = Closed()
                self.closings += 1
            if closed.probe is visit or not closed.refusals:
                closed.refused(self.now(), outcome.retry_after)
        elif closed is not None and closed.probe is visit:
            del self.closed[site]


class Visit:
    """One run of one download as `run.Run` has it, whose child and site are drawn; its bytes go by the real pass."""

    def __init__(
        self,
        month: Month,
        download: Download,
        *,
        settings: DownloadsSettings,
        egress: Egress,
        workspace: Workspace,
        meter: Meter,
        on_probed: Callable[[Info], Awaitable[bool]],
        on_tick: Callable[[Tick], None],
        **_tools: object,
    ) -> None:
        self.download = download
        self.meter = meter
        self.progress = Progress()
        self.stage = Stage.FETCHING
        self.link = month.links[download.url]
        self._month = month
        self._workspace = workspace
        self._pass = egress.open_pass(download.id, byte_limit=settings.max_file_bytes, meter=meter)
        self._close = lambda: egress.close_pass(download.id)
        self._on_probed = on_probed
        self._on_tick = on_tick

    async def perform(self) -> Outcome:
        self._month.begin(self)
        try:
            outcome = await self._ask()
        finally:
            self._close()
        self._month.end(self, outcome)
        return outcome

    async def stop(self, why: Broken = STOPPED) -> None:
        raise AssertionError(f"nobody stops anything in this month: {why}")

    async def _ask(self) -> Outcome:
        await asyncio.sleep(3)
        if spell := self._month.refusal(self.link.site):
            return Broken(code=spell.code, detail="", retry_after=spell.wish)
        if self.link.hopeless:
            return Broken(code=self.link.hopeless, detail="")
        if not await self._on_probed(self._info()):
            return STOPPED
        if self._is_coming:
            return Broken(code=ErrorCode.NOT_YET, detail="")
        fails = self.link.fails.pop(0) if self.link.fails else None
        if not await self._receive(self.link.size // 3 if fails else self.link.size):
            return Broken(code=ErrorCode.QUOTA_EXCEEDED, detail="")
        return Broken(code=fails, detail="") if fails else await asyncio.to_thread(self._finished)

    async def _receive(self, size: int) -> bool:
        """Whether so much came; as the relay does it: as much as there is room for, then the pass is ended."""
        left = size
        while left:
            piece = min(left, self.link.size // PIECES + 1)
            await asyncio.sleep(piece / RATE)
            room = self._pass.room
            fitting = piece if room is None else min(piece, room)
            self.meter.receive(fitting)
            self._month.received[self.link.owner].append((self._month.now(), fitting))
            done = self.progress.downloaded_bytes + fitting
            self.progress = Progress(downloaded_bytes=done, total_bytes=self.link.size)
            self._on_tick(Tick(stage=self.stage, progress=self.progress))
            left -= fitting
            if fitting < piece:
                self._pass.exhaust()
                assert self._pass.is_over_budget
                return False
        return True

    def _finished(self) -> Finished:
        out = self._workspace.work(self.download.id) / OUT
        out.mkdir(exist_ok=True)
        (out / "film.mp4").write_bytes(b"film")
        fetched = Fetched(file="film.mp4", size_bytes=self.link.size, info=self._info())
        path = f"{self.link.site}/{Path(self.link.url).name}.mp4"
        return Finished(fetched=fetched, path=path, has_picture=False, tone=None, warnings=())

    @property
    def _is_coming(self) -> bool:
        return self.link.premiere_at > self._month.now()

    def _info(self) -> Info:
        name = Path(self.link.url).name
        begins_at = START.timestamp() + self.link.premiere_at if self.link.is_announced and self._is_coming else None
        return Info(
            title=name,
            site=self.link.site,
            extractor="Film",
            source_id=name,
            webpage_url=self.link.url,
            live_status="is_upcoming" if self._is_coming else None,
            begins_at=begins_at,
        )
