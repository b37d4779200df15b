"""A package index in miniature, on a real socket: PEP 503 pages and PEP 691 JSON, with wheels that really work.

    with PackageIndex() as index:
        index.offer("2026.11.2")                        # a yt-dlp that is the installed one under another number
        index.offer("2026.11.4", Kind.BROKEN)           # whose import fails
        pip, or a portal, with `index.environment`      # asks it, and nothing else

The wheels are small: they hold what the download of a plain file needs of the installed yt-dlp, or all of it.
"""

import os

from tests.fakes.package_index.index import PackageIndex
from tests.fakes.package_index.wheels import EJS, Kind

__all__ = ["EJS", "NO_INDEX", "Kind", "PackageIndex"]

NO_INDEX = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
"""The variables by which pip asks nobody."""
