"""Files and streams."""

import asyncio
import math
import mimetypes
import time

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.fakes.media_site import bodies, catalogue, pages
from tests.fakes.media_site.exchange import Exchange

_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".ts": "video/mp2t",
    ".m4s": "video/iso.segment",
    ".m4a": "audio/mp4",
    ".opus": "audio/ogg",
    ".webp": "image/webp",
}
_LIVE_WINDOW = 6
_LIVE_SEGMENTS = 8
_LIVE_KEY = b"sixteen letters!"


def media_type(name: str) -> str:
    suffix = name[name.rfind(".") :].lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


async def file(x: Exchange, name: str) -> None:
    await x.medium(name, media_type(name))


async def stream(x: Exchange, tree: str, inner: str) -> None:
    """A manifest or segment of a medium that is a folder."""
    await file(x, f"{tree}/{inner}")


async def damaged_stream(x: Exchange, inner: str) -> None:
    """The HLS stream, but one segment of each height is missing."""
    if inner.endswith("/2.ts"):
        await x.text("gone", "text/plain", status=404)
    else:
        await file(x, f"hls/{inner}")


async def anew(x: Exchange) -> None:
    """A stream whose clock begins anew before its last segment, as after an advertisement."""
    numbers = ["3", "4", "5", "6", "7", "0"]
    segments = [line for number in numbers for line in ("#EXTINF:1.0,", f"/hls/180/{number}.ts")]
    segments.insert(-2, "#EXT-X-DISCONTINUITY")
    head = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", "#EXT-X-MEDIA-SEQUENCE:0"]
    await x.text("\n".join([*head, *segments, "#EXT-X-ENDLIST", ""]), _TYPES[".m3u8"])


async def endless(x: Exchange, name: str) -> None:
    path = await asyncio.to_thread(x.house.library.path, name)
    await x.send(bodies.Endless(path), media_type(name), pace=x.house.pace)


async def live_playlist(x: Exchange, *, key: str = "") -> None:
    """A window that moves by a second each second, until the live stream is ended."""
    ended = x.house.live_until
    newest = math.floor((ended or time.monotonic()) - x.house.live_since)
    oldest = max(0, newest - _LIVE_WINDOW + 1)
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{oldest}"]
    lines += [f'#EXT-X-KEY:METHOD=AES-128,URI="{key}"'] if key else []
    for number in range(oldest, newest + 1):
        if number % _LIVE_SEGMENTS == 0:
            lines.append("#EXT-X-DISCONTINUITY")
        lines += ["#EXTINF:1.0,", f"{number}.ts"]
    lines += ["#EXT-X-ENDLIST"] if ended else []
    await x.text("\n".join([*lines, ""]), _TYPES[".m3u8"])


async def live_segment(x: Exchange, number: str) -> None:
    await file(x, f"hls/180/{int(number) % _LIVE_SEGMENTS}.ts")


async def live_apart(x: Exchange) -> None:
    """The same broadcast as a picture without sound, and sound of its own."""
    sound = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",DEFAULT=YES,AUTOSELECT=YES,URI="../live/index.m3u8"'
    picture = '#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.2",AUDIO="a"'
    await x.text("\n".join(["#EXTM3U", sound, picture, "../live/index.m3u8", ""]), _TYPES[".m3u8"])


async def live_sealed(x: Exchange) -> None:
    """The broadcast with encrypted segments; each one's number is where its cipher begins."""
    await live_playlist(x, key="key")


async def live_key(x: Exchange) -> None:
    await x.send(bodies.Bytes(_LIVE_KEY), "application/octet-stream")


async def sealed_segment(x: Exchange, number: str) -> None:
    path = await asyncio.to_thread(x.house.library.path, f"hls/180/{int(number) % _LIVE_SEGMENTS}.ts")
    padder = padding.PKCS7(128).padder()
    cipher = Cipher(algorithms.AES(_LIVE_KEY), modes.CBC(int(number).to_bytes(16, "big"))).encryptor()
    plain = padder.update(path.read_bytes()) + padder.finalize()
    await x.send(bodies.Bytes(cipher.update(plain) + cipher.finalize()), _TYPES[".ts"])


async def art(x: Exchange, name: str) -> None:
    slug = name.partition(".")[0]
    if slug in catalogue.SHOWS:
        await x.file(catalogue.SHOWS[slug].art, "image/webp")
    else:
        await x.html(pages.plain("Not found", name), status=404)


async def subtitles(x: Exchange, language: str) -> None:
    await x.text(f"WEBVTT\n\n00:00.000 --> 00:02.000\nOne ({language})\n\n00:02.000 --> 00:04.000\nTwo\n", "text/vtt")


async def with_token(x: Exchange, token: str, name: str) -> None:
    """A file as long as its token is good. A HEAD spends nothing."""
    good = x.request.method == "HEAD" or x.house.tokens.use(token)
    if good:
        await file(x, name)
    else:
        await x.html(pages.plain("Link expired", "This address is no longer valid."), status=403)
