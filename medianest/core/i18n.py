"""Messages by id with their values, and the catalogues that turn them into a person's language.

Catalogues are gettext PO files, `medianest/locale/LANGUAGE/*.po`, whose ids are symbolic (`queue.title`); a message
with the value `n` may have plural forms. Text is plain `{name}` substitution, never a template.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from medianest.core import po

LOCALE = Path(__file__).parent.parent / "locale"
SOURCE_LANGUAGE = "en"
_PLACE = re.compile(r"\{([a-z_]+)\}")
_COUNTS = frozenset({"n", "total"})
"""Values that say how many; other whole numbers, such as a year or a port, are written digit by digit."""
_GROUPED_FROM = 1000


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said: an id of the catalogue and the values that go into it."""

    id: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def msg(id: str, /, **values: object) -> Message:
    return Message(id, MappingProxyType(values))


class Catalogue:
    """All messages of one language; a missing one falls back to English, then to its id."""

    def __init__(
        self, language: str, *, folder: Path = LOCALE, fallback: "Callable[[], Catalogue] | None" = None
    ) -> None:
        self.language = language
        self._fallback = fallback
        self._messages: dict[str, str | po.Forms] = {}
        for path in sorted((folder / language).glob("*.po")):
            self._messages |= po.read(path)

    def say(self, message: Message) -> str:
        """The message, whose values may themselves be messages."""
        said = {name: self.say(value) for name, value in message.values.items() if isinstance(value, Message)}
        return self.text(message.id, **{**message.values, **said})

    def text(self, id: str, /, **values: object) -> str:
        n = values.get("n")
        found = self.lookup(id, n)
        if found is None and self._fallback:
            found = self._fallback().lookup(id, n)
        template = id if found is None else found
        return _PLACE.sub(lambda place: self._place(place[1], values) if place[1] in values else place[0], template)

    def lookup(self, id: str, n: object = None) -> str | None:
        """The text of this catalogue alone, in the plural form for `n`; None where it has none."""
        found = self._messages.get(id)
        if isinstance(found, po.Forms):
            found = found.of(n if isinstance(n, int) else 1)
        return found or None

    def _place(self, name: str, values: Mapping[str, object]) -> str:
        value = values[name]
        if isinstance(value, float) or (name in _COUNTS and isinstance(value, int) and value >= _GROUPED_FROM):
            value = _figure(value, self.language)
        return self._shielded(value)

    @cached_property
    def _shielded(self) -> Callable[[object], str]:
        return _isolated if direction(self.language) == "rtl" else str


class Catalogues:
    """The languages that are there, each read when it is first spoken; English is always the first of them."""

    def __init__(self, folder: Path = LOCALE) -> None:
        found = {path.parent.name for path in folder.glob("*/*.po")}
        self.languages = (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))
        self._folder = folder
        self._read: dict[str, Catalogue] = {}

    def of(self, language: str) -> Catalogue:
        """The catalogue of a language (a tag such as `de-AT` finds `de`), else the English one."""
        wanted = language.split("-")[0].lower()
        spoken = wanted if wanted in self.languages else SOURCE_LANGUAGE
        # Two threads that come first at once both read it, and have the same one then.
        return self._read.get(spoken) or self._read.setdefault(spoken, self._catalogue(spoken))

    def _catalogue(self, language: str) -> Catalogue:
        if language == SOURCE_LANGUAGE:
            return Catalogue(language, folder=self._folder)
        return Catalogue(language, folder=self._folder, fallback=lambda: self.of(SOURCE_LANGUAGE))


def direction(language: str) -> str:
    """`rtl` for languages that are written from the right, else `ltr`."""
    from babel import Locale  # heavy, and only needed where somebody looks at a page

    return Locale.parse(language, sep="-").text_direction


def own_name(language: str) -> str:
    """What its speakers call it, as an entry of a list begins."""
    from babel import Locale  # as above

    name = Locale.parse(language, sep="-").get_display_name() or language
    return name[:1].upper() + name[1:]


def _figure(value: float, language: str) -> str:
    from babel.numbers import format_decimal  # as above

    return format_decimal(value, locale=language)


def _isolated(value: object) -> str:
    """A value that keeps a direction of its own among words that run from the right (UAX 9, section 2.7)."""
    return f"\N{FIRST STRONG ISOLATE}{value}\N{POP DIRECTIONAL ISOLATE}"
