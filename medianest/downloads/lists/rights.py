"""Who may see and do what with a list; whoever sees all downloads sees all lists."""

from medianest.core.actor import Actor
from medianest.core.event import HOUSEHOLD, people
from medianest.downloads.lists.types import Playlist
from medianest.downloads.rights import sees_all


def sees_list(actor: Actor, playlist: Playlist) -> bool:
    return sees_all(actor) or controls_list(actor, playlist)


def controls_list(actor: Actor, playlist: Playlist) -> bool:
    """The owner and admins: stopping it, its link."""
    return actor.is_admin or playlist.owner.id == actor.id


def audience_of_list(owner_id: str) -> frozenset[str]:
    return HOUSEHOLD | people([owner_id])
