"""`MediaSite`: what a test holds in its hands, whether the site runs in a thread beside it or in another process."""

import asyncio
import queue
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx

from tests.fakes.media_site import conditions, control
from tests.fakes.media_site.handlers.hostile import LEADING_KINDS
from tests.fakes.media_site.log import Hit
from tests.fakes.media_site.media import Library
from tests.fakes.media_site.server import Server

PROJECT = Path(__file__).resolve().parents[3]
READY = "The media site is ready: "
_PATIENCE_S = 20.0


class MediaSite:
    """A running site. Its verbs speak to it over its own socket, so they cost a few milliseconds each."""

    def __init__(self, base: str, stop: Callable[[], None]) -> None:
        self.base = base
        self.library = Library()
        self._stop = stop
        self._client = httpx.Client(base_url=base, trust_env=False, timeout=_PATIENCE_S + 60)

    @classmethod
    def in_thread(cls, *, port: int = 0, pace: float | None = None) -> Self:
        """Start in a background thread of this process, with a loop of its own."""
        ready: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = queue.SimpleQueue()
        thread = threading.Thread(target=_run_in_thread, args=(port, pace, ready), name="media-site", daemon=True)
        thread.start()
        loop, stopping, actual_port = ready.get(timeout=_PATIENCE_S)

        def stop() -> None:
            loop.call_soon_threadsafe(stopping.set)
            thread.join()

        return cls(f"http://127.0.0.1:{actual_port}", stop)

    @classmethod
    def in_process(cls, *, port: int = 0, pace: float | None = None) -> Self:
        """Start as a process of its own, whose bytes do not disturb what is measured here; it ends with this one."""
        command = [sys.executable, "-m", "tests.fakes.media_site", "--port", str(port), "--until-stdin-closes"]
        command += ["--pace", str(pace)] if pace else []
        process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith(READY):
            raise RuntimeError(f"the media site did not start: {line!r}")

        def stop() -> None:
            with process:
                process.kill()

        return cls(line.removeprefix(READY).strip(), stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()
        self._stop()

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    @property
    def address(self) -> str:
        """`host:port`, as `[downloads] allow_private_hosts` wants it."""
        return self.base.removeprefix("http://")

    def url(self, path: str, /, **said: object) -> str:
        """The address of `path` under conditions: `url("/files/clip.mp4", slow=50_000, key="a")`."""
        return self.base + conditions.write(**said) + path

    def page(self, path: str = "/files/clip.mp4", /, *, title: str | None = None, **said: object) -> str:
        """A page without a player whose medium lies at `path` under the conditions; its title stays as it is."""
        query = f"?title={urllib.parse.quote(title)}" if title is not None else ""
        return f"{self.base}/described{conditions.write(**said)}{path}{query}"

    def leading_to(self, kind: str, target: str) -> str:
        """A page, redirect or manifest (one of `LEADING_KINDS`) that leads to `target`."""
        if kind not in LEADING_KINDS:
            raise ValueError(f"no such kind: {kind}")
        return f"{self.base}/hostile/{kind}?to={urllib.parse.quote(target, safe='')}"

    def sha256(self, name: str) -> str:
        """Of the medium `name` as it is under `/files/`."""
        return self.library.sha256(name)

    def size(self, name: str) -> int:
        return self.library.size(name)

    def hits(self, path: str | None = None) -> list[Hit]:
        """What was asked for so far: at a URL, a whole path, a resource without its conditions, or anywhere."""
        return self.wait_for(path, count=0, timeout_s=0)

    def wait_for(
        self,
        path: str | None = None,
        *,
        count: int = 1,
        bytes_sent: int = 0,
        over: bool = False,
        timeout_s: float = _PATIENCE_S,
    ) -> list[Hit]:
        """Block until `path` was asked for `count` times, each with `bytes_sent` gone out; `over`: to the end.

        Raises `TimeoutError`, which shows the hits that there are.
        """
        wish = {"count": count, "bytes_sent": bytes_sent, "over": over, "timeout_s": timeout_s}
        rows = self._ask("hits", path=self._path(path), **wish)
        hits = [Hit.from_json(row) for row in rows]
        good = [hit for hit in hits if hit.bytes_sent >= bytes_sent and (hit.over or not over)]
        if len(good) < count:
            raise TimeoutError(f"{path} was not asked for {count} times in {timeout_s} s: {hits}")
        return hits

    async def seen(self, path: str | None = None, **wish: Any) -> list[Hit]:
        """As `wait_for`, without blocking the loop."""
        return await asyncio.to_thread(self.wait_for, path, **wish)

    def override(self, path: str, **said: object) -> None:
        """Answer `path` under these conditions from now on, whatever it says itself; none takes it back."""
        self._ask("override", path=self._path(path), conditions=conditions.write(**said))

    def release(self, path: str | None = None) -> None:
        """Let go on what `hold` holds at a path, or everywhere."""
        self._ask("release", path=self._path(path))

    def expire_tokens(self) -> None:
        """Every media address that `/expiring/` pages gave out is dead."""
        self._ask("expire-tokens")

    def end_live(self) -> None:
        self._ask("end-live")

    def announce(self, at: float | None) -> None:
        """Premieres begin at this moment, in seconds since 1970; None lets them begin now."""
        self._ask("premiere", at=at)

    def forget(self) -> None:
        """No hits, no overrides, no good tokens, live streams live, premieres begun."""
        self._ask("forget")

    def _path(self, path: str | None) -> str | None:
        return path.removeprefix(self.base).partition("?")[0] if path is not None else None

    def _ask(self, verb: str, **wish: object) -> Any:
        response = self._client.post(control.PREFIX + verb, json=wish)
        return response.raise_for_status().json()


def _run_in_thread(
    port: int, pace: float | None, ready: "queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]]"
) -> None:
    async def run() -> None:
        server = Server(Library(), pace=pace)
        stopping = asyncio.Event()
        actual_port = await server.open("127.0.0.1", port)
        ready.put((asyncio.get_running_loop(), stopping, actual_port))
        await stopping.wait()
        await server.close()

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(run())
