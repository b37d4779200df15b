"""From the bytes of plex.tv to `types`; ValueError for what cannot be read.

Mostly JSON. The list of members is XML whatever one asks for (captures), so both are read there; it is read by expat
alone and without a document type, so that no few bytes grow to many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from xml.parsers import expat

import msgspec

from medianest.plex.tv.types import Account, Address, Member, Pin, Server

T = TypeVar("T")

_WORDS_MOST = 200
_NAME_MOST = 40
_MEMBERS_MOST = 2000
_ADDRESSES_MOST = 30


class _Pin(msgspec.Struct):
    id: int
    code: str
    auth_token: str | None = msgspec.field(default=None, name="authToken")


class _User(msgspec.Struct):
    id: int
    username: str | None = None
    title: str | None = None
    friendly_name: str | None = msgspec.field(default=None, name="friendlyName")


class _Connection(msgspec.Struct):
    uri: str = ""
    local: bool = False
    relay: bool = False


class _Resource(msgspec.Struct):
    name: str = ""
    provides: str = ""
    machine_id: str = msgspec.field(default="", name="clientIdentifier")
    owned: bool = False
    token: str | None = msgspec.field(default=None, name="accessToken")
    connections: list[_Connection] = []


@dataclass(slots=True)
class _Found:
    """What an XML list of members says so far."""

    members: list[Member]
    saw_root: bool = False


def pin(body: bytes) -> Pin:
    told = _decoded(body, _Pin)
    return Pin(id=told.id, code=told.code)


def token(body: bytes) -> str | None:
    """The token of a PIN that somebody said yes to; None as long as nobody has."""
    return _decoded(body, _Pin).auth_token or None


def account(body: bytes) -> Account:
    told = _decoded(body, _User)
    return _account(told.id, told.username, told.title, told.friendly_name)


def servers(body: bytes) -> Sequence[Server]:
    """The servers among the resources; players are resources too."""
    return [_server(one) for one in _decoded(body, list[_Resource]) if "server" in one.provides.split(",")]


def members(body: bytes) -> Sequence[Member]:
    """With whom the account shares something, home users among them; never a part of the list."""
    found = _Found(members=[])
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, attributes: _take(found, name, attributes)
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error
    if not found.saw_root or len(found.members) > _MEMBERS_MOST:
        raise ValueError("no list of members")
    return found.members


def nothing(_body: bytes) -> None:
    """Where only the status counts."""


def _take(found: _Found, name: str, attributes: dict[str, str]) -> None:
    if name == "MediaContainer":
        found.saw_root = True
    elif name == "User":
        who = _account(int(attributes["id"]), attributes.get("username"), attributes.get("title"), None)
        found.members.append(Member(account=who, machine_ids=frozenset(), home=attributes.get("home") == "1"))
    elif name == "Server" and found.members and attributes.get("pending") != "1":
        last = found.members[-1]
        shared = last.machine_ids | {attributes.get("machineIdentifier", "")}
        found.members[-1] = Member(account=last.account, machine_ids=shared, home=last.home)


def _refuse_doctype(*_told: object) -> None:
    raise ValueError("a document type")


def _server(told: _Resource) -> Server:
    addresses = (
        Address(url=one.uri, local=one.local, relay=one.relay)
        for one in told.connections[:_ADDRESSES_MOST]
        if one.uri.startswith(("http://", "https://")) and len(one.uri) <= _WORDS_MOST
    )
    return Server(
        machine_id=told.machine_id[:_WORDS_MOST],
        name=told.name[:_WORDS_MOST],
        owned=told.owned,
        token=told.token or "",
        addresses=tuple(addresses),
    )


def _account(id: int, *names: str | None) -> Account:
    """By the first name that there is: managed people of a home have but a title."""
    name = next((name.strip() for name in names if name and name.strip()), "")
    if id <= 0 or id >= 2**63:
        raise ValueError("no number of an account")
    return Account(id=id, name=name[:_NAME_MOST])


def _decoded(body: bytes, type: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=type)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("not what was asked for") from error
