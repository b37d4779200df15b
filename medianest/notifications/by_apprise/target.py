"""A service that somebody chose: its name and theirs. Its address stays in the settings."""

import msgspec

from medianest.core.config import ServiceSettings
from medianest.notifications.channels import NewChannel
from medianest.notifications.types import ChannelKind


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Which service, and who chose it: what they may choose can change."""

    name: str
    user_id: str


def new(user_id: str, service: ServiceSettings) -> NewChannel:
    target = msgspec.json.encode(Target(name=service.name, user_id=user_id)).decode()
    unique = (user_id, service.name.casefold())
    return NewChannel(kind=ChannelKind.APPRISE, label=service.name, target=target, unique=unique)


def read(target: str) -> Target:
    return msgspec.json.decode(target, type=Target)


def of_name(services: tuple[ServiceSettings, ...], name: str) -> ServiceSettings | None:
    """The service of this name, however it is written."""
    return next((one for one in services if one.name.casefold() == name.casefold()), None)
