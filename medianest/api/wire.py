"""Between JSON and structs: what comes in is checked field by field, what goes out is written down explicitly."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, ClassVar, Generic, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct, ValidationError
from msgspec.structs import FieldInfo

from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import Message, msg
from medianest.core.paging import LIMIT_DEFAULT, LIMIT_MOST
from medianest.http.errors import Malformed

T = TypeVar("T")
S = TypeVar("S", bound=Struct)

Word = Annotated[str, Meta(min_length=1, max_length=64)]
_PLACE = re.compile(r" - at `\$?\.?(.*)`$")


class Output(Struct, frozen=True, kw_only=True):
    """What we answer; only what is named here leaves the house."""


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that we take."""


class Query(Struct, frozen=True, kw_only=True):
    """The query of a call; fields in `many` may be given several times, or with commas between their words."""

    many: ClassVar[frozenset[str]] = frozenset()


class Paged(Query, frozen=True, kw_only=True):
    """The query of a list."""

    limit: Annotated[int, Meta(ge=1, le=LIMIT_MOST)] = LIMIT_DEFAULT
    cursor: Annotated[str, Meta(max_length=512)] | None = None


class List(Output, Generic[T], frozen=True, kw_only=True):
    """Some things, and the cursor of those that follow (null at the end)."""

    items: Sequence[T]
    next_cursor: str | None = None


def from_json(body: bytes, kind: type[S]) -> S:
    """The body as `kind`. Raises Malformed for what is not JSON, Invalid with every wrong field."""
    try:
        values = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Malformed(msg("api.malformed_json"), code="malformed_json") from None
    if not isinstance(values, dict):
        raise Invalid(msg("api.not_an_object"))
    return _checked(values, kind, strict=True)


def from_query(pairs: Iterable[tuple[str, str]], kind: type[S]) -> S:
    """The query as `kind`; names that it does not have are ignored, and an empty value counts as none."""
    many: frozenset[str] = getattr(kind, "many", frozenset())
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name not in names or not value:
            continue
        if name in many:
            values.setdefault(name, []).extend(word for word in value.split(",") if word)
        elif name in values:
            raise _invalid([FieldError(field=name, message=msg("api.field.twice"))])
        else:
            values[name] = value
    return _checked(values, kind, strict=False)


def to_json(answer: object) -> bytes:
    return msgspec.json.encode(answer)


def _checked(values: Mapping[str, Any], kind: type[S], *, strict: bool) -> S:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    wrong = [FieldError(field=name[:64], message=msg("api.field.unknown")) for name in values if name not in fields]
    taken: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in values:
            if field.required:
                wrong.append(FieldError(field=name, message=msg("api.field.missing")))
            continue
        try:
            taken[field.name] = msgspec.convert(values[name], field.type, strict=strict)
        except ValidationError as error:
            wrong.append(_wrong(field, str(error)))
    if wrong:
        raise _invalid(wrong)
    return kind(**taken)


def _invalid(wrong: Sequence[FieldError]) -> Invalid:
    return Invalid(msg("api.invalid", n=len(wrong)), fields=tuple(wrong))


def _wrong(field: FieldInfo, told: str) -> FieldError:
    place = _PLACE.search(told)
    inside = place[1] if place else ""
    dot = "." if inside and not inside.startswith("[") else ""
    return FieldError(field=f"{field.encode_name}{dot}{inside}", message=_explained(_PLACE.sub("", told), field.type))


def _explained(told: str, kind: object) -> Message:
    """What msgspec says of a value, as a message of ours."""
    for pattern, id in _SAYINGS:
        if found := pattern.fullmatch(told):
            return msg(id, **{name: _number(value) for name, value in found.groupdict().items()})
    if told.startswith("Invalid enum value"):
        return msg("api.field.not_one_of", words=", ".join(_words(kind)))
    return msg("api.field.invalid")


_SAYINGS = tuple(
    (re.compile(pattern), f"api.field.{id}")
    for pattern, id in (
        (r"Expected `str` of length >= (?P<n>\d+)", "too_short"),
        (r"Expected `str` of length <= (?P<n>\d+)", "too_long"),
        (r"Expected `array` of length >= (?P<n>\d+)", "too_few"),
        (r"Expected `array` of length <= (?P<n>\d+)", "too_many"),
        (r"Expected `int` >= (?P<least>-?\d+)", "too_small"),
        (r"Expected `int` <= (?P<most>-?\d+)", "too_great"),
        (r"Expected `(?P<kind>[a-z |]+)`, got `[a-z]+`", "wrong_type"),
    )
)


def _number(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


def _words(kind: object) -> Iterator[str]:
    """The words of the enumeration in a type, however deep it lies in it."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(member.value) for member in kind)
    for part in get_args(kind):
        yield from _words(part)
