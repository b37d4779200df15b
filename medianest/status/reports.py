"""What somebody says for whom something does not work: in their words, on which page, and how everything was."""

from collections.abc import Sequence

from medianest.core.actor import Actor
from medianest.core.errors import Invalid
from medianest.core.event import ADMINS
from medianest.core.i18n import Message, msg
from medianest.core.security import new_id
from medianest.status import reading
from medianest.status.arranging import Service
from medianest.status.events import NotWorking
from medianest.status.types import Link, LinkState, State

WORDS_MOST = 500
_PAGE_MOST = 200
_SERVICES_MOST = 200
_NAMED_MOST = 10


def report(actor: Actor, link: Link, services: Sequence[Service], *, page: str, words: str) -> NotWorking:
    """What the administrators are told. Raises Invalid where nothing is said, or too much."""
    said = reading.text(words, WORDS_MOST + 1)
    if not said or len(said) > WORDS_MOST:
        raise Invalid(msg("status.say_what", most=WORDS_MOST), code="say_what")
    known = link.state is LinkState.UP
    states = [(one, one.monitor.state if known else State.UNKNOWN) for one in services[:_SERVICES_MOST]]
    seen = _seen(link, [one.name for one, state in states if state is State.DOWN])
    return NotWorking(
        actor=actor,
        subject_id=new_id(),
        audience=ADMINS,
        page=reading.text(page, _PAGE_MOST),
        words=said,
        link=link.state.value,
        heard_at=link.heard_at.isoformat() if link.heard_at else None,
        services=[{"id": one.id, "name": one.name, "state": state.value} for one, state in states],
        reason=seen.id,
        values=dict(seen.values),
    )


def _seen(link: Link, down: Sequence[str]) -> Message:
    """How everything was, in a sentence."""
    if link.state is not LinkState.UP:
        return msg("status.seen_by_nobody" if link.state is LinkState.OFF else "status.seen_before")
    return msg("status.seen_down", names=", ".join(down[:_NAMED_MOST])) if down else msg("status.seen_fine")
