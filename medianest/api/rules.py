"""Who may, where this face has rules of its own."""

from medianest.core.actor import Permission
from medianest.downloads import rights
from medianest.http.asking import Asking
from medianest.http.guards import Rule, fresh, permitted

_reads = permitted(Permission.READ)
_downloads = permitted(Permission.DOWNLOAD)


def _steers(asking: Asking) -> None:
    _reads.check(asking)
    if not rights.steers(asking.actor):
        _downloads.check(asking)


def _makes_tokens(asking: Asking) -> None:
    _reads.check(asking)
    if not asking.actor.token_id:
        fresh.check(asking)


steers = Rule("a person, or a token for downloads; then what is theirs", _steers)
makes_tokens = Rule("a person with a fresh sign-in, or an administrator's token", _makes_tokens)
