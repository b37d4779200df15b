"""Deciding about requests, for looking at pages: the queue, and a link out of a message."""

from collections.abc import Iterator
from dataclasses import replace

from medianest.core.i18n import msg
from medianest.media_requests.errand import Errand, What
from medianest.media_requests.errors import WrongState
from medianest.media_requests.types import Verdict
from medianest.web.deciding import DecisionCard, SeasonBox
from medianest.web.errand_words import Said, said
from medianest.web.pages import decide, decide_once
from tests.gallery.asking import ABOUT, AWAY, FORM, REQUESTS, ROWS

FILM = DecisionCard(
    row=ROWS[1], facts=ABOUT.facts, plot=ABOUT.plot, in_plex="/plex/titles/7", seasons=(), profiles=FORM.profiles,
    folders=FORM.folders,
)  # fmt: skip


APPROVED = Errand(what=What.APPROVE, subject_id="lost-world", by="robin")
UNDER_WAY = said(APPROVED)
CAME_TO_NOTHING = said(replace(APPROVED, what=What.DECLINE, trouble=WrongState(msg("requests.decided_already"))))


def _said(what: Said) -> DecisionCard:
    return replace(FILM, row=replace(FILM.row, id=f"said-{what.is_under_way}", said=what))


def decide_pages() -> Iterator[tuple[str, object]]:
    boxes = tuple(
        SeasonBox(number=one, name=msg("web.asking.season", number=one), chosen=one < 3) for one in range(1, 6)
    )
    show = replace(FILM, row=ROWS[2], seasons=boxes, in_plex=None)
    bare = replace(FILM, row=ROWS[7], facts=(), plot="", in_plex=None, profiles=(), folders=())
    full = decide.DecideView(cards=(FILM, show, bare), away=None, address="/requests/decide", older="/requests/decide")
    yield "decide", full
    yield "decide-wrong", replace(full, cards=(FILM,), away=AWAY, error=msg("requests.away"), older=None)
    yield "decide-said", replace(full, cards=(_said(UNDER_WAY), _said(CAME_TO_NOTHING)), older=None)
    yield "decide-none", decide.DecideView(cards=(), away=None, address="/requests/decide")


def decide_once_pages() -> Iterator[tuple[str, object]]:
    full = decide_once.question(FILM, name="Robin", word="x")
    yield "decide-once", full
    yield "decide-once-away", replace(full, reason="On disc", error=msg("requests.away"))
    yield "decide-once-done", decide_once.decided(REQUESTS[1], Verdict.APPROVE)
    yield "decide-once-under-way", decide_once.decided(REQUESTS[1], Verdict.APPROVE, is_under_way=True)
    over = decide_once.DecideOnceView(heading=msg("web.decide_once.over"), path="/decide")
    yield "decide-once-over", replace(over, told=msg("requests.link_over"))
