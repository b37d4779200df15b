"""How far a request is, in a line of steps and in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from medianest.core.i18n import Message, msg
from medianest.media_requests.failures import sentence
from medianest.media_requests.types import Request, State
from medianest.web.details import Step, Word

COMING = frozenset({State.SENDING, State.PENDING, State.APPROVED, State.PROCESSING, State.PARTIALLY_AVAILABLE})
"""What is asked for and not wholly there yet."""
_STATIONS = ("asked", "approved", "fetched", "here")
_STATION: Mapping[State, int] = {
    State.SENDING: 0,
    State.PENDING: 0,
    State.APPROVED: 1,
    State.PROCESSING: 2,
    State.PARTIALLY_AVAILABLE: 2,
}
_SHAPE: Mapping[State, str] = {
    State.AVAILABLE: "up",
    State.PARTIALLY_AVAILABLE: "up",
    State.DECLINED: "down",
    State.FAILED: "down",
    State.REMOVED: "paused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`steps` are none where it goes no further; `note` is what somebody should know about that."""

    shape: str
    word: Message
    steps: tuple[Step, ...]
    note: Message | None = None


def progress(request: Request) -> Progress:
    state = request.state
    return Progress(
        shape=_SHAPE.get(state, "waiting"),
        word=msg(f"web.asking.state_{state}"),
        steps=_steps(_STATION[state]) if state in _STATION else (),
        note=_note(request),
    )


def _steps(here: int) -> tuple[Step, ...]:
    return tuple(
        Step(label=msg(f"web.asking.step_{name}"), word=_word(place, here)) for place, name in enumerate(_STATIONS)
    )


def _word(place: int, here: int) -> Word:
    if place == here:
        return Word.NOW
    return Word.DONE if place < here else Word.LATER


def _note(request: Request) -> Message | None:
    if request.state is State.SENDING:
        return msg("web.asking.kept")
    if request.state is State.DECLINED and request.reason:
        return msg("web.asking.because", reason=request.reason)
    if request.state is not State.FAILED:
        return None
    return sentence(request.error_code) if request.error_code else msg("web.asking.failed")
