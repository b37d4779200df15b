"""How each medium of the site is made: ffmpeg's arguments, and paddings that cost no encoding."""

import functools
import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg

from tests.fakes.media_site.catalogue import SHOWS, Show

Recipe = Callable[[Path, Callable[[str], Path]], None]
"""Writes a file or folder at the path given; the second argument finds another medium to build upon."""

_X264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "12", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
_AAC = ["-c:a", "aac", "-b:a", "64k"]
_FASTSTART = ["-movflags", "+faststart"]
_PADDED = re.compile(r"padded-(\d+)\.mp4")
_PAGE = 4096
_DENSE_LIMIT = 16 * 1024 * 1024
_SPARSE_STRIDE = 64 * 1024


@functools.cache
def ffmpeg() -> str:
    """The system's ffmpeg, or the one that comes as a wheel."""
    return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())


def run_ffmpeg(*arguments: str) -> None:
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _pattern(height: int, seconds: int) -> list[str]:
    size = f"{height * 16 // 9}x{height}"
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=12:duration={seconds}"]


def _tone(seconds: int, hertz: int = 440) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=frequency={hertz}:duration={seconds}"]


def _mp4(height: int, seconds: int) -> Recipe:
    def make(target: Path, _: Callable[[str], Path]) -> None:
        run_ffmpeg(*_pattern(height, seconds), *_tone(seconds), *_X264, *_AAC, *_FASTSTART, str(target))

    return make


def _webm(height: int, seconds: int) -> Recipe:
    vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-g", "12"]

    def make(target: Path, _: Callable[[str], Path]) -> None:
        run_ffmpeg(*_pattern(height, seconds), *_tone(seconds), *vp9, "-c:a", "libopus", "-b:a", "64k", str(target))

    return make


def _sound(seconds: int, *codec: str) -> Recipe:
    def make(target: Path, _: Callable[[str], Path]) -> None:
        run_ffmpeg(*_tone(seconds), *codec, "-b:a", "64k", str(target))

    return make


def _silent(target: Path, find: Callable[[str], Path]) -> None:
    run_ffmpeg("-i", str(find("clip.mp4")), "-an", "-c:v", "copy", *_FASTSTART, str(target))


def _empty(target: Path, _: Callable[[str], Path]) -> None:
    target.touch()


def _torn(target: Path, find: Callable[[str], Path]) -> None:
    whole = find("clip.mp4").read_bytes()
    target.write_bytes(whole[: len(whole) // 2])


def _hls(target: Path, find: Callable[[str], Path]) -> None:
    """Two heights in transport streams, eight segments of a second each."""
    for name, source in (("180", "long-180.mp4"), ("360", "long-360.mp4")):
        (target / name).mkdir(parents=True)
        segments = ["-hls_segment_filename", str(target / name / "%d.ts"), str(target / name / "index.m3u8")]
        run_ffmpeg("-i", str(find(source)), "-c", "copy", *_hls_options(), *segments)
    (target / "master.m3u8").write_text(
        "#EXTM3U\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=220000,RESOLUTION=320x180,CODECS="avc1.64000c,mp4a.40.2"\n180/index.m3u8\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=640000,RESOLUTION=640x360,CODECS="avc1.640016,mp4a.40.2"\n360/index.m3u8\n'
    )


def _hls_fmp4(target: Path, find: Callable[[str], Path]) -> None:
    """One height in fragmented mp4 with an initialisation segment."""
    target.mkdir()
    fragments = ["-hls_segment_type", "fmp4", "-hls_segment_filename", str(target / "%d.m4s")]
    run_ffmpeg("-i", str(find("clip.mp4")), "-c", "copy", *_hls_options(), *fragments, str(target / "index.m3u8"))
    (target / "master.m3u8").write_text(
        '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180,CODECS="avc1.64000c,mp4a.40.2"\nindex.m3u8\n'
    )


def _hls_options() -> list[str]:
    return ["-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "-hls_playlist_type", "vod"]


def _dash(target: Path, find: Callable[[str], Path]) -> None:
    """Picture and sound apart: avc1 in three heights, vp9 in one, aac and opus."""
    target.mkdir()
    sources = ["360.mp4", "720.mp4", "1080.mp4", "720.webm"]
    inputs = [word for name in sources for word in ("-i", str(find(f"clip-{name}")))]
    maps = [word for stream in ("0:v", "1:v", "2:v", "3:v", "0:a", "3:a") for word in ("-map", stream)]
    sets = "id=0,streams=0,1,2 id=1,streams=3 id=2,streams=4 id=3,streams=5"
    shape = ["-f", "dash", "-seg_duration", "2", "-use_template", "1", "-use_timeline", "0", "-adaptation_sets", sets]
    run_ffmpeg(*inputs, *maps, "-c", "copy", *shape, str(target / "manifest.mpd"))


def _show(show: Show) -> Recipe:
    """The camera wanders over the still; filler bits make the size true to the bit rate."""
    wander = "crop=w=iw*0.9:h=ih*0.9:x='(iw-ow)/2*(1-cos(t/3))':y='(ih-oh)/2*(1-cos(t/4))'"
    rate = f"{show.megabits}M"
    constant = ["-x264-params", "nal-hrd=cbr", "-b:v", rate, "-maxrate", rate, "-bufsize", rate]

    def make(target: Path, _: Callable[[str], Path]) -> None:
        still = ["-framerate", "12", "-loop", "1", "-t", str(show.seconds), "-i", str(show.art)]
        picture = ["-vf", f"{wander},scale=640:360,format=yuv420p", *_X264, *constant]
        run_ffmpeg(*still, *_tone(show.seconds, show.pitch_hz), *picture, *_AAC, *_FASTSTART, str(target))

    return make


def _padded(size: int) -> Recipe:
    """The clip, grown to `size` bytes by a `free` box, which players skip.

    Every page of a small file and every sixteenth of a big one carries its own digest, so that bytes which end up in a
    wrong place change the checksum; between them a big file has holes and costs little on the disk.
    """

    def make(target: Path, find: Callable[[str], Path]) -> None:
        clip = find("clip.mp4").read_bytes()
        room = size - len(clip)
        if room < 16:
            raise ValueError(f"a padded file has at least {len(clip) + 16} bytes")
        with target.open("wb") as file:
            file.write(clip)
            file.write((1).to_bytes(4) + b"free" + room.to_bytes(8))
            stride = _PAGE if size <= _DENSE_LIMIT else _SPARSE_STRIDE
            first = -(-file.tell() // stride) * stride
            for position in range(first, size - _PAGE, stride):
                file.seek(position)
                file.write(hashlib.sha512(position.to_bytes(8)).digest() * (_PAGE // 64))
            file.truncate(size)

    return make


_NAMED: dict[str, Recipe] = {
    "clip.mp4": _mp4(180, 4),
    "clip-360.mp4": _mp4(360, 4),
    "clip-720.mp4": _mp4(720, 4),
    "clip-1080.mp4": _mp4(1080, 4),
    "clip-720.webm": _webm(720, 4),
    "long-180.mp4": _mp4(180, 8),
    "long-360.mp4": _mp4(360, 8),
    "silent.mp4": _silent,
    "empty.mp4": _empty,
    "torn.mp4": _torn,
    "sound.mp3": _sound(4, "-c:a", "libmp3lame"),
    "sound.m4a": _sound(4, "-c:a", "aac"),
    "sound.opus": _sound(4, "-c:a", "libopus"),
    "hls": _hls,
    "hls-fmp4": _hls_fmp4,
    "dash": _dash,
    **{show.media: _show(show) for show in SHOWS.values()},
}


def recipe(name: str) -> Recipe | None:
    """The recipe of a file or folder; sizes of padded files are free."""
    if padded := _PADDED.fullmatch(name):
        return _padded(int(padded[1]))
    return _NAMED.get(name)
