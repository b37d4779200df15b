"""People, what they may still ask for, the servers that fetch, and refusals."""

from msgspec import Raw, Struct

from medianest.media_requests.types import Allowance, Allowances, Choice, Fetcher, UpstreamPerson
from medianest.media_requests.wire.reading import NAME_MOST, Paged, Whose, checked, person_of, read, readable


class _Used(Struct):
    used: int = 0
    limit: int | None = None
    remaining: int | None = None
    days: int | None = None


class _Quota(Struct):
    movie: _Used
    tv: _Used


class _Named(Struct):
    id: int
    name: str = ""
    path: str = ""


class _Service(Struct, rename="camel"):
    id: int
    name: str = ""
    is4k: bool = False
    is_default: bool = False


class _ServiceDetails(Struct, rename="camel"):
    server: _Service
    profiles: list[Raw] = []
    root_folders: list[Raw] = []


class _Version(Struct):
    version: str


class _Refusal(Struct):
    message: str = ""
    error: str = ""
    errors: list[Raw] = []


def version(body: bytes) -> str:
    told: _Version = read(body, _Version)
    return told.version[:NAME_MOST]


def refusal(body: bytes) -> str | None:
    """In which words a route refuses; empty for the layers before it, None where this is no refusal of the server's."""
    try:
        told = read(body, _Refusal)
    except ValueError:
        return None
    if not told.message:
        return "" if told.error else None
    return "" if told.errors else told.message


def person(body: bytes) -> UpstreamPerson:
    return checked(person_of(read(body, Whose)))


def people(body: bytes) -> tuple[tuple[UpstreamPerson, ...], int]:
    """Some people, and how many there are."""
    told = read(body, Paged)
    found = tuple(one for row in readable(told.results, Whose) if (one := person_of(row)))
    return found, told.page_info.results


def imported(body: bytes) -> tuple[UpstreamPerson, ...]:
    return tuple(one for row in readable(read(body, list[Raw]), Whose) if (one := person_of(row)))


def allowances(body: bytes) -> Allowances:
    told = read(body, _Quota)
    return Allowances(movie=_allowance(told.movie), tv=_allowance(told.tv))


def fetchers(body: bytes) -> tuple[Fetcher, ...]:
    return tuple(_fetcher(row) for row in readable(read(body, list[Raw]), _Service))


def fetcher(body: bytes) -> Fetcher:
    told = read(body, _ServiceDetails)
    profiles = tuple(Choice(id=one.id, name=one.name) for one in readable(told.profiles, _Named))
    folders = tuple(Choice(id=one.id, name=one.path) for one in readable(told.root_folders, _Named))
    plain = _fetcher(told.server)
    return Fetcher(
        id=plain.id,
        name=plain.name,
        is_4k=plain.is_4k,
        is_default=plain.is_default,
        profiles=profiles,
        folders=folders,
    )


def _allowance(told: _Used) -> Allowance:
    return Allowance(used=told.used, limit=told.limit or None, remaining=told.remaining, days=told.days)


def _fetcher(told: _Service) -> Fetcher:
    return Fetcher(id=told.id, name=told.name[:NAME_MOST], is_4k=told.is4k, is_default=told.is_default)
