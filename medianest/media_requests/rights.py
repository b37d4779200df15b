"""Who may see and do what with a request (contract.md, "Who sees it")."""

from medianest.accounts import permissions
from medianest.core.actor import Actor, Permission, Role
from medianest.core.errors import Forbidden
from medianest.core.event import HOUSEHOLD, people
from medianest.core.i18n import msg
from medianest.media_requests.types import Reported, Request, State, Wish


def sees_all(actor: Actor) -> bool:
    """Members, curators and admins see everyone's requests."""
    return actor.may(Permission.SEE_HOUSEHOLD)


def sees(actor: Actor, request: Request) -> bool:
    return sees_all(actor) or controls(actor, request) or follows(actor, request)


def sees_problem(actor: Actor, problem: Reported) -> bool:
    return sees_all(actor) or (actor.id is not None and actor.id == problem.reporter_id)


def resolves(actor: Actor, problem: Reported) -> bool:
    """Who decides, and who reported it."""
    return decides(actor) or (actor.id is not None and actor.id == problem.reporter_id)


def follows(actor: Actor, request: Request) -> bool:
    return actor.id in request.followers


def controls(actor: Actor, request: Request) -> bool:
    """Whose it is, who asked on their behalf, and admins."""
    return actor.is_admin or (actor.id is not None and actor.id in (request.owner_id, request.asked_by_id))


def decides(actor: Actor) -> bool:
    """Curators and admins; of a curator's programs those that may ask."""
    edits = actor.may(Permission.CURATE) or actor.role is Role.CURATOR
    return edits and actor.may(Permission.REQUEST)


def may_decide(actor: Actor, request: Request) -> bool:
    """Whether it waits for a decision, and this person may make it."""
    return decides(actor) and request.upstream_id is not None and request.state is State.PENDING


def may_retry(actor: Actor, request: Request) -> bool:
    """Whether it failed, and this person may have it tried again; what never left the portal is its owner's, too."""
    if request.state is not State.FAILED or not actor.may(Permission.REQUEST):
        return False
    return decides(actor) or (request.upstream_id is None and controls(actor, request))


def may_ask(role: Role) -> bool:
    """Whether who has this role asks at all."""
    return Permission.REQUEST in permissions.OF_ROLE[role]


def asks_for(actor: Actor, role: Role) -> bool:
    """Whether somebody may ask on behalf of another who has this role: who decides for all, a member for a child."""
    if not may_ask(role):
        return False
    return decides(actor) or (role is Role.CHILD and actor.may(Permission.SEE_HOUSEHOLD))


def audience(request: Request) -> frozenset[str]:
    """Who hears of what happens to it."""
    concerned = {request.owner_id, request.asked_by_id, *request.followers}
    return HOUSEHOLD | people(id for id in concerned if id)


def require_asker(actor: Actor) -> str:
    """Who may ask, by their id."""
    if not actor.may(Permission.REQUEST) or actor.id is None:
        raise Forbidden(msg("requests.may_not_ask"))
    return actor.id


def require_decider(actor: Actor) -> None:
    if not decides(actor):
        raise Forbidden(msg("requests.may_not_decide"))


def require_choice(actor: Actor, wish: Wish) -> None:
    """Where something is fetched and in which profile is chosen by who decides."""
    chosen = (wish.profile_id, wish.folder, wish.server_id)
    if any(one is not None for one in chosen) and not decides(actor):
        raise Forbidden(msg("requests.may_not_choose"))
