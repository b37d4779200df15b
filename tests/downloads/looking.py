"""Looking into media files with ffmpeg, independently of the program."""

import re
import subprocess
from pathlib import Path

from medianest.downloads.spawn import find_tools

_FFMPEG = find_tools().ffmpeg


def report(file: Path) -> str:
    """What ffmpeg says of a file."""
    return subprocess.run([_FFMPEG, "-hide_banner", "-i", f"file:{file}"], capture_output=True, text=True).stderr


def codecs(file: Path) -> dict[str, str]:
    """The codec of each kind of stream, covers left out."""
    lines = [line for line in report(file).splitlines() if "Stream #" in line and "attached pic" not in line]
    return dict(re.findall(r": (Video|Audio|Subtitle): (\w+)", "\n".join(lines)))


def size(file: Path) -> tuple[int, int]:
    """Width and height of the first video stream."""
    found = re.search(r"Video: .*?, (\d+)x(\d+)", report(file))
    assert found
    return int(found[1]), int(found[2])


def duration_s(file: Path) -> float:
    found = re.search(r"Duration: (\d+):(\d+):([\d.]+)", report(file))
    assert found
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])


def tags(file: Path) -> dict[str, str]:
    found = re.findall(r"^ +(title|artist|date|comment) +: (.*)$", report(file), re.MULTILINE | re.IGNORECASE)
    return {key.lower(): value for key, value in found}


def has_cover(file: Path) -> bool:
    return "attached pic" in report(file)


def packets(file: Path) -> str:
    """A checksum of every packet of video and sound; a byte that is missing or misplaced changes it."""
    command = [
        _FFMPEG,
        "-v",
        "error",
        "-i",
        f"file:{file}",
        "-map",
        "0:V?",
        "-map",
        "0:a?",
        "-c",
        "copy",
        "-f",
        "md5",
        "-",
    ]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert not ran.stderr
    return ran.stdout
