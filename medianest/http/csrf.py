"""That a change was asked for by a page of ours (architecture.md section 8).

Three signs, each needed where it can be had: a token that only a page of this browser knows, the Origin of the page,
and what the browser says of the relation between the two sites.
"""

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

from medianest.core.errors import Forbidden
from medianest.core.i18n import msg

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = b"x-csrf-token"
FIELD = "csrf_token"
_FIELDS_MOST = 200


def token_of(secret: str) -> str:
    """The token that belongs to a cookie's secret, and tells nothing of it."""
    return hmac.new(secret.encode(), b"medianest csrf", hashlib.sha256).hexdigest()


def check_token(secret: str | None, token: str | None) -> None:
    """Raises Forbidden where the token is not the secret's."""
    if not secret or not token or not hmac.compare_digest(token_of(secret).encode(), token.encode()):
        raise Forbidden(msg("http.form_expired"), code="csrf")


def check_site(*, origin: str | None, fetch_site: str | None, authority: str, public_url: str | None) -> None:
    """Raises Forbidden where the browser says that another site asks.

    The scheme of Origin is not compared: behind a proxy that ends TLS and is not in `trusted_proxies` ours looks
    like http, and a page of the same host and port under the other scheme is this host's own.
    """
    if fetch_site not in (None, "same-origin", "none"):
        raise Forbidden(msg("http.other_site"), code="csrf")
    if origin is not None and not _is_ours(origin, authority, public_url):
        raise Forbidden(msg("http.other_site"), code="csrf")


def token_in_form(body: bytes) -> str | None:
    """The token of a urlencoded form."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=_FIELDS_MOST)
    except ValueError:
        return None
    values = fields.get(FIELD, [])
    return values[0] if len(values) == 1 else None


def _is_ours(origin: str, authority: str, public_url: str | None) -> bool:
    scheme, separator, site = origin.lower().partition("://")
    if not separator or scheme not in ("http", "https"):
        return False
    return site == authority or bool(public_url and site == urlsplit(public_url).netloc.lower())
