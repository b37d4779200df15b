"""Titles as they are compared: without accents, case and punctuation; pure."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\W_]+")
_YEAR = re.compile(r"^(?P<title>.+?)[\s.,_-]*[(\[](?P<year>(?:19|20)\d\d)[)\]]\s*$")


def folded(title: str) -> str:
    """`Über den Dächern!` as `uber den dachern`; two titles are the same if this is."""
    plain = unicodedata.normalize("NFKD", title.casefold().replace("&", " and ").replace("'", "").replace("’", ""))
    return _BETWEEN.sub(" ", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip()


def title_and_year(text: str) -> tuple[str, int | None]:
    """`Paper Boats (2025)` taken apart; without a year in brackets the year is not known."""
    found = _YEAR.match(text)
    return (found["title"].strip(), int(found["year"])) if found else (text.strip(), None)
