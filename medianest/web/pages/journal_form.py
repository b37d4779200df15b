"""The form by which the journal is looked through."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from medianest.core.actor import Via
from medianest.core.errors import Invalid
from medianest.core.event import topics
from medianest.core.i18n import Message, msg
from medianest.core.journal_pages import PORTAL
from medianest.web import forms
from medianest.web.entries import Known
from medianest.web.pages.journal_filter import Filter, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to choose in the form."""

    value: str
    label: Message
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """The form; `days` says in whose zone a day begins."""

    people: tuple[Choice, ...]
    topics: tuple[Choice, ...]
    ways: tuple[Choice, ...]
    spans: tuple[Choice, ...]
    first: str
    last: str
    zone: str
    days: Message
    first_error: Message | None = None
    last_error: Message | None = None


def form_view(asked: Filter, known: Known, error: Invalid | None = None) -> FormView:
    return FormView(
        people=_choices(asked.person, _people(known)),
        topics=_choices(asked.topic, _topics(known)),
        ways=_choices(asked.via or "", _worded("any_way", {way: f"via_{way}" for way in Via})),
        spans=_choices(asked.span or "", _worded("any_time", {span: f"span_{span}" for span in Span})),
        first=asked.first,
        last=asked.last,
        zone=asked.zone,
        days=msg("web.journal.days_in", zone=asked.zone) if asked.zone else msg("web.journal.days_utc"),
        first_error=forms.wrong(error, "from") if error else None,
        last_error=forms.wrong(error, "to") if error else None,
    )


def _people(known: Known) -> Iterator[tuple[str, Message]]:
    yield "", msg("web.journal.everybody")
    yield PORTAL, msg("web.journal.portal")
    yield from ((id, msg("web.journal.person", name=name)) for id, name in known.here.items())
    yield from ((id, msg("web.journal.person_gone", name=name)) for id, name in known.gone.items())


def _topics(known: Known) -> Iterator[tuple[str, Message]]:
    yield "", msg("web.journal.everything")
    for topic in sorted(topics()):
        label = f"web.journal.topic_{topic}"
        yield topic, msg(label) if known.sentence(label) else msg("web.journal.topic_other", topic=topic)


def _worded(nothing: str, words: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
    yield "", msg(f"web.journal.{nothing}")
    yield from ((value, msg(f"web.journal.{word}")) for value, word in words.items())


def _choices(chosen: str, offered: Iterable[tuple[str, Message]]) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, label=label, chosen=value == chosen) for value, label in offered)
