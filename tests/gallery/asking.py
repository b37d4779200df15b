"""Asking for films and series, for looking at pages: shelves, answers, titles, requests in every state, deciding."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.accounts import permissions
from medianest.core.actor import Actor, Role, Via
from medianest.core.i18n import msg
from medianest.media_requests.connection import Standing
from medianest.media_requests.discovery import Means
from medianest.media_requests.types import (
    Allowance,
    Availability,
    CastMember,
    Choice,
    Fetcher,
    Hit,
    MediaType,
    Request,
    SeasonTold,
    State,
    Title,
    TitleKey,
    Wish,
)
from medianest.media_requests.webhook import WebhookText
from medianest.pictures.types import Shown
from medianest.web import ask_forms, title_shelves
from medianest.web import choices as web_choices
from medianest.web.ask_forms import Filled, Known, ask_form
from medianest.web.asking_away import Away
from medianest.web.frame import Chip, avatar_of
from medianest.web.pages import ask, overseerr, request, requests
from medianest.web.request_rows import InPlex, RequestRow, request_row
from medianest.web.title_answers import Answers
from medianest.web.title_cards import Card, Mark
from medianest.web.title_pages import About, Person, TitleView
from tests.gallery.plex_titles import POSTER, WORKS
from tests.gallery.samples import GRANDMA, KIDS, NOW, ROBIN

ROBIN_HERE = Actor(id=ROBIN.id, name="Robin", role=Role.ADMIN, permissions=permissions.OF_ROLE[Role.ADMIN], via=Via.WEB)
NAMES = {person.id: person.name for person in (ROBIN, GRANDMA, KIDS)}
AWAY = Away(since=NOW - timedelta(hours=2), is_refused=False)
BACKDROP = Shown(src="/downloads/aurora/picture", double="/downloads/aurora/picture", width=780, height=439)
HERE, ASKED = Mark(shape="up", word=msg("web.asking.here")), Mark(shape="waiting", word=msg("web.asking.asked"))


def _card(id: int, title: str, year: str, *, mark: Mark | None = None, show: bool = False, bare: bool = False) -> Card:
    kind = MediaType.TV if show else MediaType.MOVIE
    return Card(
        id=f"{kind}-{id}", path=f"/ask/{kind}/{id}", title=title, detail=msg(f"web.asking.{kind}_of", year=year),
        poster=None if bare else POSTER, is_show=show, mark=mark, in_plex=None,
    )  # fmt: skip


CARDS = (
    _card(1, "Metropolis", "1927", mark=ASKED),
    _card(2, "Safety Last!", "1923"),
    _card(3, "The Phantom of the Opera and Everybody Who Ever Sat in the Fifth Box of It", "1925", bare=True),
    _card(4, "The General", "1926", mark=HERE),
    _card(5, "Tidewater", "2019", mark=Mark(shape="up", word=msg("web.asking.here_in_part")), show=True),
    _card(6, "Häxan", "1922"),
    _card(7, "مدينة الضباب", "1931"),
    _card(8, "Steamboat Bill, Jr.", "1928"),
)
_EMPTY = tuple(title_shelves.empty_shelf(*one) for one in title_shelves.EVERYTHING)
SHELVES = tuple(replace(shelf, cards=CARDS) for shelf in _EMPTY)


def _request(id: str, title: str, state: State, **about: object) -> Request:
    values: dict[str, object] = {
        "wish": Wish(title=TitleKey(media_type=MediaType.MOVIE, tmdb_id=1)), "year": 1927, "poster": None,
        "owner_id": KIDS.id, "asked_by_id": KIDS.id, "asker": "", "followers": frozenset(), "reason": "",
        "error_code": None, "upstream_id": 7, "media_id": 7, "is_unwanted": False, "heard_at": NOW,
        "created_at": NOW - timedelta(days=2), "changed_at": NOW,
    }  # fmt: skip
    return Request(id=id, name=title, state=state, **(values | about))  # type: ignore[arg-type]


_SERIES = Wish(title=TitleKey(media_type=MediaType.TV, tmdb_id=2), seasons=(2, 3, 4))
_MINE = {"owner_id": ROBIN.id, "asked_by_id": ROBIN.id}
REQUESTS = (
    _request("metropolis", "Metropolis", State.PROCESSING, **_MINE, followers=frozenset({KIDS.id, GRANDMA.id})),
    _request("lost-world", "The Lost World", State.PENDING),
    _request("tidewater", "Tidewater", State.PARTIALLY_AVAILABLE, wish=_SERIES, followers=frozenset({ROBIN.id})),
    _request("kept", "Das Cabinet des Dr. Caligari in der restaurierten Fassung", State.SENDING, **_MINE),
    _request("declined", "Nosferatu", State.DECLINED, reason="Not before the kids are older."),
    _request("failed", "Nanook of the North", State.FAILED, error_code="quota_exceeded"),
    _request("here", "The Kid", State.AVAILABLE, wish=Wish(title=_SERIES.title, is_4k=True, seasons=(1,))),
    _request("theirs", "", State.APPROVED, owner_id=None, asked_by_id=None, asker="aunt.lena", year=None),
    _request("gone", "Sunrise", State.REMOVED),
)


def row(request: Request) -> RequestRow:
    return request_row(request, ROBIN_HERE, NAMES, POSTER if request.name else None)


_FIRST, *_REST = (row(request) for request in REQUESTS)
_THERE_ALREADY = InPlex(path="/plex/titles/7", word=msg("web.in_plex.there"))
ROWS = (replace(_FIRST, in_plex=_THERE_ALREADY), *_REST)
_CHIPS = tuple(
    Chip(name=name or "everything", path="/ask", label=msg(f"web.asking.chip_{name or 'everything'}"), here=not name)
    for name in ask.KINDS
)
_GENRES = tuple(
    Chip(name=name, path="/ask/genres/movie/1", label=msg("web.asking.title", title=name), here=False)
    for name in ("Adventure", "Comedy", "Documentary", "Film for the whole family", "Western")
)
ASK = ask.AskView(is_on=True, away=None, chips=_CHIPS, shelves=SHELVES[:3], genres=(), asked=ROWS[:3])


def ask_pages() -> Iterator[tuple[str, object]]:
    yield "ask", ASK
    yield "ask-waiting", replace(ASK, shelves=_EMPTY[:2], asked=())
    note = msg("requests.away")
    old = tuple(replace(shelf, note=note, as_of=AWAY.since) for shelf in SHELVES[:1])
    none = tuple(replace(shelf, cards=(), note=note) for shelf in SHELVES[1:2])
    yield "ask-away", replace(ASK, away=AWAY, shelves=(*old, *none), genres=_GENRES)
    yield "ask-off", replace(ASK, is_on=False, shelves=(), asked=())


def list_pages() -> Iterator[tuple[str, object]]:
    full = replace(_EMPTY[0], cards=CARDS)
    yield "ask-list", ask.ListView(shelf=full, newer="/ask/lists/trending?page=1", older="/ask/lists/trending?page=3")
    yield "ask-list-empty", ask.ListView(shelf=replace(full, cards=(), note=msg("requests.away")))


def found_pages() -> Iterator[tuple[str, object]]:
    found = Answers(
        told=msg("web.asking.found", n=6, plex=2, ask=4), in_plex=WORKS[:2], cards=CARDS[:4], older="/ask?q=me&page=2"
    )
    yield "ask-found", ask.FoundView(q="me", answers=found)
    away = replace(found, cards=(), note=msg("requests.away"), older=None)
    yield "ask-found-away", ask.FoundView(q="me", answers=away)
    none = Answers(told=msg("web.asking.found_none"), in_plex=(), cards=())
    yield "ask-found-none", ask.FoundView(q="Metropilis", answers=none)


FETCHERS = (
    Fetcher(
        id=1, name="Sonarr", is_4k=False, is_default=True,
        profiles=(Choice(id=1, name="HD-1080p"), Choice(id=2, name="Any")),
        folders=(Choice(id=1, name="/media/series"), Choice(id=2, name="/media/kids")),
    ),
)  # fmt: skip
_LEFT = Allowance(used=2, limit=5, remaining=3, days=7)
MEANS = Means(allowance=_LEFT, is_4k_allowed=True, fetchers=FETCHERS)
_HIT = Hit(
    key=_SERIES.title, title="Tidewater", year=2019, overview="A lighthouse keeper's daughter returns.", poster=None,
    backdrop=None, rating=8.2, availability=Availability.PARTIALLY_AVAILABLE,
)  # fmt: skip
_THERE = (
    Availability.UNKNOWN,
    Availability.AVAILABLE,
    Availability.PARTIALLY_AVAILABLE,
    Availability.PROCESSING,
    *[Availability.UNKNOWN] * 2,
)
SERIES = Title(
    hit=_HIT, tagline="", genres=("Drama", "Mystery"), runtime_min=42, status="Returning Series", imdb_id=None,
    tvdb_id=None, trailer=None, cast=(CastMember(name="A", character="B"),), media_id=7, requests=(),
    seasons=tuple(
        SeasonTold(number=number, name=f"Season {number}" if number else "Specials", episodes=10, availability=there,
                   asked=False)
        for number, there in enumerate(_THERE)
    ),
)  # fmt: skip
ABOUT = About(
    title="Tidewater", year="2019", is_show=True, tagline="The tide keeps its own log.",
    plot="A lighthouse keeper's daughter returns to an island that the charts have quietly stopped showing. Each "
    "season follows one winter: the boats that come, the ones that do not, and the log that somebody keeps writing.",
    facts=(
        msg("web.asking.tv"), msg("web.asking.title", title="2019"), msg("web.in_plex.seasons", n=5),
        msg("web.asking.title", title="Drama, Mystery"),
    ),
    rating=8.2, poster=POSTER, backdrop=BACKDROP,
    cast=tuple(Person(name=f"Actress {number}", character="The keeper") for number in range(1, 7)),
    trailer="https://www.youtube.com/watch?v=tide", mark=Mark(shape="up", word=msg("web.asking.here_in_part")),
)  # fmt: skip
_WHOM = (
    web_choices.Choice(value="", label=msg("web.asking.for_me")),
    web_choices.Choice(value="kids", label=msg("web.asking.person", name="The kids")),
)
FORM = ask_form(Known(key=_SERIES.title, title=SERIES, asked=()), MEANS, Filled(), for_whom=_WHOM)
TITLE = TitleView(
    heading=msg("web.asking.title", title="Tidewater"), path="/ask/tv/2", about=ABOUT, asked=(ROWS[2],), form=FORM,
    in_plex="/plex/titles/7", similar=replace(_EMPTY[0], name="similar", title=msg("web.asking.similar"), cards=CARDS),
)  # fmt: skip


def title_pages() -> Iterator[tuple[str, object]]:
    yield "ask-title", TITLE
    film = Known(key=TitleKey(media_type=MediaType.MOVIE, tmdb_id=1), title=None, asked=())
    left = ask_forms.allowance(replace(_LEFT, remaining=0), MediaType.MOVIE)
    used_up = replace(ask_form(film, None, Filled()), left=left, is_open=False, error=msg("requests.used_up"))
    plain = replace(
        ABOUT, title="Metropolis", is_show=False, backdrop=None, poster=None, trailer=None, cast=(), mark=None
    )
    yield "ask-title-film", replace(TITLE, about=plain, asked=(), form=used_up, in_plex=None, similar=None)
    blind = ask_form(Known(key=_SERIES.title, title=None, asked=()), None, Filled(), note=msg("web.asking.is_kept"))
    heading = msg("web.asking.unknown_tv", number="2")
    unknown = TitleView(heading=heading, path="/ask/tv/2", about=None, asked=(), form=blind, away=AWAY)
    yield "ask-title-away", unknown
    yield "ask-title-refused", replace(TITLE, form=None, refusal=msg("requests.no_account"), as_of=NOW, away=AWAY)


def request_pages() -> Iterator[tuple[str, object]]:
    shown = requests.Shown(mine=False, group="", q="")
    full = requests.RequestsView(
        whose=requests.whose(shown), groups=requests.groups(shown), q="", show="all", group="", rows=ROWS, away=None,
        address="/requests?show=all", older="/requests?cursor=x", waiting=3,
    )  # fmt: skip
    yield "requests", full
    yield "requests-away", replace(full, away=AWAY, rows=ROWS[:2], older=None)
    yield "requests-empty", replace(full, rows=(), older=None, waiting=None, whose=())
    yield "requests-not-found", replace(full, rows=(), older=None, q="metropilis")


def one_request_pages() -> Iterator[tuple[str, object]]:
    history = tuple(
        request.Happened(sentence=msg(f"web.journal.media_request_{what}", actor="Robin", title="Metropolis"), at=NOW)
        for what in ("made", "followed", "sent", "approved")
    )
    base = request.RequestView(
        row=ROWS[0], history=history, away=None, cancel="/requests/metropolis/cancel", unfollow=None, retry=None,
        decide=None,
    )  # fmt: skip
    yield "request", base
    yield "request-other", replace(base, row=ROWS[1], cancel=None, decide="/requests/decide")
    yield "request-declined", replace(base, row=ROWS[4], cancel=None, unfollow="/requests/declined/unfollow", away=AWAY)
    yield "request-failed", replace(base, row=ROWS[5], retry="/requests/failed/retry", history=())


def overseerr_pages() -> Iterator[tuple[str, object]]:
    hook = WebhookText(
        url="https://media.example/webhooks/overseerr", header="5f3ab09d1b2c4d5e", payload='{\n  "a": 1\n}'
    )
    accounts = (
        web_choices.Choice(value="", label=msg("web.overseerr.by_plex")),
        web_choices.Choice(value="2", label=msg("web.asking.person", name="aunt.lena"), chosen=True),
    )
    askers = tuple(
        overseerr.AskerRow(id=person.id, name=person.name, avatar=avatar_of(person.id, person.name), accounts=accounts)
        for person in (ROBIN, GRANDMA, KIDS)
    )
    up = overseerr.overseerr_view(
        Standing(is_set_up=True), url="http://nas.lan:5055", household=3, webhook=hook, heard_at=NOW, askers=askers
    )
    yield "overseerr", up
    down = Standing(is_set_up=True, is_away=True, away_since=AWAY.since)
    away = overseerr.overseerr_view(
        down, url="http://nas.lan:5055", household=0, webhook=hook, heard_at=None, askers=(),
        askers_note=msg("requests.away"),
    )  # fmt: skip
    yield "overseerr-away", replace(away, tested=msg("web.overseerr.found_connect"), is_well=False, takes_over=True)
    off = overseerr.overseerr_view(
        Standing(is_set_up=False), url=None, household=0, webhook=hook, heard_at=None, askers=()
    )
    yield "overseerr-off", off


TEMPLATES = {
    "ask/page.html": ask_pages,
    "ask/list.html": list_pages,
    "ask/found.html": found_pages,
    "ask/title.html": title_pages,
    "requests/page.html": request_pages,
    "requests/request.html": one_request_pages,
}


def samples_of_asking() -> Iterator[tuple[str, tuple[str, object]]]:
    for template, samples in TEMPLATES.items():
        for name, view in samples():
            yield name, (template, view)
