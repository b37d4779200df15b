"""A language that nobody speaks, to look at pages with: English in Arabic letters, from right to left and longer.

It takes the name of one that the portal does not speak.
"""

import re

from medianest.core.i18n import Catalogue, Catalogues

LANGUAGE = "fa"
_PLACES = re.compile(r"(\{[a-z_]+\})")
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz", "ابثدعفجحيذكلمنوبقرستوفوخيز"
) | {ord(vowel): letter * 2 for vowel, letter in zip("aeiou", "اعيوو", strict=True)}  # fmt: skip


class Pseudo(Catalogue):
    """What is still in Latin letters on its pages is a name, or no message."""

    def __init__(self, english: Catalogue) -> None:
        super().__init__(LANGUAGE)
        self._english = english

    def lookup(self, id: str, n: object = None) -> str | None:
        found = self._english.lookup(id, n)
        return None if found is None else pseudo(found)


class PseudoCatalogues(Catalogues):
    """English, and the language that nobody speaks."""

    def __init__(self) -> None:
        super().__init__()
        self._pseudo = Pseudo(super().of("en"))

    def of(self, language: str) -> Catalogue:
        return self._pseudo if language == LANGUAGE else super().of(language)


def pseudo(text: str) -> str:
    parts = _PLACES.split(text)
    return "".join(part if _PLACES.fullmatch(part) else part.lower().translate(_LETTERS) for part in parts)
