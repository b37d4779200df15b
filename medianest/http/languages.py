"""Which of our languages a browser asks for (RFC 9110, section 12.5.4)."""

import re
from functools import lru_cache

_TAG = re.compile(r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?")
_TAGS_MOST = 12


@lru_cache(maxsize=512)
def preferred(accept_language: str | None, languages: tuple[str, ...]) -> str:
    """The best-liked language that we speak, else the first of `languages`."""
    liked = [_TAG.fullmatch(part) for part in (accept_language or "").split(",")[:_TAGS_MOST]]
    ranked = sorted((tag for tag in liked if tag), key=lambda tag: -float(tag[2] or 1))
    spoken = (tag[1].lower() for tag in ranked if float(tag[2] or 1) > 0)
    return next((language for language in spoken if language in languages), languages[0])
