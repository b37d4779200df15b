"""A line is a line, whatever it is about."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from medianest.core import log
from medianest.core.config import LogSettings

logger = logging.getLogger("medianest.test")
HOSTILE = "a\r\n2026-11-20 info all is well\x1b[31m\u202e\u2028b"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = before[0], before[1]


@pytest.fixture(params=["console", "json"])
def form(request: pytest.FixtureRequest, stream: io.StringIO) -> str:
    log.configure(LogSettings(format=request.param, level="info"), stream=stream)
    return str(request.param)


def test_hostile_text_cannot_begin_a_line_or_colour_a_terminal(form: str, stream: io.StringIO) -> None:
    logger.warning("sign-in refused for %s", HOSTILE, extra={"agent": HOSTILE})
    written = stream.getvalue()
    assert written.count("\n") == 1
    assert written.rstrip("\n").isprintable()


def test_a_hostile_error_stays_behind_its_bar(stream: io.StringIO) -> None:
    log.configure(LogSettings(format="console"), stream=stream)
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logger.exception("it failed")
    head, *rest = stream.getvalue().rstrip("\n").split("\n")
    assert "it failed" in head
    assert rest
    assert all(line.startswith("    | ") and line.isprintable() for line in rest)


def test_long_text_is_cut(form: str, stream: io.StringIO) -> None:
    logger.warning("x" * 1_000_000, extra={"agent": "y" * 1_000_000})
    assert len(stream.getvalue()) < 3 * log.TEXT_MOST


def test_secrets_are_taken_out_of_words_fields_and_tracebacks(form: str, stream: io.StringIO) -> None:
    try:
        raise ValueError("password=s3cret")
    except ValueError:
        logger.exception(
            "asked https://a.example/?key=s3cret", extra={"token": "s3cret", "headers": {"Cookie": "s3cret"}}
        )
    assert "s3cret" not in stream.getvalue()
    assert "https://a.example/" in stream.getvalue()


def test_json_lines_hold_the_fields_as_they_are(stream: io.StringIO) -> None:
    log.configure(LogSettings(format="json"), stream=stream)
    token = log.request_id.set("r1")
    logger.info("done", extra={"size_bytes": 5, "ok": True, "message_of": "x"})
    log.request_id.reset(token)
    line = json.loads(stream.getvalue())
    assert (line["message"], line["level"], line["request_id"]) == ("done", "info", "r1")
    assert (line["size_bytes"], line["ok"]) == (5, True)
    assert line["at"].endswith("Z")


def test_a_console_value_with_spaces_is_quoted(stream: io.StringIO) -> None:
    log.configure(LogSettings(format="console"), stream=stream)
    logger.info("done", extra={"title": "a b=c", "n": 1})
    assert 'title="a b=c"  n=1  [medianest.test]' in stream.getvalue()


def test_the_level_holds_and_can_be_changed(stream: io.StringIO) -> None:
    log.configure(LogSettings(level="warning"), stream=stream)
    logger.info("quiet")
    log.configure(LogSettings(level="debug"), stream=stream)
    logger.debug("loud")
    logging.getLogger("httpx").info("chatter")
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()
    assert "chatter" not in stream.getvalue()
