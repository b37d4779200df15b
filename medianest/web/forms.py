"""What a form sent, field by field; what is wrong with it comes back with the form and its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from litestar import Request

from medianest.core.errors import Invalid, MediaNestError
from medianest.core.i18n import Message, msg

FIELDS_MOST = 200
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a urlencoded form; a field that was not sent is empty."""

    values: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """What stands in a field, without space around it."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """What stands in a field, as it was typed (a password)."""
        return next(iter(self.values.get(name, ())), "")

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a field that is there several times."""
        return self.values.get(name, ())

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """One of the choices; None where it is none of them."""
        sent = self.raw(name)
        return next((choice for choice in choices if choice == sent), None)


async def read(request: Request[Any, Any, Any]) -> Form:
    """The form of a request. Raises Invalid for what is no form."""
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_MOST)
    except ValueError:
        raise Invalid(msg("web.errors.invalid"), code="malformed") from None
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        values[name] = (*values.get(name, ()), value)
    return Form(values)


def wrong(error: MediaNestError, field: str) -> Message | None:
    """What an error says about one field."""
    return next((item.message for item in error.fields if item.field == field), None)
