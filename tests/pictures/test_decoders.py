"""What a stranger's picture can make of the child that draws it: nothing but a picture, in time, in little memory."""

import asyncio
import os
import platform
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import monotonic

import pytest

from medianest.core.errors import Unavailable
from medianest.pictures import decoders as pool
from medianest.pictures.decoders import Decoders
from medianest.pictures.errors import NoPicture
from medianest.pictures.types import Drawn, Size
from tests.checkout import ROOT
from tests.downloads.processes import until
from tests.pictures.samples import empty_png, frames, picture, seen

SVG = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&x;</text></svg>"""
JPEG, PNG, WEBP, GIF = (picture(kind, (300, 450)) for kind in ("JPEG", "PNG", "WEBP", "GIF"))


def gif_of(width: int, height: int) -> bytes:
    return GIF[:6] + width.to_bytes(2, "little") + height.to_bytes(2, "little") + GIF[10:]


NOT_DRAWN = {
    "a PNG of 30,000 x 30,000": lambda: empty_png(30_000, 30_000),
    "a PNG that says it is larger than memory": lambda: PNG.replace(PNG[16:24], b"\x7f\xff\xff\xff" * 2),
    "a GIF of 65,535 x 65,535": lambda: gif_of(65_535, 65_535),
    "a WebP of 16,383 x 16,383": lambda: picture("WEBP", (16_383, 1600)),
    "a JPEG of which half is missing": lambda: JPEG[: len(JPEG) // 2],
    "a PNG of which half is missing": lambda: PNG[: len(PNG) // 2],
    "a WebP of which half is missing": lambda: WEBP[: len(WEBP) // 2],
    "only the head of a JPEG": lambda: JPEG[:12],
    "a PNG with nonsense in it": lambda: PNG[:60] + bytes(200) + PNG[260:],
    "an SVG that names a file": lambda: SVG,
    "a page": lambda: b"<!doctype html><script>alert(1)</script>",
    "PostScript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nsystemdict",
    "a TIFF": lambda: picture("TIFF", (30, 45)),
    "a PPM": lambda: b"P6 30 45 255 " + bytes(30 * 45 * 3),
    "nothing": lambda: b"",
    "noise": lambda: os.urandom(10_000),
}


@pytest.fixture
async def decoders(tmp_path: Path) -> AsyncIterator[Decoders]:
    running = Decoders(tmp_path)
    yield running
    await running.stop()


@pytest.mark.parametrize("make", NOT_DRAWN.values(), ids=NOT_DRAWN)
async def test_what_is_no_picture_to_show_is_not_drawn_and_the_next_one_is(
    make: Callable[[], bytes], decoders: Decoders
) -> None:
    began = monotonic()
    with pytest.raises(NoPicture):
        await decoders.draw(make(), Size.POSTER_154)
    assert monotonic() - began < 10
    before = decoders.waiting_pids
    assert seen((await decoders.draw(JPEG, Size.POSTER_154)).webp).size == (154, 231)
    assert decoders.waiting_pids == before, "the child itself has seen nothing of it"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_of_an_animation_the_first_frame_is_drawn(kind: str, decoders: Decoders) -> None:
    drawn = seen((await decoders.draw(frames(kind, 500), Size.AVATAR_96)).webp)
    assert drawn.size == (64, 64)
    assert getattr(drawn, "n_frames", 1) == 1


async def test_of_two_files_in_one_only_the_picture_is_left(decoders: Decoders) -> None:
    both = JPEG + b"PK\x03\x04<script>alert(1)</script>%PDF-1.7"
    drawn = (await decoders.draw(both, Size.POSTER_154)).webp
    assert seen(drawn).size == (154, 231)
    assert b"script" not in drawn


def test_no_picture_costs_much_memory(tmp_path: Path) -> None:
    """In a process of its own, for the kernel tells of the largest child that a process ever had."""
    program = """
import asyncio, resource, sys
from pathlib import Path
from medianest.pictures.decoders import Decoders
from medianest.pictures.types import Size

async def main():
    decoders = Decoders(Path.cwd())
    await decoders.draw(sys.stdin.buffer.read(), Size.POSTER_154)
    await decoders.stop()

asyncio.run(main())
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""
    largest = picture("PNG", (4000, 6000), mode="RGBA")
    command, env = [sys.executable, "-c", program], os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=tmp_path, env=env, input=largest, stdout=subprocess.PIPE, check=True)
    assert float(ran.stdout) < 700, "MiB"


async def test_a_child_that_was_killed_while_it_waited_is_replaced(decoders: Decoders) -> None:
    await decoders.draw(JPEG, Size.POSTER_154)
    [first] = decoders.waiting_pids
    os.kill(first, signal.SIGKILL)
    assert seen((await decoders.draw(JPEG, Size.POSTER_154)).webp).size == (154, 231)
    assert decoders.waiting_pids != [first]


async def test_a_child_that_was_killed_at_its_work_leaves_the_next_picture_alone(decoders: Decoders) -> None:
    await decoders.draw(JPEG, Size.POSTER_154)
    [first] = decoders.waiting_pids
    os.kill(first, signal.SIGSTOP)
    drawing = asyncio.create_task(decoders.draw(JPEG, Size.POSTER_154))
    await asyncio.sleep(0)  # it has begun
    os.kill(first, signal.SIGKILL)
    assert seen((await drawing).webp).size == (154, 231), "another child drew it"


async def test_who_stops_waiting_for_its_end_leaves_nothing_open(decoders: Decoders) -> None:
    await decoders.draw(JPEG, Size.POSTER_154)
    (decoder,) = decoders._idle
    ending = asyncio.create_task(decoders.stop())
    asyncio.get_running_loop().call_soon(ending.cancel)
    with pytest.raises(asyncio.CancelledError):
        await ending
    await decoder._program.wait()
    while decoders._ending:
        await asyncio.wait(decoders._ending)
    assert decoder._program.input.is_closing()


async def test_who_is_cancelled_while_it_ends_leaves_nothing_open(decoders: Decoders) -> None:
    await decoders.draw(JPEG, Size.POSTER_154)
    decoder = decoders._idle.pop()
    ending = asyncio.create_task(decoder.end())
    asyncio.get_running_loop().call_soon(ending.cancel)
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert decoder._program.input.is_closing()
    await decoder._program.wait()


async def test_a_child_that_does_not_answer_is_given_up(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    await decoders.draw(JPEG, Size.POSTER_154)
    [first] = decoders.waiting_pids
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr(pool, "_PATIENCE_S", 0.3)
    with pytest.raises(NoPicture):
        await decoders.draw(JPEG, Size.POSTER_154)
    await decoders.stop()
    assert not Path(f"/proc/{first}").exists()


async def test_who_leaves_ends_the_child_that_was_at_it(decoders: Decoders) -> None:
    await decoders.draw(JPEG, Size.POSTER_154)
    [first] = decoders.waiting_pids
    os.kill(first, signal.SIGSTOP)
    drawing = asyncio.create_task(decoders.draw(JPEG, Size.POSTER_154))
    await asyncio.sleep(0)  # it has begun
    drawing.cancel()
    await asyncio.wait([drawing])
    await decoders.stop()
    assert not Path(f"/proc/{first}").exists()


async def test_children_that_nobody_needs_any_more_go(tmp_path: Path) -> None:
    decoders = Decoders(tmp_path, idle_s=0.05)
    await decoders.draw(JPEG, Size.POSTER_154)
    [pid] = decoders.waiting_pids
    await until(lambda: not decoders.waiting_pids and not decoders._ending)
    assert not Path(f"/proc/{pid}").exists()


async def test_children_go_with_a_portal_that_was_killed(tmp_path: Path) -> None:
    program = f"""
import asyncio
from pathlib import Path
from medianest.pictures.decoders import Decoder

async def main():
    print((await Decoder.start(Path({str(tmp_path)!r}))).pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
    portal = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT, stdout=subprocess.PIPE)
    assert portal.stdout
    child = int(await portal.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    portal.kill()
    await portal.wait()
    await until(lambda: not Path(f"/proc/{child}").exists())


async def test_no_more_are_drawn_at_once_than_there_are_places(decoders: Decoders) -> None:
    drawn = await asyncio.gather(*(decoders.draw(JPEG, Size.POSTER_154) for _ in range(20)))
    assert len(set(drawn)) == 1
    assert len(decoders.waiting_pids) == pool.AT_ONCE


async def test_who_comes_when_the_line_is_full_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WAITING", 3)
    decoders = Decoders(tmp_path)
    told = await asyncio.gather(*(decoders.draw(JPEG, Size.POSTER_154) for _ in range(20)), return_exceptions=True)
    await decoders.stop()
    assert sum(isinstance(one, Drawn) for one in told) == pool.AT_ONCE + 3
    assert all(isinstance(one, Drawn | Unavailable) for one in told)


REACHING = {
    "a file": "open('/etc/passwd').read()",
    "a file of its own": "open('x', 'w')",
    "the network": "import _socket; _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)",
    "another program": "os.execv('/bin/true', ['true'])",
    "another process": "os.kill(os.getppid(), 0)",
    "a copy of itself": "os.fork()",
    "its way back": "os.dup(KEPT)",
    "the names of files": "os.listdir('/')",
}


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="the kernel's walls know two processors")
@pytest.mark.parametrize("deed", REACHING.values(), ids=REACHING)
def test_the_kernel_ends_a_child_that_reaches_for(deed: str) -> None:
    ran = _behind_walls(deed)
    assert ran.returncode == -signal.SIGSYS
    assert ran.stdout == b"before"


def test_behind_the_walls_it_can_compute_and_say_so() -> None:
    ran = _behind_walls("x = sorted(bytearray(1 << 22)); os.write(KEPT, b' after'); os._exit(0)")
    assert (ran.returncode, ran.stdout) == (0, b"before after")


def test_more_memory_than_it_may_have_is_not_given() -> None:
    assert _behind_walls("x = bytearray(1 << 30); os._exit(0)").returncode != 0
    assert _behind_walls("x = bytearray(1 << 24); os._exit(0)").returncode == 0


def test_it_is_ended_when_its_time_is_over() -> None:
    setting = "walls.PATIENCE_S = 0.3"
    began = monotonic()
    assert _behind_walls("while True: pass", setting).returncode == -signal.SIGALRM
    assert monotonic() - began < 5


def _behind_walls(deed: str, setting: str = "") -> "subprocess.CompletedProcess[bytes]":
    """Do something where pictures are drawn, with everything loaded that it needs."""
    program = f"""
import os, sys, _socket
from medianest.pictures import walls
{setting}
KEPT = 1
closed = walls.Walls()
os.write(KEPT, b"before")
closed.close(keep=KEPT)
{deed}
"""
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=30)
