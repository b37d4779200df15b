"""Services that people may be told by, of the many that Apprise speaks to: each [[apprise]] is one."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import BeforeValidator, SecretStr

from medianest.core.actor import Role
from medianest.core.apprise import asking
from medianest.core.config import values
from medianest.core.config.section import ListedSection

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,39}://\S+")


def service_url(value: object) -> SecretStr:
    """An address as Apprise writes it; whether Apprise knows it is asked of all together."""
    found = values.secret(value)
    if not _ADDRESS.fullmatch(found.get_secret_value().strip()):
        raise values.refuse("config.want_service")
    return SecretStr(found.get_secret_value().strip())


def names(value: object) -> frozenset[str]:
    """People by the names that they sign in with."""
    return frozenset(name.casefold() for name in values.each(values.title)(value))


class ServiceSettings(ListedSection):
    """A service by the name that people choose it by; its address opens it, and is a secret."""

    name: values.Title
    url: Annotated[SecretStr, BeforeValidator(service_url)]
    roles: values.Roles = frozenset(Role)
    people: Annotated[frozenset[str], BeforeValidator(names)] = frozenset()

    def is_for(self, name: str, role: Role | None) -> bool:
        """Whether somebody of this name and role may choose it: where people are named, they alone."""
        return role in self.roles and (not self.people or name.casefold() in self.people)

    def clash(self, other: ListedSection) -> str | None:
        """A name means one service."""
        assert isinstance(other, ServiceSettings)
        return "name" if self.name.casefold() == other.name.casefold() else None

    @classmethod
    def unknown(cls, rows: Sequence[ListedSection]) -> Iterator[tuple[int, str, str]]:
        """Addresses that Apprise does not know."""
        urls = [row.url.get_secret_value() for row in rows if isinstance(row, ServiceSettings)]
        for place, is_known in enumerate(asking.known(urls)):
            if not is_known:
                yield place, "url", "config.unknown_service"
