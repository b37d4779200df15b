"""Whether a yt-dlp works here: in a real child, behind all its walls, it fetches a sound from a server of ours.

The server is on loopback, in this process; a proxy of the trial's own lets the child through to it and nowhere else.
"""

import asyncio
import io
import wave
from pathlib import Path

from medianest.core.i18n import msg
from medianest.core.log import one_line
from medianest.core.outbound import AddressPolicy
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.protocol import Failed, Fetch, Introduce, Introduced, Limits
from medianest.downloads.recipes import Recipe
from medianest.downloads.spawn import Child, Make, Tools
from medianest.downloads.ytdlp import versions
from medianest.downloads.ytdlp.errors import TrialFailed
from medianest.downloads.ytdlp.versions import Copy

EXTRACTORS_LEAST = 100
_SOUND = Recipe(audio_only=True)
_PATIENCE_S = 90.0
_BYTES_MOST = 16 << 20
_LIMITS = Limits(cpu_s=120, file_bytes=_BYTES_MOST)


async def try_out(copy: Copy, tools: Tools, folder: Path) -> None:
    """Raises TrialFailed, with the child's own words, unless all of it works."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    lines: list[str] = []
    child = await Child.spawn(folder, Make(tools=tools, limits=_LIMITS, ytdlp=copy.folder), log=lines.append)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await _introduce(child, copy)
            await _fetch(child)
    except TimeoutError:
        raise TrialFailed(msg("downloads.ytdlp_trial_slow", version=copy.version)) from None
    except _Broken as error:
        reason = one_line(" ".join([str(error), *lines[-1:]]), most=300)
        raise TrialFailed(msg("downloads.ytdlp_trial_failed", version=copy.version, reason=reason)) from error
    finally:
        await child.kill()


class _Broken(Exception):
    """The child failed; the text is its own."""


async def _introduce(child: Child, copy: Copy) -> None:
    """Both modules are those of this copy, of the versions that it says, and it knows its sites."""
    await child.send(Introduce())
    async for event in child.events():
        if isinstance(event, Failed):
            raise _Broken(event.detail)
        if isinstance(event, Introduced):
            said = {"version": copy.version, "said": one_line(event.version, most=40), "ejs": str(event.ejs)}
            at_home = not copy.folder or all(_is_below(copy.folder, place) for place in event.places)
            if not at_home or not versions.same(event.version, copy.version) or event.ejs != copy.ejs:
                raise TrialFailed(msg("downloads.ytdlp_trial_another", **said))
            if event.extractors < EXTRACTORS_LEAST:
                raise TrialFailed(msg("downloads.ytdlp_trial_few_sites", version=copy.version, n=event.extractors))


async def _fetch(child: Child) -> None:
    sound = _sound()
    server = await asyncio.start_server(lambda reader, writer: _serve(reader, writer, sound), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    egress = Egress(AddressPolicy.typed([("127.0.0.1", port)]))
    async with server:
        await egress.start()
        try:
            allowance = egress.open_pass("trial", byte_limit=_BYTES_MOST)
            url = f"http://127.0.0.1:{port}/trial.wav"
            await child.send(Fetch(url=url, proxy=allowance.proxy_url, recipe=_SOUND))
            async for event in child.events():
                if isinstance(event, Failed):
                    raise _Broken(event.detail)
        finally:
            await egress.stop()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sound: bytes) -> None:
    """One request, one answer (RFC 9112), whatever was asked for."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        framing = f"Content-Type: audio/wav\r\nContent-Length: {len(sound)}\r\nConnection: close"
        writer.write(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode())
        if not head.startswith(b"HEAD "):
            writer.write(sound)
        await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        pass  # the child, or what it was in, went away
    finally:
        writer.close()


def _sound() -> bytes:
    """A tenth of a second of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return file.getvalue()


def _is_below(folder: Path, place: str) -> bool:
    return Path(place).resolve().is_relative_to(folder.resolve())
