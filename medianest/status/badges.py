"""A badge of a service: its name and its state, as a picture that other pages embed; pure."""

from html import escape

from medianest.status.types import State

_COLOURS = {
    State.UP: "#1a7f4b",
    State.DOWN: "#c0392b",
    State.PENDING: "#9a6700",
    State.MAINTENANCE: "#2f6fb2",
    State.PAUSED: "#5f6b6d",
    State.UNKNOWN: "#5f6b6d",
}
_LETTER, _MARGIN, _HEIGHT = 7, 8, 20


def drawn(name: str, state: State) -> str:
    """The picture; its words are its text alternative, too."""
    left, right = _width(name), _width(state)
    told = escape(f"{name}: {state}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" role="img"'
        f' aria-label="{told}"><title>{told}</title><rect width="{left}" height="{_HEIGHT}" fill="#3a3f41"/>'
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{_COLOURS[state]}"/>'
        '<g fill="#fff" font-family="sans-serif" font-size="12" text-anchor="middle">'
        f'<text x="{left / 2}" y="14">{escape(name)}</text>'
        f'<text x="{left + right / 2}" y="14">{state}</text></g></svg>'
    )


def _width(text: str) -> int:
    return len(text) * _LETTER + 2 * _MARGIN
