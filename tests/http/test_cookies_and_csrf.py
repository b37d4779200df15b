"""Cookies, and that a change was asked for by a page of ours."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from medianest.accounts.types import Opened, Scope
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.http import cookies, csrf
from medianest.http.asking import Asking
from tests.http.portal import Portal, run_portal

SECRET = "s" * 43


def test_the_sessions_cookie_is_out_of_reach_of_scripts_other_sites_and_other_hosts() -> None:
    opened = Opened(user=None, session_id="x", secret=SECRET, lasts=timedelta(days=180))  # type: ignore[arg-type]
    at_home, over_https = Asking(request_id="x"), Asking(request_id="x", secure=True)
    plain = cookies.entering(opened, at_home).to_header(header="").strip()
    secure = cookies.entering(opened, over_https).to_header(header="").strip()
    assert plain == f"medianest={SECRET}; HttpOnly; Max-Age=15552000; Path=/; SameSite=lax"
    assert secure == f"__Host-medianest={SECRET}; HttpOnly; Max-Age=15552000; Path=/; SameSite=lax; Secure"
    gone = cookies.leaving(over_https).to_header(header="").strip()
    assert re.match(r'__Host-medianest=(""|); HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure', gone)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ([f"medianest={SECRET}"], SECRET),
        ([f"a=b; medianest={SECRET}; c=d"], SECRET),
        ([f"a=b;medianest={SECRET}"], SECRET),
        (["a=b", f"medianest={SECRET}"], SECRET),
        ([f"medianest={SECRET}; medianest={'e' * 43}"], None),
        ([f"medianest={SECRET}", f"medianest={SECRET}"], None),
        ([f"={SECRET}"], None),
        ([f"=medianest={SECRET}"], None),
        ([f"__Host-medianest={SECRET}"], None),
        ([f"MediaNest={SECRET}"], None),
        ([f'medianest="{SECRET}"'], None),
        (["medianest=short"], None),
        (["medianest"], None),
        (["medianest=" + "x" * 8000], None),
        ([";".join(f"c{n}=x" for n in range(100)) + f";medianest={SECRET}"], SECRET),
        (["medianest=a b; ;;=;=="], None),
        ([], None),
    ],
)
def test_a_cookie_that_somebody_put_in_is_ignored(fields: list[str], value: str | None) -> None:
    assert cookies.read(fields, "medianest") == value


async def test_a_planted_second_cookie_signs_nobody_in(portal: Portal, http: httpx.AsyncClient) -> None:
    mallory, _ = await portal.enter(portal.cast.gus)
    bob, _ = await portal.enter(portal.cast.bob)
    both = {"cookie": f"medianest={mallory.secret}; medianest={bob.secret}"}
    assert (await http.get("/me", headers=both)).status_code == 401
    secure_name = {"cookie": f"__Host-medianest={bob.secret}"}
    assert (await http.get("/me", headers=secure_name)).status_code == 401


@pytest.fixture
async def proxied(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    async with run_portal(
        db, tmp_path, trusted_proxies=("127.0.0.1",), public_url="https://media.example.org"
    ) as running:
        yield running


async def test_over_https_only_the_cookie_with_the_prefix_counts(proxied: Portal) -> None:
    opened, _ = await proxied.enter(proxied.cast.bob)
    https = {"x-forwarded-proto": "https", "x-forwarded-host": "media.example.org"}
    async with httpx.AsyncClient(base_url=proxied.url, trust_env=False) as http:
        planted = await http.get("/me", headers=https | {"cookie": f"medianest={opened.secret}"})
        own = await http.get("/me", headers=https | {"cookie": f"__Host-medianest={opened.secret}"})
        form = (await http.get("/", headers=https)).headers["set-cookie"]
    assert (planted.status_code, own.status_code) == (401, 200)
    assert re.fullmatch(r"__Host-medianest-form=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", form)


SAME = {"origin": "http://127.0.0.1:{port}", "sec-fetch-site": "same-origin"}
REFUSED: list[dict[str, str | None]] = [
    {"x-csrf-token": None},
    {"x-csrf-token": ""},
    {"x-csrf-token": "0" * 64},
    {"x-csrf-token": "é"},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://127.0.0.1"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://127.0.0.1:{port}.evil.example"},
    {"origin": "http://evil.example/http://127.0.0.1:{port}"},
    {"origin": "file://127.0.0.1:{port}"},
    {"origin": "http://evil@127.0.0.1:{port}"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "nonsense"},
    {"x-csrf-token": None, "content-type": "text/plain"},
    {"x-csrf-token": None, "content-type": "application/json"},
    {"x-csrf-token": None, "content-type": "multipart/form-data; boundary=x"},
    {"x-csrf-token": None, "x-requested-with": "XMLHttpRequest"},
    {"x-csrf-token": None, "hx-request": "true"},
]
TAKEN: list[dict[str, str]] = [
    {},
    SAME,
    {"origin": "http://127.0.0.1:{port}"},
    {"origin": "https://127.0.0.1:{port}"},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
]


def _headers(portal: Portal, fields: Mapping[str, str | None]) -> list[tuple[bytes, bytes]]:
    port = str(portal.port)
    return [(k.encode(), v.replace("{port}", port).encode()) for k, v in fields.items() if v is not None]


@pytest.mark.parametrize("path", ["/change", "/api/v1/change"])
async def test_what_another_site_asks_for_changes_nothing(portal: Portal, http: httpx.AsyncClient, path: str) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    taken = []
    for change in REFUSED:
        answer = await http.post(path, headers=_headers(portal, fields | SAME | change), content="x")
        if (answer.status_code, answer.text.partition(":")[0]) != (403, "csrf"):
            taken.append((change, answer.status_code))
    assert taken == []
    assert portal.changes == []


@pytest.mark.parametrize("path", ["/change", "/api/v1/change"])
async def test_a_page_of_ours_may_change_things(portal: Portal, http: httpx.AsyncClient, path: str) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    for more in TAKEN:
        answer = await http.post(path, headers=_headers(portal, fields | more), content="x")
        assert answer.status_code == 201, more
    assert portal.changes == ["Bob x"] * len(TAKEN)


async def test_every_method_that_may_change_needs_the_token(portal: Portal, http: httpx.AsyncClient) -> None:
    opened, _ = await portal.enter(portal.cast.bob)
    only_cookie = {"cookie": f"medianest={opened.secret}"}
    override = {"x-http-method-override": "GET", "x-method-override": "GET"}
    for method in ("POST", "PUT", "PATCH", "DELETE", "PROPFIND", "QUERY"):
        refused = await http.request(method, "/change?_method=GET", headers=only_cookie | override)
        assert refused.status_code in (400, 403), method
    assert portal.changes == []


async def test_a_get_changes_nothing_whatever_it_claims(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    for name in ("x-http-method-override", "x-http-method", "x-method-override"):
        assert (await http.get("/change", headers=fields | {name: "POST"})).status_code == 405
    assert (await http.head("/change", headers=fields)).status_code == 405
    assert portal.changes == []


async def test_a_form_carries_its_token_and_reaches_the_handler_whole(portal: Portal, http: httpx.AsyncClient) -> None:
    opened, _ = await portal.enter(portal.cast.bob)
    headers = {
        "cookie": f"medianest={opened.secret}",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    }
    for body in ("csrf_token={token}&name=x", "name=%F0%9F%A6%89&csrf_token={token}"):
        sent = body.format(token=csrf.token_of(opened.secret))
        assert (await http.post("/change", headers=headers, content=sent)).status_code == 201
        assert portal.changes.pop() == f"Bob {sent}"


async def test_a_form_without_its_one_token_is_refused(portal: Portal, http: httpx.AsyncClient) -> None:
    opened, _ = await portal.enter(portal.cast.bob)
    headers = {"cookie": f"medianest={opened.secret}", "content-type": "application/x-www-form-urlencoded"}
    for body in (
        b"",
        b"csrf_token=",
        b"csrf_token=wrong",
        b"csrf_token={token}&csrf_token={token}",
        b"csrf_token[]={token}",
        b"CSRF_TOKEN={token}",
        b"csrf_token=\xff\xfe",
        b"&".join(b"a=1" for _ in range(5000)) + b"&csrf_token={token}",
    ):
        sent = body.replace(b"{token}", csrf.token_of(opened.secret).encode())
        assert (await http.post("/change", headers=headers, content=sent)).status_code == 403, body[:80]
    assert portal.changes == []


async def test_another_persons_token_is_not_this_ones(portal: Portal, http: httpx.AsyncClient) -> None:
    _, gus = await portal.enter(portal.cast.gus)
    _, bob = await portal.enter(portal.cast.bob)
    mixed = bob | {"x-csrf-token": gus["x-csrf-token"]}
    assert (await http.post("/change", headers=mixed)).status_code == 403


async def test_the_sign_in_form_works_only_in_the_browser_that_was_given_it(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    page = await http.get("/")
    token, cookie = page.json()["token"], page.headers["set-cookie"].partition(";")[0]
    form = {"content-type": "application/x-www-form-urlencoded"}
    sent = urlencode({"csrf_token": token, "name": "Bob"})

    assert (await http.post("/sign-in", headers=form, content=sent)).status_code == 403
    planted = form | {"cookie": "medianest-form=" + "m" * 43}
    assert (await http.post("/sign-in", headers=planted, content=sent)).status_code == 403
    elsewhere = form | {"cookie": cookie, "origin": "http://evil.example"}
    assert (await http.post("/sign-in", headers=elsewhere, content=sent)).status_code == 403
    assert portal.changes == []
    assert (await http.post("/sign-in", headers=form | {"cookie": cookie}, content=sent)).status_code == 201

    again = await http.get("/", headers={"cookie": cookie})
    assert again.json()["token"] == token
    assert "set-cookie" not in again.headers


async def test_a_bearer_needs_no_token_and_a_stranger_at_the_machine_face_is_asked_to_sign_in(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    _, secret = await portal.accounts.create_token(SYSTEM, "x", frozenset({Scope.DOWNLOADS}), owner="Bob")
    bearer = {"authorization": f"Bearer {secret}", "origin": "http://other.example", "sec-fetch-site": "cross-site"}
    assert (await http.post("/api/v1/change", headers=bearer, content="x")).status_code == 201
    assert portal.changes == ["Bob x"]
    stranger = await http.post("/api/v1/change", content="x")
    assert (stranger.status_code, stranger.text.partition(":")[0]) == (401, "unauthenticated")
    assert (await http.post("/webhooks/news", headers={"authorization": "shared"})).text == "shared"


async def test_behind_a_proxy_that_hides_its_scheme_the_public_address_is_ours(proxied: Portal) -> None:
    _, fields = await proxied.enter(proxied.cast.bob)
    fields["origin"] = "https://media.example.org"
    async with httpx.AsyncClient(base_url=proxied.url, trust_env=False) as http:
        assert (await http.post("/change", headers=fields | {"host": "nas:8484"})).status_code == 201
        fields["origin"] = "https://media.example.org.evil.example"
        assert (await http.post("/change", headers=fields | {"host": "nas:8484"})).status_code == 403
