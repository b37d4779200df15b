"""What must be true of one download after a round, from the site's log, the journal and the file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.downloads.looking import packets
from tests.fakes.media_site import Hit
from tests.torture.links import Link

_READ_AT_ONCE_S = 1.5
_IN_SOCKETS = 256 * 1024
"""With who is killed goes what yt-dlp reads at once (about a second's worth) and what lies in sockets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the site's log says of a download: bytes that it sent more than once, and what it sent in vain."""

    resent_bytes: int
    troubles: Sequence[str]


def fetched(link: Link, hits: Sequence[Hit], *, blows: int) -> Fetched:
    """Whether the site was asked for what had been fetched already."""
    pieces = {link.prefix + name: size for name, size in link.medium.pieces}
    of_pieces = [hit for hit in hits if hit.path in pieces and hit.method == "GET"]
    resent = max(0, sum(hit.bytes_sent for hit in of_pieces) - link.medium.size)
    whole = Counter(hit.path for hit in of_pieces if hit.bytes_sent >= pieces[hit.path])
    twice = sorted((whole - Counter(set(whole))).elements())
    troubles = [*_twice_to_the_end(link, twice, blows), *_asked_anew(link, hits, of_pieces)]
    if link.medium.can_continue and resent > blows * (_READ_AT_ONCE_S * link.bytes_per_s + _IN_SOCKETS):
        troubles.append(f"{link.key}: {resent} bytes were sent again")
    return Fetched(resent_bytes=resent, troubles=troubles)


def _twice_to_the_end(link: Link, twice: Sequence[str], blows: int) -> list[str]:
    """The piece that was under way may come again, and so may a whole medium that cannot be continued.

    What is sent to its end is not yet written: a blow in between takes the last of it along. Whatever can be continued
    begins there, so that it is never sent whole again.
    """
    is_whole = len(link.medium.pieces) == 1 and link.medium.can_continue
    allowed = 0 if is_whole else blows
    return [f"{link.key}: fetched twice to the end: {twice}"] if len(twice) > allowed else []


def _asked_anew(link: Link, hits: Sequence[Hit], of_pieces: Sequence[Hit]) -> list[str]:
    """Once media came, the page has nothing new to say."""
    if not link.medium.described or not of_pieces:
        return []
    later = [hit for hit in hits if hit.path == link.page and hit.number > of_pieces[0].number]
    return [f"{link.key}: the page was asked for again after its media"] if later else []


def told_troubles(link: Link, kinds: Sequence[str]) -> list[str]:
    """The journal tells of each download that it was queued once and finished once, and of no failure."""
    told = Counter(kinds)
    good = told["queued"] == told["finished"] == 1 and kinds[-1] == "finished" and not told["failed"]
    return [] if good else [f"{link.key}: the journal tells {list(kinds)}"]


def file_troubles(link: Link, download: dict[str, Any], path: Path, model: str) -> list[str]:
    """The file is as long as the portal says, and holds every byte of picture and sound of an undisturbed one."""
    if not path.is_file():
        return [f"{link.key}: no file at {path}"]
    if path.stat().st_size != download["file"]["size_bytes"]:
        return [f"{link.key}: {path.stat().st_size} bytes, not {download['file']['size_bytes']}"]
    if packets(path) != model:
        return [f"{link.key}: {path.name} holds other media than {link.medium.name}"]
    return []
