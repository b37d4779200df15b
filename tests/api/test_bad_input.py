"""Whatever is sent, the answer is a problem that says so, and never a fault of ours."""

import base64
import json

import httpx
import pytest

from tests.api.portal import Portal

QUEUE = "/api/v1/downloads"
JSON = {"content-type": "application/json"}


def cursor(*keys: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


BODIES: list[tuple[bytes, int, str]] = [
    (b"", 400, "malformed_json"),
    (b"{", 400, "malformed_json"),
    (b"[" * 30_000, 400, "malformed_json"),
    (b'{"url": "\xff"}', 400, "malformed_json"),
    (b'{"url": NaN}', 400, "malformed_json"),
    (b"[]", 422, "invalid"),
    (b"{}", 422, "invalid"),
    (b'{"url": null}', 422, "invalid"),
    (b'{"url": "http://127.0.0.1:9/x", "priority": 1e400}', 400, "malformed_json"),
    (b'{"url": "http://127.0.0.1:9/x", "priority": 99999999999999999999}', 422, "invalid"),
    (b'{"url": "http://127.0.0.1:9/x", "preset": "../../etc"}', 422, "invalid"),
    (b'{"url": "http://127.0.0.1:9/x", "ytdl_options": {"exec": "id"}}', 422, "invalid"),
    (b'{"url": "http://127.0.0.1:9/x\\u0000"}', 422, "unsupported_url"),
    (b'{"url": "http://127.0.0.1:9/x\\r\\nHost: evil"}', 422, "unsupported_url"),
    (b'{"url": "http://127.0.0.1:99999/"}', 422, "unsupported_url"),
    (b'{"url": "' + b"x" * 70_000 + b'"}', 413, "too_large"),
]


async def test_a_bad_body_is_a_problem(portal: Portal, subtests: pytest.Subtests) -> None:
    bob = await portal.browser(portal.cast.bob)
    for body, status, code in BODIES:
        with subtests.test(body=body[:80]):
            assert_problem(await bob.post(QUEUE, content=body, headers=JSON), status, code)


REQUESTS: list[tuple[str, str, dict[str, str], int, str]] = [
    ("GET", "/api/v1/nothing", {}, 404, "not_found"),
    ("GET", "/api/v1/", {}, 404, "not_found"),
    ("PUT", "/api/v1/me", {}, 405, "method_not_allowed"),
    ("TRACE", "/api/v1/me", {}, 405, "method_not_allowed"),
    ("POST", f"{QUEUE}", {"content-type": "text/plain"}, 415, "unsupported_media_type"),
    ("POST", f"{QUEUE}", {"content-type": "multipart/form-data; boundary=x"}, 415, "unsupported_media_type"),
    ("GET", f"{QUEUE}?limit=0", {}, 422, "invalid"),
    ("GET", f"{QUEUE}?limit=201", {}, 422, "invalid"),
    ("GET", f"{QUEUE}?limit=NaN", {}, 422, "invalid"),
    ("GET", f"{QUEUE}?limit=1&limit=2", {}, 422, "invalid"),
    ("GET", f"{QUEUE}?state=finished", {}, 422, "invalid"),
    ("GET", f"{QUEUE}?sort=title;DROP", {}, 422, "invalid"),
    ("GET", f"{QUEUE}?cursor=x", {}, 422, "bad_cursor"),
    ("GET", f"{QUEUE}?cursor={cursor(10**30, 1)}", {}, 422, "bad_cursor"),
    ("GET", f"{QUEUE}?cursor={cursor(1)}", {}, 422, "bad_cursor"),
    ("GET", f"{QUEUE}?cursor={cursor('a', 'b')}", {}, 422, "bad_cursor"),
    ("GET", f"{QUEUE}?sort=-created_at&cursor={cursor('yesterday', 'x')}", {}, 422, "bad_cursor"),
    ("GET", f"{QUEUE}?sort=-created_at&cursor={cursor(None, None)}", {}, 422, "bad_cursor"),
    ("GET", f"{QUEUE}?sort=-created_at&cursor={cursor('2026-01-01', 'x')}", {}, 422, "bad_cursor"),
    (
        "GET",
        f"{QUEUE}?sort=-finished_at&cursor={cursor('9999-12-31T23:59:59+00:00', chr(0xD800))}",
        {},
        422,
        "bad_cursor",
    ),
    ("GET", f"{QUEUE}/..%2f..%2fetc%2fpasswd", {}, 404, "not_found"),
    ("GET", f"{QUEUE}/%00", {}, 404, "not_found"),
    ("GET", f"{QUEUE}/%ff%fe/file", {}, 404, "not_found"),
    ("GET", f"{QUEUE}/{'x' * 3000}", {}, 404, "not_found"),
    ("POST", f"{QUEUE}/x'%20OR%201=1--/pause", {}, 404, "not_found"),
    ("DELETE", f"{QUEUE}/x?file=shred", {}, 422, "invalid"),
    ("GET", "/api/v1/previews/..%2f..%2f/thumbnail", {}, 404, "not_found"),
    ("GET", "/api/v1/admin/journal?subject=download", {}, 422, "invalid"),
    ("GET", f"/api/v1/admin/journal?cursor={cursor(10**30)}", {}, 422, "bad_cursor"),
    ("GET", f"/api/v1/admin/journal?cursor={cursor(None)}", {}, 422, "bad_cursor"),
    ("POST", "/api/v1/admin/jobs/nothing/run", {}, 404, "not_found"),
    ("POST", "/api/v1/admin/dead-letters/x/retry", {}, 404, "not_found"),
    ("POST", f"/api/v1/admin/dead-letters/{10**30}/retry", {}, 404, "not_found"),
    ("POST", "/api/v1/admin/dead-letters/-1/retry", {}, 404, "not_found"),
    ("DELETE", "/api/v1/tokens/nothing", {}, 404, "no_such_token"),
    ("DELETE", "/api/v1/sessions/nothing", {}, 404, "no_such_session"),
    ("GET", "/api/v1/me", {"host": "evil.example"}, 421, "refused_host"),
    ("POST", f"{QUEUE}", {"idempotency-key": "x" * 300, **JSON}, 400, "malformed"),
]


async def test_a_bad_request_is_a_problem(portal: Portal, subtests: pytest.Subtests) -> None:
    alice = await portal.browser(portal.cast.alice)
    for method, path, headers, status, code in REQUESTS:
        with subtests.test(method=method, path=path[:80]):
            assert_problem(await alice.request(method, path, headers=headers), status, code)


async def test_head_answers_like_get_without_a_body(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    for path in ("/api/v1/me", f"{QUEUE}?state=queued", f"{QUEUE}/nothing", "/api/v1/openapi.json"):
        head, get = await alice.head(path), await alice.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["content-type"] == get.headers["content-type"]


async def test_a_wrong_method_is_told_which_there_are(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    assert set((await alice.put(QUEUE)).headers["allow"].split(", ")) >= {"GET", "POST"}


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code), told
    assert told["title"]
    assert told["type"] == "about:blank"
    assert " " in told["detail"], "a sentence"
    assert ("errors" in told) is (status == 422)
