"""The roles that somebody can have, each with what it means."""

from dataclasses import dataclass

from medianest.core.actor import Role
from medianest.core.i18n import Message, msg


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChoice:
    """One role among which an administrator chooses."""

    name: Role
    label: Message
    about: Message
    chosen: bool


def roles(chosen: Role) -> tuple[RoleChoice, ...]:
    return tuple(
        RoleChoice(name=role, label=label(role), about=msg(f"web.role.{role}_about"), chosen=role is chosen)
        for role in Role
    )


def label(role: Role) -> Message:
    return msg(f"web.role.{role}")
