"""Whether two files hold the same media: the container may be written anew, no byte of picture or sound may differ."""

import subprocess
from pathlib import Path

from tests.fakes.media_site.recipes import ffmpeg


def streams(path: Path) -> tuple[str, ...]:
    """A digest of every packet of the first picture and the first sound, as they are stored."""
    command = [ffmpeg(), "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v:0", "-map", "0:a:0"]
    made = subprocess.run([*command, "-c", "copy", "-f", "streamhash", "-"], capture_output=True, text=True, check=True)
    return tuple(sorted(line.partition(",")[2] for line in made.stdout.split()))
