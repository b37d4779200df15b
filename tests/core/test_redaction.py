"""What must not be kept or shown is not."""

import time

import pytest

from medianest.core.redaction import names_secret, redact

SECRETS = [
    "GET https://tube.example/watch?v=abc&token=s3cret HTTP/1.1",
    "https://tube.example/a#access_token=s3cret",
    "POST /setup?token=s3cret 303",
    "proxy http://job-12:s3cret@127.0.0.1:4711 is used",
    "https://cdn.example/videoplayback/expire/17/sig/s3cret/file.mp4",
    "https://cdn.example/hls/token=s3cret/segment.ts",
    "Cookie: SID=s3cret; HSID=s3cret",
    "Set-Cookie: session=s3cret; Path=/",
    "Authorization: Bearer s3cret",
    "sent Bearer s3crets3cret to it",
    "Proxy-Authorization: Basic s3cret",
    "X-Auth-Token: s3cret",
    "{'http_headers': {'Cookie': 's3cret'}}",
    '{"access_token": "s3cret", "n": 1}',
    "api_key=s3cret",
    "password: s3cret",
    "BACKUPS__PASSPHRASE=s3cret",
    "csrf_token=s3cret&name=x",
    "mn_s3creta1b2c3d4e5f6g7h8i9j0 was refused",
    "first line\nCookie: a=s3cret\nlast line",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_taken_out(text: str) -> None:
    assert "s3cret" not in redact(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[download] Destination: media.mp4", "[download] Destination: media.mp4"),
        ("https://tube.example/watch?v=abc", "https://tube.example/watch?…"),
        ("https://tube.example/a/b.mp4 is it?", "https://tube.example/a/b.mp4 is it?"),
        (
            "[generic] Extracting URL: https://a.example/x?y=1 now",
            "[generic] Extracting URL: https://a.example/x?… now",
        ),
        ("monkey: see, monkey: do", "monkey: see, monkey: do"),
        ("Is this it? Yes", "Is this it? Yes"),
        ("Cookie: a=b\nnext", "Cookie: …\nnext"),
    ],
)
def test_the_rest_of_a_text_stays(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "key", ["password", "new_password", "X-Api-Key", "token", "Authorization", "cookie", "session_id"]
)
def test_a_field_can_be_a_secret_by_its_name(key: str) -> None:
    assert names_secret(key)


@pytest.mark.parametrize("key", ["size", "url", "tokens_used", "state", "author"])
def test_other_fields_are_none(key: str) -> None:
    assert not names_secret(key)


@pytest.mark.parametrize(
    "piece",
    ["http://", "a-", "a_", "key=", "x-", "/sig/", "://a", "cookie", "\x1b[", "bearer ", " /a", "mn_", "token:", "'"],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * 200_000
    begun = time.thread_time()
    redact(text)
    assert time.thread_time() - begun < 1
