"""Copies of yt-dlp that lie in a data folder, too small to run."""

from datetime import UTC, datetime
from pathlib import Path

from medianest.downloads.ytdlp import trees
from medianest.downloads.ytdlp.copies import Copies
from medianest.downloads.ytdlp.versions import Copy

BUNDLED = Copy(version="2026.10.1", ejs="0.8.0", folder=None)


def stock(folder: Path, version: str) -> Copies:
    """Have a sealed copy of this version in `folder`, in use."""
    copies = Copies(folder, BUNDLED, workplaces=list)
    with copies.draft() as draft:
        tree = draft / "tree"
        for name in ("yt_dlp/__init__.py", "yt_dlp/extractor/generic.py", "yt_dlp_ejs/__init__.py"):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(f"{name} of {version}\n")
        trees.seal(tree, version, "0.8.0", at=datetime(2026, 11, 20, tzinfo=UTC))
        copies.keep(tree, version)
    copies.switch(version)
    return copies
