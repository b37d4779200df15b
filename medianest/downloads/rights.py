"""Who may see and do what with a download (contract.md, "Who sees it")."""

from medianest.core.actor import Actor, Permission
from medianest.core.event import HOUSEHOLD, people
from medianest.downloads.types import Action, Download, State


def sees_all(actor: Actor) -> bool:
    """Members, curators and admins see everyone's downloads."""
    return actor.may(Permission.SEE_HOUSEHOLD)


def sees(actor: Actor, download: Download) -> bool:
    return sees_all(actor) or controls(actor, download) or follows(actor, download)


def follows(actor: Actor, download: Download) -> bool:
    return any(person.id == actor.id for person in download.followers)


def controls(actor: Actor, download: Download) -> bool:
    """The owner and admins: the verbs, the log."""
    return actor.is_admin or download.owner.id == actor.id


def steers(actor: Actor) -> bool:
    """Whether they change downloads at all: a person does, of the programs those for downloads."""
    return actor.token_id is None or actor.may(Permission.DOWNLOAD)


def may_retry(actor: Actor, download: Download) -> bool:
    """Whether it failed, another try may help, and this person may have it tried."""
    failure = download.failure
    may_help = failure is not None and (failure.retryable or failure.action is Action.RETRY)
    return download.state is State.FAILED and may_help and steers(actor) and controls(actor, download)


def reads(actor: Actor, download: Download) -> bool:
    """Who may have the link and the file."""
    return controls(actor, download) or follows(actor, download)


def audience(download: Download) -> frozenset[str]:
    """Who hears of what happens to it."""
    return HOUSEHOLD | people([download.owner.id, *(person.id for person in download.followers)])


def rank(actor: Actor, priority: int) -> int:
    """How far a priority counts against other people's downloads: a curator's and an admin's do."""
    return priority if actor.may(Permission.CURATE) else 0
