"""Two hundred browsers with pages open: how soon each hears of what happens, and what they cost, against a bare one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx

from bench.bare import bare
from bench.frame import Figure, cpu_s, memory_mib, p99_ms
from bench.furnished import PEOPLE, cookie, folder_of_portal, move_in

BROWSERS = 200
NEWS = 60
EVERY_S = 0.2
PATIENCE_S = 30
_MARK = b"id: "

Tell = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class Browser:
    """One open page: when each piece of news came, known by its mark, and how long the last one was."""

    mark: bytes
    came: list[float] = field(default_factory=list)
    last_bytes: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, port: int, fields: Mapping[str, str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        lines = ["GET /live HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{name}: {fields[name]}" for name in fields)]
        writer.write("\r\n".join([*lines, "\r\n"]).encode())
        try:
            await reader.readuntil(b"\r\n\r\n")
            while message := await reader.readuntil(b"\n\n"):
                if self.mark in message:
                    self.came.append(perf_counter())
                    self.last_bytes = len(message)
                self.heard.set()
        finally:
            writer.close()

    async def has_heard(self, count: int) -> None:
        """Returns once it has heard of so many, and fails if of more."""
        while len(self.came) < count:
            self.heard.clear()
            await self.heard.wait()
        assert len(self.came) == count


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was measured of one server; `share` is of one processor."""

    late_ms: list[float]
    share: float
    kib_each: float
    message_bytes: int


async def figures() -> AsyncIterator[Figure]:
    """News are changes of a priority, as a program calls for them; what is late is late after the call began."""
    with folder_of_portal() as portal, TemporaryDirectory() as texts:
        await move_in(portal)
        cookies = [await asyncio.to_thread(cookie, portal, name) for name in PEOPLE]
        async with portal.admin_async() as admin:
            paused = (await admin.get("/api/v1/downloads?state=paused")).raise_for_status().json()["items"][0]["id"]

            async def turn(number: int) -> None:
                change = {"priority": 1 - number % 2}
                (await admin.patch(f"/api/v1/downloads/{paused}", json=change)).raise_for_status()

            ours = await taken(portal.pid, portal.port, [{"Cookie": value} for value in cookies], turn)
        theirs = await taken_bare(Path(texts), ours.message_bytes)
    for figure in compared(ours, theirs, of="live"):
        yield figure


async def taken_bare(texts: Path, message_bytes: int, *, number: int = NEWS) -> Taken:
    """The same of a server that does nothing else than send such messages."""
    for name in ("page.html", "rows.json"):
        (texts / name).touch()
    async with bare(texts) as (process, port), httpx.AsyncClient(trust_env=False) as client:
        message = (_MARK + b"1\ndata: ").ljust(message_bytes - 2, b".") + b"\n\n"

        async def tell(_number: int) -> None:
            await client.post(f"http://127.0.0.1:{port}/tell", content=message)

        return await taken(process.pid, port, [{}], tell, number=number)


def compared(ours: Taken, theirs: Taken, *, of: str, bar_ms: float | None = None) -> list[Figure]:
    size = f"{ours.message_bytes} bytes, {1 / EVERY_S:g} a second"
    late, bare_late = p99_ms(ours.late_ms), p99_ms(theirs.late_ms)
    many = f"{BROWSERS} browsers {of}"
    return [
        Figure(
            name=f"{many}: delivery, 99th of 100",
            value=late,
            unit="ms",
            bar=bar_ms,
            note=f"bare {bare_late:.1f} ms; {size}",
        ),
        Figure(name="  against bare", value=late / bare_late),
        Figure(name=f"{many}: share of a processor", value=ours.share * 100, unit="%", note=f"bare {theirs.share:.1%}"),
        Figure(name="  against bare", value=ours.share / theirs.share),
        Figure(name=f"{many}: memory each", value=ours.kib_each, unit="KiB", note=f"bare {theirs.kib_each:.0f} KiB"),
        Figure(name="  against bare", value=ours.kib_each / theirs.kib_each),
    ]


async def taken(
    pid: int, port: int, people: list[Mapping[str, str]], tell: Tell, *, mark: bytes = _MARK, number: int = NEWS
) -> Taken:
    """What it costs a server that so many browsers hear of `number` pieces of news; `tell` sends one on its way."""
    before_mib = memory_mib(pid)
    async with _open_pages(port, people, mark) as browsers:
        kib_each = (memory_mib(pid) - before_mib) * 1024 / BROWSERS
        spent_s, begun, told = cpu_s(pid), perf_counter(), []
        for turn in range(number):
            told.append(perf_counter())
            await tell(turn)
            await asyncio.sleep(max(0, told[-1] + EVERY_S - perf_counter()))
        share = (cpu_s(pid) - spent_s) / (perf_counter() - begun)
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(browser.has_heard(number) for browser in browsers))
        late_ms = [(came - at) * 1000 for browser in browsers for came, at in zip(browser.came, told, strict=True)]
        return Taken(late_ms=late_ms, share=share, kib_each=kib_each, message_bytes=browsers[0].last_bytes)


@asynccontextmanager
async def _open_pages(port: int, people: list[Mapping[str, str]], mark: bytes) -> AsyncIterator[list[Browser]]:
    """Every browser is connected and has heard the first ping."""
    browsers = [Browser(mark=mark) for _ in range(BROWSERS)]
    async with asyncio.TaskGroup() as open_pages:
        listening = [
            open_pages.create_task(browser.listen(port, people[number % len(people)]))
            for number, browser in enumerate(browsers)
        ]
        for browser in browsers:
            await browser.heard.wait()
        yield browsers
        for page in listening:
            page.cancel()
