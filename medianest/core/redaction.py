"""Taking secrets out of text that is kept or shown: queries of addresses, credentials, cookies, keys.

Pure and light, so that the child process can use it as well as the log.
"""

import re

GONE = "…"
READ_MOST = 64_000

_NAME = (
    r"\b(?:[a-z0-9]{1,30}[_-]{1,2}){0,4}"
    r"(?:token|signature|sig|lsig|passwd|password|passphrase|secret|api[_-]?key|session(?:[_-]?id)?|sid|csrf)"
)
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # Authorization: Bearer X, Cookie: a=b; c=d, X-Auth-Token: X, in headers and in printed dictionaries
        (r"\b((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,40}(?:token|key|auth)[a-z-]{0,20})"
         r"(['\"]?\s{0,3}[:=]\s{0,3})[^\r\n]*", rf"\1\2{GONE}"),
        (r"\b(bearer|basic)(\s{1,3})[a-z0-9+/=._~-]{8,}", rf"\1\2{GONE}"),
        # what signed addresses carry in their path
        (r"(/(?:token|sig|lsig|signature|key|auth|expires?|policy|hdnea|hdnts|session|ip)[/=~])[^/\s'\"<>]+",
         rf"\1{GONE}"),
        (rf"({_NAME})(['\"]?\s{{0,3}}[=:]\s{{0,3}}['\"]?)[^\s'\"&,;<>]+", rf"\1\2{GONE}"),
        # our own API tokens and invitations, wherever they stand
        (r"\bm[ni]_[a-z0-9_-]{20,}", GONE),
    )
)  # fmt: skip
_WORD = re.compile(r"[^\s'\"<>]+")
_SECRET_KEY = re.compile(rf"(?:{_NAME}|authorization|cookies?|key)$", re.IGNORECASE)


def redact(text: str) -> str:
    """The text without what opens a door; no longer than READ_MOST."""
    text = _WORD.sub(lambda word: _address(word[0]), text[:READ_MOST])
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def _address(word: str) -> str:
    """A word that is an address or a path, without name and password, query and fragment; others as they are."""
    scheme, found, rest = word.partition("://")
    if not found and not word.startswith("/"):
        return word
    if found:
        host, slash, path = rest.partition("/")
        word = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    bare, *secret = re.split(r"[?#]", word, maxsplit=1)
    return f"{bare}?{GONE}" if secret else bare


def names_secret(key: str) -> bool:
    """Whether a field of this name holds a secret, whatever its value looks like."""
    return _SECRET_KEY.search(key) is not None
