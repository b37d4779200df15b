"""The translation of yt-dlp's troubles, with sentences that yt-dlp and its sites really say."""

import errno
from datetime import UTC, datetime
from email.message import Message
from io import BytesIO
from types import SimpleNamespace

import pytest
from yt_dlp.networking.common import Response
from yt_dlp.networking.exceptions import HTTPError, TransportError
from yt_dlp.utils import (
    DownloadError,
    ExtractorError,
    GeoRestrictedError,
    PostProcessingError,
    RegexNotFoundError,
    UnsupportedError,
    UserNotLive,
)

from medianest.core.i18n import Catalogues
from medianest.downloads import failures
from medianest.downloads.failures import REMEDIES, Trouble, failure, trouble, verdict
from medianest.downloads.types import Action, ErrorCode

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LOGIN_HINT = (
    "Use --cookies-from-browser or --cookies for the authentication. See  https://github.com/yt-dlp/yt-dlp/wiki"
)
BUG = (
    "; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the appropriate issue "
    "template. Confirm you are on the latest version using  yt-dlp -U"
)

SENTENCES = [
    ("Unsupported URL: https://login.example/private", "unsupported_url"),
    ("'ytsearch' is not a valid URL", "unsupported_url"),
    ("HTTP Error 302: Found (redirect loop detected)", "unsupported_url"),
    ("No video could be found in this tweet", "unsupported_url"),
    ("This article does not have a video", "unsupported_url"),
    ("The extracted extension ('php') is unusual and will be skipped for safety reasons", "unsupported_url"),
    ('[generic] Unable to handle request: Unsupported url scheme: "file" (requests, urllib)', "blocked_address"),
    ("file:// URLs are disabled by default in yt-dlp for security reasons. Use --enable-file-urls", "blocked_address"),
    (
        "Unable to download webpage: HTTP Error 403: Blocked address",
        "blocked_address",
    ),
    ("No connection adapters were found for 'file:///etc/passwd'", "blocked_address"),
    ("Tunnel connection failed: 403 Blocked address", "blocked_address"),
    (
        "[vimeo] 1: Unable to download webpage: HTTP Error 404: Not Found",
        "not_found",
    ),
    ("[youtube] abc: Video unavailable", "not_found"),
    ("This video does not exist", "not_found"),
    ("Channel not found", "not_found"),
    ("[youtube] abc: Video unavailable. This video has been removed by the uploader", "removed"),
    (
        "This video is no longer available because the account has been terminated.",
        "removed",
    ),
    ("Video unavailable. This video contains content from X, who has blocked it on copyright grounds", "removed"),
    ("Unable to download webpage: HTTP Error 410: Gone (caused by <HTTPError 410: Gone>)", "removed"),
    (f"[youtube] abc: Private video. Sign in if you've been granted access to this video. {LOGIN_HINT}", "private"),
    ("This VOD is private", "private"),
    (f"This video is only available for registered users. {LOGIN_HINT}", "login_required"),
    ("Login required to access this video", "login_required"),
    ("Unable to download webpage: HTTP Error 401: Unauthorized", "login_required"),
    ("Password protected video, use --video-password <password>", "login_required"),
    (
        "Join this channel to get access to members-only content like this video.",
        "members_only",
    ),
    ("This video is available to this channel's members on level: Friends (or any higher level).", "members_only"),
    ("This video is only available for subscribers", "members_only"),
    ("This video requires a subscription", "members_only"),
    ("This video is for premium members only", "members_only"),
    ("Video unavailable. The uploader has not made this video available in your country", "geo_blocked"),
    ("This video is not available from your location due to geo restriction", "geo_blocked"),
    ("HTTP Error 451: Unavailable For Legal Reasons", "geo_blocked"),
    ("This video is DRM protected", "drm"),
    ("This format is DRM protected; Try selecting another format with --format", "drm"),
    (f"Sign in to confirm your age. This video may be inappropriate for some users. {LOGIN_HINT}", "age_restricted"),
    ("This video is only available for age verified users or after 22:00", "age_restricted"),
    ("Premieres in 3 hours", "not_yet"),
    ("This live event will begin in 2 hours.", "not_yet"),
    ("This livestream has not yet started", "not_yet"),
    ("The channel is not currently live", "not_yet"),
    ("This video is processing", "not_yet"),
    ("unable to download video data: HTTP Error 403: Forbidden", "forbidden"),
    ("\r[download] Got error: HTTP Error 404: Not Found. Giving up after 3 retries", "forbidden"),
    ("HTTP Error 400: Bad Request", "forbidden"),
    ("Unable to download JSON metadata: HTTP Error 429: Too Many Requests", "rate_limited"),
    (
        "Video unavailable. This content isn't available, try again later.",
        "rate_limited",
    ),
    ("You are rate-limited. Try again later.", "rate_limited"),
    (f"[youtube] abc: Sign in to confirm you’re not a bot. {LOGIN_HINT}", "bot_check"),
    (
        "YouTube is requiring a captcha challenge before playback",
        "bot_check",
    ),
    ("Got HTTP Error 403 caused by Cloudflare anti-bot challenge; see  https://github.com/yt-dlp/yt-dlp", "bot_check"),
    (f"[tube] 1: Unable to extract video data{BUG}", "needs_update"),
    (f"[youtube] abc: No video formats found!{BUG}", "needs_update"),
    ("Requested format is not available. Use --list-formats for a list of available formats", "needs_update"),
    ("The following content is not available on this app.. Watch on the latest version of YouTube.", "needs_update"),
    ("\r[download] Got error: HTTP Error 503: Service Unavailable. Giving up after 3 retries", "network"),
    ("\r[download] Got error: 50000 bytes read, 150000 more expected. Giving up after 3 retries", "network"),
    (
        "Unable to download webpage: Failed to resolve 'nowhere.example'",
        "network",
    ),
    ("The read operation timed out", "network"),
    ("fragment 3 not found, unable to continue", "network"),
    ("Did not get any data blocks", "network"),
    ("content too short (expected 200000 bytes and served 100000)", "network"),
    ("unable to write data: [Errno 28] No space left on device", "disk_full"),
    ("unable to write data: [Errno 27] File too large", "too_large"),
    ("unable to open for writing: [Errno 36] File name too long: 'xxx'", "name_too_long"),
    ("unable to open for writing: [Errno 13] Permission denied: 'media.mp4.part'", "permission"),
    ("Postprocessing: Conversion failed!", "post_processing"),
    ("ffmpeg exited with code 1", "post_processing"),
    ("KeyError('videoDetails')", "internal"),
]


def code_of(error: BaseException, **more: str) -> ErrorCode:
    return verdict(trouble(error, **more), now=NOW).code


def http_error(status: int, reason: str, **headers: str) -> HTTPError:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return HTTPError(Response(BytesIO(), "https://tube.example/", message, status, reason))


@pytest.mark.parametrize(("sentence", "code"), SENTENCES)
def test_a_sentence_of_ytdlp_has_its_code(sentence: str, code: str) -> None:
    assert code_of(DownloadError(f"ERROR: {sentence}")) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnsupportedError("https://tube.example/"), ErrorCode.UNSUPPORTED_URL),
        (GeoRestrictedError("Nur in Österreich"), ErrorCode.GEO_BLOCKED),
        (UserNotLive(), ErrorCode.NOT_YET),
        (RegexNotFoundError("Unable to extract title"), ErrorCode.NEEDS_UPDATE),
        (PostProcessingError("Invalid argument"), ErrorCode.POST_PROCESSING),
        (TransportError("something about sockets"), ErrorCode.NETWORK),
        (OSError(errno.ENOSPC, "voll"), ErrorCode.DISK_FULL),
        (OSError(errno.EDQUOT, "voll"), ErrorCode.DISK_FULL),
        (OSError(errno.EROFS, "nur lesen"), ErrorCode.PERMISSION),
        (OSError(errno.ENAMETOOLONG, "zu lang"), ErrorCode.NAME_TOO_LONG),
        (KeyError("x"), ErrorCode.INTERNAL),
    ],
)
def test_an_exception_has_its_code_without_any_known_sentence(error: BaseException, code: ErrorCode) -> None:
    assert code_of(error) is code


def test_a_status_is_found_through_the_whole_chain() -> None:
    inner = http_error(410, "Nichts mehr da")
    middle = ExtractorError("Kaputt", cause=inner, expected=True)
    outer = DownloadError("ERROR: Kaputt", (type(middle), middle, None))
    assert code_of(outer) is ErrorCode.REMOVED


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__context__, second.__context__ = second, first
    assert code_of(first) is ErrorCode.INTERNAL


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Fri, 20 Nov 2026 20:01:30 GMT", 90),
        ("Fri, 20 Nov 2026 19:00:00 GMT", 0),
        ("9999999", 86400),
        ("soon", None),
        ("-5", None),
    ],
)
def test_the_sites_wish_when_to_come_back_is_kept(value: str, seconds: int | None) -> None:
    found = verdict(trouble(http_error(429, "Too Many Requests", Retry_After=value)), now=NOW)
    assert (found.code, found.retry_after_s) == (ErrorCode.RATE_LIMITED, seconds)


@pytest.mark.parametrize("sentence", ["Requested format is not available", "Sign in to confirm you’re not a bot"])
def test_without_a_javascript_runtime_that_is_the_reason(sentence: str) -> None:
    warning = "No supported JavaScript runtime could be found. Only deno is enabled by default"
    assert code_of(DownloadError(sentence), warnings=warning) is ErrorCode.NO_JS_RUNTIME


@pytest.mark.parametrize("address", ["https://tube.example/private-video/captcha-drm", "login.example", "drm.mp4"])
def test_words_inside_an_address_decide_nothing(address: str) -> None:
    assert code_of(DownloadError(f"Broken: {address}")) is ErrorCode.INTERNAL


def test_the_detail_is_the_sites_sentence_alone() -> None:
    sentence = "Private video. Sign in if you've been granted access to this video."
    assert failures.detail(f"ERROR: [youtube] dQw4w9WgXcQ: {sentence} {LOGIN_HINT}") == sentence


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("ERROR: Unable to open https://user:pw@tube.example/a?token=1", "Unable to open https://tube.example/a?…"),
        (f"ERROR: [tube] 1: Unable to extract x{BUG}", "Unable to extract x"),
        ("ERROR: a\r\nb\tc", "a b c"),
        ("x" * 5000, "x" * 299 + "…"),
    ],
)
def test_the_detail_is_short_and_has_no_secrets(text: str, detail: str) -> None:
    assert failures.detail(text) == detail


def test_every_code_has_a_remedy_and_its_texts() -> None:
    catalogue = Catalogues().of("en")
    for code in ErrorCode:
        assert code in REMEDIES
        for kind in ("error", "hint"):
            assert catalogue.lookup(f"downloads.{kind}.{code}"), (kind, code)
    for action in Action:
        assert catalogue.lookup(f"downloads.action.{action}") is not None, action


@pytest.mark.parametrize(
    "code",
    ["drm", "geo_blocked", "removed", "not_found", "unsupported_url", "private", "members_only", "blocked_address"],
)
def test_the_hopeless_is_not_tried_again(code: str) -> None:
    assert not REMEDIES[ErrorCode(code)].retryable


@pytest.mark.parametrize(
    "code",
    ["network", "rate_limited", "bot_check", "not_yet", "forbidden", "disk_full", "interrupted", "post_processing"],
)
def test_the_passing_is_tried_again(code: str) -> None:
    assert REMEDIES[ErrorCode(code)].retryable


def test_a_failure_carries_the_remedy_of_its_code() -> None:
    found = failure(verdict(Trouble(text="no space left on device"), now=NOW))
    assert (found.code, found.retryable, found.action) == (ErrorCode.DISK_FULL, True, Action.FREE_SPACE)


def test_an_error_without_the_usual_attributes_is_no_trouble() -> None:
    error = ValueError("odd")
    error.response = SimpleNamespace(headers=None)  # type: ignore[attr-defined]
    assert code_of(error) is ErrorCode.INTERNAL
