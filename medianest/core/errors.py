"""What can go wrong, told so that a person can act on it.

    MediaNestError
    ├── Invalid            the input is wrong; `fields` says where
    ├── Unauthenticated    nobody is signed in
    ├── Forbidden          somebody is, and may not
    ├── NotFound           there is no such thing, or it is another person's
    ├── Conflict           the thing is in another state
    ├── TooLarge           more bytes than are taken
    ├── TooMany            a limit or quota is used up; `retry_after` says until when
    └── Unavailable        something outside is away; `retryable`

HTTP statuses are decided by the faces. Each error carries a stable `code` for programs, a message for the
person, and `facts` for the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from medianest.core.i18n import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One wrong field of an input: its name as the caller wrote it, and what is wrong with it."""

    field: str
    message: Message


class MediaNestError(Exception):
    """Base of all errors that a person may be told of."""

    default_code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: Message,
        *,
        code: str | None = None,
        fields: tuple[FieldError, ...] = (),
        retry_after: timedelta | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{message.id} {dict(message.values)}")
        self.message = message
        self.code = code or self.default_code
        self.fields = fields
        self.retry_after = retry_after
        self.facts = dict(facts or {})


class Invalid(MediaNestError):
    default_code = "invalid"


class Unauthenticated(MediaNestError):
    default_code = "unauthenticated"


class Forbidden(MediaNestError):
    default_code = "forbidden"


class NotFound(MediaNestError):
    default_code = "not_found"


class Conflict(MediaNestError):
    default_code = "conflict"


class TooLarge(MediaNestError):
    default_code = "too_large"


class TooMany(MediaNestError):
    default_code = "too_many"
    retryable = True


class Unavailable(MediaNestError):
    default_code = "unavailable"
    retryable = True
