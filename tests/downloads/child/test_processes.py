"""Child processes come clean, stay within their limits, and are gone when they should be."""

import asyncio
import os
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from medianest.core.errors import Unavailable
from medianest.core.programs import Program
from medianest.downloads.protocol import LINE_MOST, Failed, Fetch, Fetched, Limits, Probe, Probed, Staged
from medianest.downloads.spawn import Child, Make, Tools, find_tools
from medianest.downloads.types import ErrorCode, Preset, Stage
from tests.downloads.conftest import Desk
from tests.downloads.processes import freeze, session, until
from tests.downloads.recipes import BUILT_IN
from tests.fakes.canary import Canary
from tests.fakes.media_site import MediaSite

PROJECT = Path(__file__).parents[3]
LONG = "/files/long-360.mp4"


@pytest.fixture(params=[False, True], ids=["new", "waited"])
def waited(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def held(desk: Desk, media_site: MediaSite) -> Child:
    """A child in the middle of a download that does not go on."""
    child = await desk.child()
    url = media_site.page("/files/padded-3000000.mp4", hold=1_500_000)
    command = Fetch(url=url, proxy=desk.allowance.proxy_url)
    await desk.ask(child, command, until=lambda event: isinstance(event, Staged) and event.stage is Stage.FETCHING)
    await until(lambda: list(desk.folder.glob("*.part")))
    return child


async def test_a_child_inherits_nothing(desk: Desk, media_site: MediaSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIANEST_PLEX__TOKEN", "s3cret")
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere.example")
    secret = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(secret, True)
    child = await desk.child()
    await desk.probe(media_site.base + "/files/clip.mp4", child=child)
    proc = Path(f"/proc/{child.pid}")
    environment = dict(line.split("=", 1) for line in proc.joinpath("environ").read_text().split("\0") if line)
    assert environment.keys() == {
        "PATH", "LANG", "YTDLP_NO_PLUGINS", "DENO_NO_UPDATE_CHECK", "NO_COLOR"
    }  # fmt: skip
    opened = [str(fd.readlink()) for fd in proc.joinpath("fd").iterdir()]
    assert __file__ not in opened
    assert all(name.startswith(("pipe:", "socket:", str(desk.folder))) for name in opened), opened
    assert "s3cret" not in proc.joinpath("cmdline").read_text()
    assert desk.allowance.password not in proc.joinpath("cmdline").read_text()
    assert os.getsid(child.pid) == os.getpgid(child.pid) == child.pid
    assert (proc / "cwd").readlink() == desk.folder
    os.close(secret)


async def test_a_killed_child_is_gone_at_once(desk: Desk, media_site: MediaSite) -> None:
    child = await held(desk, media_site)
    began = desk.now()
    await child.kill()
    assert desk.now() - began < 0.3
    assert session(child.pid) == {}


async def test_what_the_child_started_is_killed_with_it(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    command = Fetch(url=media_site.base + LONG, proxy=desk.allowance.proxy_url, recipe=BUILT_IN[Preset.AUDIO_MP3])
    working = asyncio.create_task(desk.ask(child, command))
    await freeze(child.pid, "ffmpeg")
    await child.kill()
    assert session(child.pid) == {}
    ended = await working
    assert isinstance(ended, Failed)
    assert ended.code is ErrorCode.INTERRUPTED
    assert not list(desk.folder.glob("out/*"))


async def test_who_is_cancelled_while_it_dies_leaves_nothing_open(desk: Desk) -> None:
    before = open_ends()
    child = await desk.child()
    assert len(open_ends() - before) >= 3
    killing = asyncio.create_task(child.kill())
    asyncio.get_running_loop().call_soon(killing.cancel)
    with pytest.raises(asyncio.CancelledError):
        await killing
    assert (session(child.pid), child._program._ended.is_set()) == ({}, True)
    await until(lambda: open_ends() <= before)


def open_ends() -> set[str]:
    """The sockets and pipes of this process."""
    ends = set()
    for fd in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            ends.add(os.fspath(fd.readlink()))
    return {end for end in ends if end.startswith(("socket:", "pipe:"))}


@pytest.mark.parametrize("waited", [False])
async def test_a_kill_at_any_moment_leaves_nobody(desk: Desk, media_site: MediaSite) -> None:
    moments = random.Random(20261120)
    command = Fetch(url=media_site.base + LONG, proxy=desk.allowance.proxy_url, recipe=BUILT_IN[Preset.PHONE])
    for _ in range(12):
        child = await desk.child()
        await child.send(command)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(moments.uniform(0, 2)):
                await asyncio.Event().wait()
        await child.kill()
        assert session(child.pid) == {}
    assert os.getpgrp()
    fetched = await desk.fetch(media_site.base + LONG, Preset.PHONE)
    assert isinstance(fetched, Fetched)


PARENT = """\
import asyncio, sys
from pathlib import Path
from tests.downloads.recipes import BUILT_IN
from medianest.downloads.protocol import Fetch
from medianest.downloads.spawn import Child, Make, find_tools

async def main():
    folder, url, proxy, preset = sys.argv[1:]
    child = await Child.spawn(Path(folder), Make(tools=find_tools()), log=lambda line: None)
    await child.send(Fetch(url=url, proxy=proxy, recipe=BUILT_IN[preset]))
    print(child.pid, flush=True)
    async for event in child.events():
        pass

asyncio.run(main())
"""


async def a_parent(desk: Desk, url: str, preset: Preset) -> tuple[asyncio.subprocess.Process, int]:
    """A process that has a child which fetches, and that child's pid."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(desk.folder), url, desk.allowance.proxy_url, preset.value,
        env={"PYTHONPATH": str(PROJECT), "PATH": os.defpath}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdout
    return parent, int(await parent.stdout.readline())


async def test_a_child_dies_with_its_parent_in_the_middle_of_a_download(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.page("/files/padded-3000000.mp4", hold=1_500_000)
    parent, child = await a_parent(desk, url, Preset.BEST)
    await until(lambda: list(desk.folder.glob("*.part")))
    parent.kill()
    assert await until(lambda: not session(child)) < 1
    await parent.wait()


async def test_ffmpeg_dies_with_the_parent_as_well(desk: Desk, media_site: MediaSite) -> None:
    parent, child = await a_parent(desk, media_site.base + LONG, Preset.AUDIO_MP3)
    await freeze(child, "ffmpeg")
    parent.kill()
    assert await until(lambda: not session(child)) < 1
    await parent.wait()


WAITING = """\
import asyncio
from medianest.downloads.spawn import Child, Make, find_tools

async def main():
    child = await Child.start(Make(tools=find_tools()))
    print(child.pid, flush=True)
    print(await child.gets_ready(), flush=True)
    await child.wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["while it loads", "while it waits"])
async def test_who_waits_dies_with_the_parent_as_well(moment: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WAITING, env={"PYTHONPATH": str(PROJECT), "PATH": os.defpath}, stdout=-1
    )
    assert parent.stdout
    child = int(await parent.stdout.readline())
    assert session(child)
    if moment == "while it waits":
        assert await parent.stdout.readline() == b"True\n"
    parent.kill()
    assert await until(lambda: not session(child)) < 1
    await parent.wait()


async def test_two_never_write_into_one_folder(desk: Desk, media_site: MediaSite) -> None:
    await held(desk, media_site)
    refused = await desk.fetch(media_site.base + "/files/clip.mp4")
    assert isinstance(refused, Failed)
    assert refused.code is ErrorCode.INTERRUPTED


async def test_a_folder_is_taken_as_long_as_ffmpeg_writes_there(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    command = Fetch(url=media_site.base + LONG, proxy=desk.allowance.proxy_url, recipe=BUILT_IN[Preset.PHONE])
    await child.send(command)
    ffmpeg = await freeze(child.pid, "ffmpeg")
    os.kill(child.pid, signal.SIGKILL)
    await until(lambda: set(session(child.pid)) == {ffmpeg})
    refused = await desk.probe(media_site.base + "/files/clip.mp4")
    assert isinstance(refused, Failed)
    await child.kill()
    await until(lambda: not session(child.pid))
    assert isinstance(await desk.probe(media_site.base + "/files/clip.mp4"), Probed)


@pytest.mark.parametrize("waited", [False])
async def test_a_child_that_needs_too_much_memory_ends(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child(limits=Limits(memory_bytes=30 << 20))
    failed = await desk.probe(media_site.url("/files/clip.mp4", wait=30), child=child)
    assert isinstance(failed, Failed)
    assert "memory" in failed.detail
    await until(lambda: not session(child.pid))


@pytest.mark.parametrize("waited", [False])
async def test_a_child_that_needs_too_much_time_of_the_processor_ends(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child(limits=Limits(cpu_s=1))
    for _ in range(500):
        failed = await desk.probe(media_site.base + "/files/clip.mp4", child=child)
        if isinstance(failed, Failed):
            break
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.INTERRUPTED
    assert f"signal {signal.SIGXCPU.value}" in failed.detail or f"signal {signal.SIGKILL.value}" in failed.detail


async def test_a_child_that_ends_when_it_is_not_needed_any_more_says_nothing(desk: Desk) -> None:
    child = await desk.child()
    await child.kill()
    await child.kill()
    await child.send(Probe(url="https://tube.example", proxy="http://127.0.0.1:1"))
    (last,) = [event async for event in child.events()]
    assert isinstance(last, Failed)
    assert last.code is ErrorCode.INTERRUPTED


async def stand_in(desk: Desk, program: str) -> Child:
    """Another program in the place of ours."""
    theirs, ours = os.pipe()
    os.close(theirs)
    command = [sys.executable, "-u", "-c", program]
    started = await Program.start(command, cwd=desk.folder, env={}, pass_fds=(), line_most=LINE_MOST)
    return Child(Make(tools=desk.tools), started, ours, desk.log.append)


@pytest.mark.parametrize(
    "babble",
    ["print('hello')", "print('x' * 200_000)", """print('{"event":"fetched"}')""", """print('{"event":"odd"}')"""],
)
async def test_a_child_that_babbles_is_ended(desk: Desk, babble: str) -> None:
    child = await stand_in(desk, f"{babble}; import time; time.sleep(1000)")
    (last,) = [event async for event in child.events()]
    assert isinstance(last, Failed)
    assert last.code is ErrorCode.INTERNAL
    assert session(child.pid) == {}


async def test_lines_of_the_log_are_cut_and_without_secrets(desk: Desk) -> None:
    child = await stand_in(
        desk, "import sys; print('a' * 100_000, 'Cookie: s3cret', 'end', sep=chr(10), file=sys.stderr)"
    )
    (last,) = [event async for event in child.events()]
    assert isinstance(last, Failed)
    assert max(map(len, desk.log)) <= 2000
    assert [line for line in desk.log if "s3cret" in line] == []
    assert desk.log[-1] == "end"


def test_the_tools_are_found() -> None:
    tools = find_tools()
    assert Path(tools.ffmpeg).is_file()
    assert tools.deno
    assert Path(tools.deno).is_file()


def test_a_system_s_ffmpeg_is_known_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "sh")
    assert find_tools().ffmpeg == os.path.realpath("/bin/sh")


def test_the_ffmpeg_that_comes_along_is_before_the_system_s_and_is_not_run_to_be_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    system, carried = tmp_path / "bin" / "ffmpeg", tmp_path / "wheels" / "imageio_ffmpeg" / "binaries" / "ffmpeg-any-v9"
    for program in (system, carried):
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\n: > {tmp_path}/was-run\n")
        program.chmod(0o755)
    (carried.parents[1] / "__init__.py").touch()
    monkeypatch.setenv("PATH", str(system.parent))
    monkeypatch.syspath_prepend(tmp_path / "wheels")
    monkeypatch.delitem(sys.modules, "imageio_ffmpeg", raising=False)
    assert find_tools().ffmpeg == str(carried)
    carried.chmod(0o644)
    assert find_tools().ffmpeg == str(system)
    system.unlink()
    with pytest.raises(Unavailable) as caught:
        find_tools()
    assert caught.value.code == "no_ffmpeg"
    assert not (tmp_path / "was-run").exists()


DENO_AS_YTDLP_RUNS_IT = [
    "run", "--ext=js", "--no-code-cache", "--no-prompt", "--no-remote", "--no-lock", "--node-modules-dir=none",
    "--no-config", "--no-npm", "--cached-only", "-",
]  # fmt: skip


@pytest.mark.parametrize(
    "deed",
    [
        "await fetch('http://CANARY/')",
        "await Deno.connect({hostname: '127.0.0.1', port: PORT})",
        "await import('http://CANARY/x.js')",
        "new WebSocket('ws://CANARY/')",
        "Deno.readTextFileSync('/etc/passwd')",
        "Deno.writeTextFileSync('evil', 'x')",
        "Deno.env.get('HOME')",
        "new Deno.Command('/bin/true').outputSync()",
    ],
)
async def test_the_javascript_runtime_reaches_nothing(tmp_path: Path, tools: Tools, canary: Canary, deed: str) -> None:
    assert tools.deno
    script = deed.replace("CANARY", canary.address).replace("PORT", str(canary.port))
    process = await asyncio.create_subprocess_exec(
        tools.deno, *DENO_AS_YTDLP_RUNS_IT, cwd=tmp_path, stdin=-1, stdout=-1, stderr=-1,
        env={"HOME": str(tmp_path), "DENO_DIR": str(tmp_path / "deno"), "HTTP_PROXY": f"http://{canary.address}"},
    )  # fmt: skip
    _, said = await process.communicate(script.encode())
    assert process.returncode
    denials = (b"NotCapable", b"not permitted", b"denied", b"Requires", b"remote specifier")
    assert any(denial in said for denial in denials), said
    assert canary.connections == 0
    assert not (tmp_path / "evil").exists()


async def test_the_list_of_deno_s_arguments_is_ytdlp_s_own() -> None:
    from yt_dlp.extractor.youtube.jsc._builtin.deno import DenoJCP

    assert DENO_AS_YTDLP_RUNS_IT[1:-3] == DenoJCP._DENO_BASE_OPTIONS


async def test_one_answer_is_one_line(desk: Desk, media_site: MediaSite) -> None:
    found = await desk.probe(f"{media_site.base}/hostile/title/lines")
    assert isinstance(found, Probed)
