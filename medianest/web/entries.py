"""Entries of the journal as rows: who, a sentence, when, how, and from where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from medianest.core.i18n import SOURCE_LANGUAGE, Catalogues, Message, msg
from medianest.core.journal import Entry
from medianest.web.devices import device, place
from medianest.web.frame import Avatar, avatar_of

_TOLD = frozenset({"title", "name", "label", "error", "code", "n", "before", "in_use", "page", "words"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What entries are told with: which sentences there are, and the people by their ids, `here` or gone."""

    sentence: Callable[[str], bool]
    here: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)

    def name(self, id: str) -> str | None:
        return self.here.get(id) or self.gone.get(id)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One thing that happened.

    `path` leads to what it happened to, if that has a page; `about` is the person whom it concerns, where they did not
    do it themselves; `avatar` is None for what no person does, as the portal itself.
    """

    id: int
    at: datetime
    who: Message
    avatar: Avatar | None
    sentence: Message
    via: Message
    place: Message | None
    device: Message | None
    about: str | None
    path: str | None


def entry_row(entry: Entry, known: Known) -> EntryRow:
    name = (known.name(entry.actor_id) if entry.actor_id else None) or entry.actor_name
    user_agent = entry.data.get("user_agent")
    return EntryRow(
        id=entry.id,
        at=entry.at,
        who=msg("web.journal.person", name=name) if name else msg("web.journal.nobody"),
        avatar=avatar_of(entry.actor_id or "", name) if entry.actor_id or not name else None,
        sentence=sentence_of(entry, known.sentence),
        via=msg(f"web.journal.via_{entry.via}"),
        place=place(entry.address) if entry.address else None,
        device=device(user_agent).name if user_agent else None,
        about=_about(entry, known),
        path=_path(entry, known),
    )


def sentences(catalogues: Catalogues) -> Callable[[str], bool]:
    """Whether there is a message with this id."""
    english = catalogues.of(SOURCE_LANGUAGE)
    return lambda message: english.lookup(message) is not None


def sentence_of(entry: Entry, known: Callable[[str], bool]) -> Message:
    """What happened, `web.journal.KIND`, with the facts of the entry; a kind of another release has no sentence."""
    sentence = f"web.journal.{entry.kind.replace('.', '_')}"
    facts = {name: value for name, value in entry.data.items() if name in _TOLD}
    if "code" in facts:
        facts["code"] = msg(f"downloads.error.{facts['code']}")
    if "reason" in entry.data:
        facts["why"] = Message(str(entry.data["reason"]), entry.data.get("values", {}))
    actor = entry.actor_name or msg("web.journal.nobody")
    return msg(sentence if known(sentence) else "web.journal.other", actor=actor, kind=entry.kind, **facts)


def _about(entry: Entry, known: Known) -> str | None:
    is_other = entry.subject_type == "user" and entry.subject_id != entry.actor_id
    return known.name(entry.subject_id) if is_other else None


def _path(entry: Entry, known: Known) -> str | None:
    if entry.subject_type == "download":
        return f"/downloads/{entry.subject_id}"
    is_here = entry.subject_type == "user" and entry.subject_id in known.here
    return f"/admin/people/{entry.subject_id}" if is_here else None
