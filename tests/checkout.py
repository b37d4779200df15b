"""The checkout that the tests run in."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent


def kept_files() -> Iterator[Path]:
    """Every file of the checkout that .gitignore does not leave out."""
    lines = (ROOT / ".gitignore").read_text().split()
    anchored = {line.strip("/") for line in lines if line.startswith("/")} | {".git"}
    anywhere = [line.strip("/") for line in lines if not line.startswith("/")]
    for top in ROOT.iterdir():
        for path in [top, *top.rglob("*")] if top.name not in anchored else []:
            parts = path.relative_to(ROOT).parts
            if path.is_file() and not any(fnmatch(part, pattern) for part in parts for pattern in anywhere):
                yield path
