"""What went wrong, as problem+json."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from litestar import Response
from litestar.exceptions import HTTPException, InternalServerException, MethodNotAllowedException, NotFoundException

from medianest.api.errors import problem
from medianest.core.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    MediaNestError,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from medianest.core.i18n import Catalogues, msg
from medianest.downloads.errors import Refused
from medianest.downloads.types import ErrorCode
from medianest.http.errors import HeadTooLarge, Malformed, RefusedHost, RefusedNetwork, TooSlow

ENGLISH = Catalogues().of("en")
SOMETHING = msg("api.malformed_json")


def answer(error: Exception) -> Response[bytes]:
    return problem(error, say=ENGLISH.say, request_id="req1")


def told(error: Exception) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer(error).content)
    return found


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Malformed(SOMETHING), 400, "malformed"),
        (Unauthenticated(SOMETHING), 401, "unauthenticated"),
        (Forbidden(SOMETHING, code="csrf"), 403, "csrf"),
        (RefusedNetwork(SOMETHING), 403, "refused_network"),
        (NotFound(SOMETHING), 404, "not_found"),
        (TooSlow(SOMETHING), 408, "too_slow"),
        (Conflict(SOMETHING, code="wrong_state"), 409, "wrong_state"),
        (TooLarge(SOMETHING), 413, "too_large"),
        (RefusedHost(SOMETHING), 421, "refused_host"),
        (Invalid(SOMETHING), 422, "invalid"),
        (Refused(ErrorCode.BLOCKED_ADDRESS), 422, "blocked_address"),
        (TooMany(SOMETHING), 429, "too_many"),
        (HeadTooLarge(SOMETHING), 431, "head_too_large"),
        (Unavailable(SOMETHING), 503, "unavailable"),
        (HTTPException(status_code=400), 400, "malformed"),
        (NotFoundException(), 404, "not_found"),
        (MethodNotAllowedException(), 405, "method_not_allowed"),
        (HTTPException(status_code=413), 413, "too_large"),
        (HTTPException(status_code=415), 415, "unsupported_media_type"),
        (HTTPException(status_code=418), 418, "refused"),
        (InternalServerException(), 500, "internal"),
        (MediaNestError(SOMETHING), 500, "internal"),
        (ZeroDivisionError("secret"), 500, "internal"),
    ],
)
def test_each_error_has_its_status_and_a_stable_code(error: Exception, status: int, code: str) -> None:
    found = answer(error)
    assert (found.status_code, found.media_type) == (status, "application/problem+json")
    body = told(error)
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert not body["detail"].startswith(("api.", "core.", "http.", "downloads.")), "a sentence, not an id"


def test_only_what_is_invalid_lists_fields() -> None:
    wrong = FieldError(field="url", message=msg("api.field.missing"))
    assert told(Invalid(SOMETHING, fields=(wrong,)))["errors"] == [{"field": "url", "message": "This is needed."}]
    assert told(Invalid(SOMETHING))["errors"] == []
    assert "errors" not in told(Conflict(SOMETHING))


def test_who_is_not_signed_in_is_told_how_to_be() -> None:
    assert answer(Unauthenticated(SOMETHING)).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (TooMany(SOMETHING, retry_after=timedelta(seconds=90)), "90"),
        (TooMany(SOMETHING, retry_after=timedelta(seconds=0.2)), "1"),
        (TooMany(SOMETHING), "30"),
        (Unavailable(SOMETHING, retry_after=timedelta(minutes=5)), "300"),
        (Unavailable(SOMETHING), None),
    ],
)
def test_limits_say_when_to_come_back(error: Exception, pause: str | None) -> None:
    assert answer(error).headers.get("Retry-After") == pause


def test_what_the_framework_says_of_an_answer_is_kept() -> None:
    assert answer(MethodNotAllowedException(headers={"allow": "GET"})).headers["allow"] == "GET"


def test_a_fault_of_ours_names_the_request_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        body = told(ZeroDivisionError("the secret is 42"))
    assert body["request_id"] == "req1"
    assert "req1" in body["detail"]
    assert "42" not in json.dumps(body)
    assert "ZeroDivisionError: the secret is 42" in caplog.text, "the administrator finds it in the log"
    assert told(Unavailable(SOMETHING))["request_id"] == "req1"


def test_what_a_person_did_wrong_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        body = told(NotFound(SOMETHING))
    assert "request_id" not in body
    assert caplog.records == []
