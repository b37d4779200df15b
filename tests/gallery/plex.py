"""The samples of everything about Plex: the door, the way there and back, connecting, bringing people in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.accounts.plex_types import Candidate
from medianest.core.actor import Via
from medianest.core.i18n import msg
from medianest.core.journal import Entry
from medianest.plex.connecting import Offer, Way
from medianest.plex.reach.types import Found, Look
from medianest.plex.tv.types import Address, Server
from medianest.plex.types import Connected
from medianest.web.pages import plex, plex_door, plex_people, plex_servers
from tests.gallery.samples import NOW

_PUBLIC = "https://203-0-113-7.0a1b2c3d4e5f60718293a4b5c6d7e8f9.plex.direct:32400"
_LOCAL = "https://192-168-1-20.0a1b2c3d4e5f60718293a4b5c6d7e8f9.plex.direct:32400"
_RELAY = "https://relay-1.plex.direct:8443"
FULL = Connected(
    url=_LOCAL,
    is_in_toml=False,
    token_is_in_toml=False,
    server_name="Bücherregal",
    machine_id="a",
    owner_name="olga",
    has_token=True,
    connected_at=NOW - timedelta(days=40),
    checked_at=NOW - timedelta(hours=3),
    refused_at=None,
)
NONE = replace(FULL, url=None, server_name="", machine_id=None, owner_name="", has_token=False, checked_at=None)


def _refused(id: int, name: str, reason: str) -> Entry:
    return Entry(
        id=id,
        at=NOW - timedelta(hours=id),
        kind="user.plex_refused",
        version=1,
        actor_id=None,
        actor_name="",
        via=Via.WEB,
        address="203.0.113.9",
        subject_type="user",
        subject_id="",
        audience=frozenset(),
        data={"name": name, "reason": reason, "values": {}, "user_agent": "Mozilla/5.0 (iPhone) Safari/604.1"},
        request_id=None,
    )


def _way(url: str, found: Found, *, local: bool = False, relay: bool = False) -> Way:
    return Way(address=Address(url=url, local=local, relay=relay), look=Look(found=found))


def _server(name: str, *ways: Way) -> Offer:
    server = Server(machine_id=name, name=name, owned=True, token="", addresses=())
    return Offer(server=server, ways=ways)


def samples_inside() -> Iterator[tuple[str, tuple[str, object]]]:
    entries = [_refused(2, "stefan", "plex_sign_in.no_access"), _refused(5, "", "plex_sign_in.away_time")]
    full = plex.plex_view(FULL, entries, is_on=True)
    yield "plex", ("admin/plex.html", full)
    yield "plex-none", ("admin/plex.html", plex.plex_view(NONE, [], is_on=True))
    yield "plex-off", ("admin/plex.html", plex.plex_view(NONE, [], is_on=False))
    lost = plex.plex_view(replace(FULL, refused_at=NOW), [], is_on=True)
    yield "plex-token-lost", ("admin/plex.html", lost)
    wrong = plex.tested_view(full, msg("plex_sign_in.found_tls"), is_well=False)
    yield "plex-tested", ("admin/plex.html", wrong)
    toml = plex.plex_view(replace(FULL, is_in_toml=True, token_is_in_toml=True), [], is_on=True)
    yield "plex-toml", ("admin/plex.html", replace(toml, tested=msg("plex_sign_in.found_here")))
    offers = [
        _server(
            "Bücherregal",
            _way(_LOCAL, Found.NAME, local=True),
            _way(_PUBLIC, Found.HERE),
            _way(_RELAY, Found.HERE, relay=True),
        ),
        _server("Server of a very long name in the cellar", _way("http://192.168.1.9:32400", Found.TIME, local=True)),
    ]
    yield "plex-servers", ("admin/plex_servers.html", plex_servers.servers_view("a", offers))
    yield "plex-servers-none", ("admin/plex_servers.html", plex_servers.servers_view("a", []))
    some = [Candidate(plex_id=1000, name="frida", home=False), Candidate(plex_id=1001, name="Kim", home=True)]
    people = plex_people.CandidatesView(people=tuple(map(plex_people.candidate_row, some)))
    yield "plex-people", ("admin/plex_people.html", people)
    yield "plex-people-none", ("admin/plex_people.html", replace(people, people=()))
    away = replace(people, people=(), wrong=msg("plex_sign_in.away_time"))
    yield "plex-people-away", ("admin/plex_people.html", away)


def samples_at_the_door() -> Iterator[tuple[str, tuple[str, object]]]:
    yield "plex-waiting", ("sign_in/plex.html", plex_door.waiting_view("a", "/"))
    going = plex_door.WayView(
        title=msg("web.plex.going"),
        text=msg("web.plex.going_about"),
        onward="https://app.plex.tv/auth#?code=a",
        label=msg("web.plex.go"),
        outside=True,
    )
    yield "plex-going", ("sign_in/plex.html", going)
    over = plex_door.WayView(
        title=msg("web.plex.over"), text=msg("plex_sign_in.expired"), is_wrong=True, may_begin=True
    )
    yield "plex-over", ("sign_in/plex.html", over)
    refused = replace(over, title=msg("web.plex.refused"), text=msg("plex_sign_in.no_access"))
    yield "plex-refused", ("sign_in/plex.html", refused)
    away = replace(
        refused,
        title=msg("web.plex.away"),
        text=msg("plex_sign_in.away_tls"),
        onward="/sign-in/plex/a",
        label=msg("web.plex.ask_again"),
        may_begin=False,
    )
    yield "plex-away", ("sign_in/plex.html", away)
