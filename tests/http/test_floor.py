"""What every answer carries, and who is behind a request."""

import re

import httpx
import pytest

from medianest.accounts.types import Scope, UserChange
from medianest.core.actor import SYSTEM
from medianest.http.languages import preferred
from tests.http.portal import Portal

# stack.md section 9, measured with every part of the interface
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
EVERYWHERE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-cache",
}
PERSONAL = "Cookie, Authorization, Accept-Language"


ANSWERS: list[tuple[str, dict[str, str], int]] = [
    ("/", {}, 200),
    ("/me", {}, 401),
    ("/nowhere", {}, 404),
    ("/", {"host": "evil.example"}, 421),
    ("/api/v1/me", {"authorization": "Bearer mn_unknown"}, 401),
    ("/", {"upgrade": "websocket"}, 400),
    ("/me/x.css", {}, 404),
]


async def test_every_answer_carries_the_same_protection(http: httpx.AsyncClient) -> None:
    for path, headers, status in ANSWERS:
        answer = await http.get(path, headers=headers)
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        assert PERSONAL in answer.headers.get_list("vary")
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "server" not in answer.headers


async def test_each_request_has_an_id_of_ours(portal: Portal, http: httpx.AsyncClient) -> None:
    first = await http.get("/", headers={"x-request-id": "chosen-by-a-stranger"})
    second = await http.get("/")
    ids = [answer.headers["x-request-id"] for answer in (first, second)]
    assert all(re.fullmatch(r"[a-z2-7]{16}", id) for id in ids)
    assert ids[0] != ids[1]


async def test_a_session_and_a_token_are_the_same_person_through_different_doors(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    _, secret = await portal.accounts.create_token(SYSTEM, "phone", frozenset({Scope.READ}), owner="Bob")
    by_session = (await http.get("/", headers=fields)).json()
    by_token = (await http.get("/api/v1/", headers={"authorization": f"bearer {secret}"})).json()
    assert (by_session["name"], by_session["via"]) == ("Bob", "web")
    assert (by_token["name"], by_token["via"]) == ("Bob", "api")
    assert (await http.get("/api/v1/me", headers=fields)).text == "Bob"


PROVING_NOTHING: list[dict[str, str]] = [
    {},
    {"cookie": "medianest="},
    {"cookie": "medianest=" + "A" * 43},
    {"cookie": "medianest=../../etc; ; =x"},
    {"authorization": "Basic Ym9iOmJvYg=="},
    {"authorization": "mn_something"},
    {"x-forwarded-user": "Alice", "remote-user": "Alice"},
]


async def test_who_proves_nothing_is_nobody(http: httpx.AsyncClient) -> None:
    for headers in PROVING_NOTHING:
        assert (await http.get("/", headers=headers)).json()["name"] == ""
        refused = await http.get("/me", headers=headers)
        assert (refused.status_code, refused.text) == (401, "unauthenticated: Sign in first.")


async def test_pages_know_no_tokens(portal: Portal, http: httpx.AsyncClient) -> None:
    """A page has no scopes: whatever a token may do, on a page it is nobody's."""
    _, secret = await portal.accounts.create_token(SYSTEM, "all", frozenset({Scope.ADMIN}), owner="Alice")
    bearer = {"authorization": f"Bearer {secret}"}
    assert (await http.get("/api/v1/me", headers=bearer)).text == "Alice"
    assert (await http.get("/me", headers=bearer)).status_code == 401
    changed = await http.post("/change", headers=bearer, content="x")
    assert (changed.status_code, changed.text.partition(":")[0], portal.changes) == (403, "csrf", [])
    _, bob = await portal.enter(portal.cast.bob)
    assert (await http.get("/me", headers=bearer | bob)).text == "Bob"


async def test_a_wrong_token_is_refused_even_beside_a_good_cookie(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    for bearer in ("Bearer", "Bearer mn_wrong", "BEARER mn_wrong", "Bearer " + "x" * 5000):
        refused = await http.get("/api/v1/me", headers=fields | {"authorization": bearer})
        assert (refused.status_code, refused.text.partition(":")[0]) == (401, "bad_token")


async def test_a_token_in_the_address_is_nothing(portal: Portal, http: httpx.AsyncClient) -> None:
    _, secret = await portal.accounts.create_token(SYSTEM, "phone", frozenset({Scope.READ}), owner="Bob")
    for query in ("token", "access_token", "authorization", "api_key"):
        assert (await http.get("/api/v1/me", params={query: secret})).status_code == 401
        assert (await http.get("/api/v1/me", params={query: f"Bearer {secret}"})).status_code == 401


async def test_a_revoked_token_is_refused_from_the_next_request_on(portal: Portal, http: httpx.AsyncClient) -> None:
    token, secret = await portal.accounts.create_token(SYSTEM, "phone", frozenset({Scope.READ}), owner="Bob")
    bearer = {"authorization": f"Bearer {secret}"}
    assert (await http.get("/api/v1/me", headers=bearer)).status_code == 200
    await portal.accounts.revoke_token(SYSTEM, token.id)
    assert (await http.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_a_guard_asks_for_a_permission(portal: Portal, http: httpx.AsyncClient) -> None:
    for user, status in ((portal.cast.alice, 200), (portal.cast.carol, 403), (portal.cast.gus, 403)):
        _, fields = await portal.enter(user)
        assert (await http.get("/admin", headers=fields)).status_code == status
    assert (await http.get("/admin")).status_code == 401
    _, narrow = await portal.accounts.create_token(SYSTEM, "x", frozenset({Scope.READ}), owner="Alice")
    assert (await http.get("/api/v1/admin", headers={"authorization": f"Bearer {narrow}"})).status_code == 403


async def test_a_changed_role_holds_at_once(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    assert (await http.get("/events-nowhere", headers=fields)).status_code == 404
    assert (await http.get("/me", headers=fields)).status_code == 200
    await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(suspended=True))
    assert (await http.get("/me", headers=fields)).status_code == 401


async def test_what_is_grave_needs_a_fresh_sign_in(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    assert (await http.get("/fresh", headers=fields)).status_code == 200
    await portal.grow_old(minutes=11)
    refused = await http.get("/fresh", headers=fields)
    assert (refused.status_code, refused.text.partition(":")[0]) == (403, "fresh_sign_in_needed")
    assert (await http.get("/me", headers=fields)).status_code == 200
    _, wide = await portal.accounts.create_token(SYSTEM, "x", frozenset({Scope.ADMIN}), owner="Alice")
    assert (await http.get("/api/v1/fresh", headers={"authorization": f"Bearer {wide}"})).status_code == 403
    assert (await http.get("/fresh")).status_code == 401


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("fr, de;q=0.3, en;q=0.4", "en"),
        ("de;q=0, en", "en"),
        ("*", "en"),
        (",;q=,,de;q=x" + "a-" * 2000, "en"),
        ("a-" * 50_000, "en"),
    ],
)
def test_a_browser_says_its_language(accepted: str | None, language: str) -> None:
    assert preferred(accepted, ("en", "de")) == language


async def test_a_person_who_chose_a_language_keeps_it(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    assert (await http.get("/", headers=fields | {"accept-language": "de"})).json()["language"] == "de"
    await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(language="en"))
    assert (await http.get("/", headers=fields | {"accept-language": "de"})).json()["language"] == "en"


async def test_every_page_answers_head_without_a_body(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    whole = await http.get("/me", headers=fields)
    head = await http.head("/me", headers=fields)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == "3"
    raw = await portal.say(b"HEAD /me HTTP/1.1\r\nHost: nas\r\nConnection: close\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 401")
    assert raw.endswith(b"\r\n\r\n")


async def test_a_head_of_an_endless_answer_ends(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    head = await http.head("/events", headers=fields, timeout=5)
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
