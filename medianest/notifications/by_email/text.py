"""A letter as plain text."""

from collections.abc import Iterator
from dataclasses import dataclass

from medianest.notifications.types import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """What stands around what is told, in the reader's language; `why` is empty where there is nothing to leave."""

    open: str
    why: str
    choose: str
    choose_url: str
    leave: str


def plain(message: Outgoing, parting: Parting) -> str:
    """Paragraphs with an empty line between them."""
    return "\n\n".join(_paragraphs(message, parting)) + "\n"


def _paragraphs(message: Outgoing, parting: Parting) -> Iterator[str]:
    yield message.title
    if message.body:
        yield message.body
    for section in message.sections:
        more = [f"  {section.more}"] if section.more else []
        yield "\n".join([section.title, *(f"- {line}" for line in section.lines), *more])
    for act in message.acts:
        yield f"{act.label}:\n{act.url}"
    if message.url:
        yield f"{parting.open}:\n{message.url}"
    if parting.why:
        yield f"-- \n{parting.why}"
    if parting.choose_url:
        yield f"{parting.choose}: {parting.choose_url}"
    if message.leave_url:
        yield f"{parting.leave}: {message.leave_url}"
