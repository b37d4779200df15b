"""The sentences of yt-dlp and its sites by which `failures` knows what happened; the first match decides."""

import re

from medianest.downloads.types import ErrorCode

BLOCKED_REASON = "Blocked address"
"""The reason phrase with which the filtering proxy refuses an address."""

Rules = tuple[tuple[ErrorCode, re.Pattern[str]], ...]


def _rules(*rules: tuple[ErrorCode, str, *tuple[str, ...]]) -> Rules:
    return tuple((code, re.compile("|".join(patterns), re.IGNORECASE)) for code, *patterns in rules)


SENTENCES: Rules = _rules(
    (
        ErrorCode.BLOCKED_ADDRESS,
        BLOCKED_REASON,
        r"unsupported url scheme",
        r"no connection adapters were found",
        r"file:// URLs are disabled",
    ),
    # a piece of a manifest that is not there: its address is old, or the site is broken
    (ErrorCode.FORBIDDEN, r"http error 4(?:04|10)\b.{0,60}giving up after"),
    (
        ErrorCode.DISK_FULL,
        r"no space left on device",
        r"disk quota exceeded",
    ),
    (ErrorCode.TOO_LARGE, r"file too large", r"byte limit reached"),
    (ErrorCode.NAME_TOO_LONG, r"file name too long"),
    (
        ErrorCode.PERMISSION,
        r"permission denied",
        r"read-only file system",
        r"insufficient permissions to write",
    ),
    (
        ErrorCode.BOT_CHECK,
        r"not a (?:ro)?bot\b",
        r"captcha",
        r"anti-bot challenge",
        r"client challenge",
        r"unusual traffic",
    ),
    (
        ErrorCode.RATE_LIMITED,
        r"rate.?limit",
        r"too many requests",
        r"isn.t available, try again later",
    ),
    (
        ErrorCode.AGE_RESTRICTED,
        r"confirm your age",
        r"age.?restrict",
        r"inappropriate for some users",
        r"(?:age|adult) verif",
    ),
    (
        ErrorCode.MEMBERS_ONLY,
        r"members.?only",
        r"channel.s members",
        r"join this channel",
        r"for (?:\w+ )?members\b",
        r"supporter-only",
        r"\bsubscri(?:bers?|ption)\b.{0,40}(?:only|requires?|access)",
        r"(?:only|requires?|for)\b.{0,60}\bsubscri",
        r"\bpremium\b",
        r"\bpurchase",
        r"\bpaid\b",
        r"requires payment",
        r"\brent(?:al|ed)\b",
        r"\btickets?\b",
    ),
    (
        ErrorCode.PRIVATE,
        r"private (?:video|playlist|show|account|subreddit)",
        r"(?:video|vod|account|playlist|content) is private",
    ),
    (
        ErrorCode.GEO_BLOCKED,
        r"geo.?(?:restrict|block)",
        r"in (?:your|this) (?:country|region|location)",
        r"from your location",
    ),
    (ErrorCode.DRM, r"\bdrm\b", r"widevine", r"fairplay", r"playready"),
    (
        ErrorCode.NOT_YET,
        r"premieres? (?:in|will|on)\b",
        r"will (?:begin|start|be available)",
        r"not (?:yet )?(?:started|begun|aired|available yet|downloadable yet)",
        r"has not yet",
        r"is (?:not|not currently) live",
        r"is (?:offline|processing|upcoming|scheduled)",
        r"scheduled for",
        r"available shortly",
        r"being broadcast",
    ),
    (
        ErrorCode.LOGIN_REQUIRED,
        r"\blog(?:ged)?.?in\b",
        r"sign in",
        r"registered users",
        r"authenticat(?:ed|ion)",
        r"password.protected",
        r"\bcookies\b",
    ),
    (
        ErrorCode.REMOVED,
        r"removed by",
        r"has been (?:removed|deleted|terminated|taken down)",
        r"no longer available",
        r"was deleted",
        r"copyright (?:claim|grounds|issues)",
        r"has (?:most likely )?expired",
        r"ha(?:s|ve) ended",
    ),
    (
        ErrorCode.NOT_FOUND,
        r"video (?:is )?unavailable",
        r"(?:does not|doesn.t) exist",
        r"(?:video|channel|content|track|stream|page|show|vod|playlist) (?:was |is )?not found\b",
    ),
    (
        ErrorCode.NEEDS_UPDATE,
        r"requested format is not available",
        r"no video formats found",
        r"not available on this app",
        r"\bnsig\b",
        r"\bsabr\b",
    ),
    (
        ErrorCode.UNSUPPORTED_URL,
        r"unsupported url",
        r"is not a valid url",
        r"no suitable extractor",
        r"redirect loop",
        r"no (?:video|media|video/audio)s? (?:content )?(?:could be |was )?(?:found|in|on)\b",
        r"not (?:a|contain a|have a|have any) video",
        r"is unusual and will be skipped",
    ),
    (ErrorCode.POST_PROCESSING, r"postprocessing:", r"conversion failed", r"\bffmpeg\b"),
)

LAST_RESORTS: Rules = _rules(
    (
        ErrorCode.NETWORK,
        r"timed? ?out",
        r"connection (?:reset|refused|aborted|broken)",
        r"failed to resolve",
        r"name or service not known",
        r"network is unreachable",
        r"remote end closed",
        r"bytes read",
        r"content too short",
        r"fragment \d+ not found",
        r"did not get any data",
        r"downloaded file is empty",
        r"\bssl\b",
        r"certificate",
    ),
    (
        ErrorCode.NEEDS_UPDATE,
        r"please report this issue on",
        r"confirm you are on the latest version",
    ),
)
