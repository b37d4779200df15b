"""Every route that changes something, asked for by pages of other sites: all are refused, and not a row is another.

The routes come from the router. The browsers are those of an administrator who signed in a moment ago, and of a
household device at which nobody did; each of these things, one of the two does for a page of ours.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from medianest.http import csrf
from medianest.http.floor import MACHINE_FACE, ONE_CLICK
from tests.fakes.plex import Plex
from tests.rights.asking import LET_IN, WHO, Question, Route, answer
from tests.rights.house import House, open_house
from tests.rights.test_table import PROXIED, questions, routes, written

pytestmark = pytest.mark.slow
EVIL, DASHBOARD = "https://evil.example", "https://dashboard.example"
FORM, TEXT, JSON = "application/x-www-form-urlencoded", "text/plain", "application/json"
PARTS = "multipart/form-data; boundary=x"
OWN_DOINGS = tuple(f'INSERT INTO "{table}" ' for table in ("job_runs", "journal_cursors"))
VICTIMS = tuple(who for who in WHO if who.column in ("ad", "de"))
TOKEN = "x-csrf-token"
THEIRS_ALONE = frozenset({"channels"})
"""Of these an administrator changes their own, and nobody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a page has a browser ask: the fields that are then sent, beside the cookies.

    A page knows the token only where it `stole` one. It may say `also` something, in the query and in its form.
    """

    words: str
    fields: Mapping[str, str]
    stole: bool = False
    is_form: bool = False
    also: Mapping[str, str] | None = None

    def __str__(self) -> str:
        return self.words

    def ask(self, question: Question) -> Question:
        """The question as this page asks it; a form knows POST alone."""
        kept = {name: value for name, value in question.headers.items() if self.stole or name != TOKEN}
        path = f"{question.path}?{urlencode(self.also)}" if self.also else question.path
        content = urlencode(self.also).encode() if self.also and self.is_form else question.content
        method = "POST" if self.is_form else question.method
        return replace(question, method=method, path=path, headers={**kept, **self.fields}, content=content)


def _from(origin: str, site: str = "cross-site", **fields: str) -> dict[str, str]:
    return {"origin": origin, "sec-fetch-site": site, **{name.replace("_", "-"): said for name, said in fields.items()}}


WAYS = (
    Way(words="a form", fields=_from(EVIL, content_type=FORM), is_form=True),
    Way(words="a form with files", fields=_from(EVIL, content_type=PARTS), is_form=True),
    Way(words="a form of plain text", fields=_from(EVIL, content_type=TEXT), is_form=True),
    Way(words="a form in a sandboxed frame", fields=_from("null", content_type=FORM), is_form=True),
    Way(words="a form by a browser that tells nothing", fields={"content-type": FORM}, is_form=True),
    Way(words="plain text by a browser that tells nothing", fields={"content-type": TEXT}, is_form=True),
    Way(words="a form that names another method", fields={"content-type": FORM, "x-http-method-override": "DELETE"},
        is_form=True, also={"_method": "DELETE"}),
    Way(words="a token in the address", fields={"content-type": FORM}, also={csrf.FIELD: "0" * 64}),
    Way(words="fetch with JSON", fields=_from(EVIL, content_type=JSON)),
    Way(words="fetch with JSON, nothing told", fields={"content-type": JSON}),
    Way(words="fetch with plain text", fields=_from(EVIL, content_type=TEXT)),
    Way(words="fetch without an origin", fields=_from("null", content_type=JSON)),
    Way(words="a request of htmx's", fields=_from(EVIL, hx_request="true")),
    Way(words="another's token", fields={TOKEN: csrf.token_of("another"), "content-type": JSON}),
    Way(words="a stolen token, another origin", fields={"origin": EVIL, "content-type": JSON}, stole=True),
    Way(words="a stolen token, no origin", fields={"origin": "null", "content-type": JSON}, stole=True),
    Way(words="a stolen token, only the site is told", fields={"sec-fetch-site": "cross-site"}, stole=True),
    Way(words="a stolen token, another port of this host", fields={"origin": "http://127.0.0.1:1"}, stole=True),
    Way(words="a stolen token, a page that may call with one of its own", fields={"origin": DASHBOARD}, stole=True),
)  # fmt: skip


def _changing(house: House) -> list[Route]:
    """Not those of webhooks and of one click: no cookie counts there, and who knows the address may come anywhence."""
    asked = (route for route in routes(house) if not route.path.startswith(("/webhooks/", ONE_CLICK)))
    return [route for route in asked if route.method not in csrf.SAFE_METHODS]


def _rows(house: House) -> list[str]:
    """Everything that the database holds, but for what the portal notes of its own doings."""
    with closing(sqlite3.connect(f"file:{house.portal.settings.paths.database}?mode=ro", uri=True)) as connection:
        return [line for line in connection.iterdump() if not line.startswith(OWN_DOINGS)]


def _refusals(question: Question) -> tuple[int, ...]:
    """Nobody has a cookie that means anything to the machine face: there, they are asked who they are."""
    is_nobodys = question.who.role is None and question.path.startswith(MACHINE_FACE)
    return (401, 404, 405) if is_nobodys else (403,)


async def _told(client: httpx.AsyncClient, question: Question) -> int | str:
    """The status, if the page that asked may not read the answer with the cookie's rights."""
    sent: dict[str, Any] = {"headers": question.headers, "content": question.content}
    told = await client.request(question.method, question.path, **sent)
    return "readable" if "access-control-allow-credentials" in told.headers else told.status_code


async def test_no_route_changes_anything_for_a_page_of_another_site(tmp_path: Path, plex: Plex) -> None:
    server = f'{PROXIED}\ncors_origins = ["{DASHBOARD}"]'
    async with open_house(tmp_path, server=server, tv_url=plex.tv.base) as house:
        asked, changing = await questions(house), _changing(house)
        rightly = {
            route: [asked.ask(route, who, own=route.kind in THEIRS_ALONE) for who in VICTIMS] for route in changing
        }
        await asked.newcomers.come_in()
        before = _rows(house)
        async with house.client() as client:
            let_through = [
                f"{route} by {way}, {question.who.column}: {told}"
                for route, those in rightly.items()
                for question, way in product(those, WAYS)
                if (told := await _told(client, way.ask(question))) not in _refusals(question)
            ]
            after = _rows(house)
            ours = {route: [await answer(client, question) for question in those] for route, those in rightly.items()}
    assert let_through == []
    assert after == before
    assert [str(route) for route in changing] == [
        line[:60].rstrip()
        for line in written()
        if line[:3] != "GET" and "/webhooks/" not in line and ONE_CLICK not in line
    ]
    assert [str(route) for route, letters in ours.items() if LET_IN not in letters] == [
        "POST   /account/channels/apprise",  # of a service, which must be one of the settings
        "POST   /admin/plex/servers/{id:str}",  # of a way to Plex, which only the browser has that began it
        "POST   /confirm/{word:str}",  # of a link that somebody was sent
        "POST   /decide/{word:str}",  # as above
        "POST   /setup",
    ]
    print(f"{len(changing)} routes x {len(WAYS)} ways x {len(VICTIMS)} victims; {len(before)} lines of database stayed")
