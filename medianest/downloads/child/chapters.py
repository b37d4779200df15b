"""Chapters as a site tells them, and as ffmpeg reads them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CHAPTERS_MOST = 500
_TITLE_MOST = 200
_SPECIAL = re.compile(r"([=;#\\])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A part of a film."""

    start_s: float
    end_s: float
    title: str


def of_info(info: Mapping[str, Any]) -> list[Chapter]:
    """What the site says, as far as it makes sense."""
    found = info.get("chapters")
    written = [_chapter(one) for one in found[:CHAPTERS_MOST]] if isinstance(found, list) else []
    return [chapter for chapter in written if chapter]


def as_metadata(chapters: Sequence[Chapter]) -> str:
    """The file that ffmpeg calls ffmetadata (https://ffmpeg.org/ffmpeg-formats.html#Metadata-1)."""
    lines = [";FFMETADATA1"]
    for chapter in chapters:
        start, end = (round(moment * 1000) for moment in (chapter.start_s, chapter.end_s))
        title = _SPECIAL.sub(r"\\\1", " ".join(chapter.title.split()))
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={end}", f"title={title}"]
    return "\n".join([*lines, ""])


def _chapter(one: object) -> Chapter | None:
    if not isinstance(one, dict):
        return None
    start, end, title = one.get("start_time"), one.get("end_time"), one.get("title")
    if not isinstance(start, int | float) or not isinstance(end, int | float) or not 0 <= start < end:
        return None
    return Chapter(start_s=float(start), end_s=float(end), title=str(title or "")[:_TITLE_MOST])
