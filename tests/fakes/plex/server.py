"""A Plex Media Server: its sockets, who is let in by which token, and what each is told."""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.plex import furnishing, library, telling
from tests.fakes.plex.images import photo, thumb
from tests.fakes.plex.markup import Node, container
from tests.fakes.plex.messages import Reply, Request, refusal
from tests.fakes.plex.people import Person, Share, classic_token, long_token
from tests.fakes.plex.shelves import Item, Section, Shelves
from tests.fakes.plex.stream import PATH, EventStream
from tests.fakes.plex.wire import Service

if TYPE_CHECKING:
    from tests.fakes.plex.tv import PlexTv


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One address under which plex.tv lists a server."""

    address: str
    port: int
    protocol: str = "http"
    local: bool = False
    relay: bool = False
    host: str | None = None

    @property
    def uri(self) -> str:
        return f"{self.protocol}://{self.host or self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Scan:
    """Someone asked for a scan; without a folder, of the whole section."""

    section: str
    folder: str | None
    forced: bool = False


class MediaServer(Service):
    """It listens at a local and a remote address and at a relay's, on three addresses of the loopback."""

    def __init__(self, tv: "PlexTv", owner: Person, *, name: str, machine: str) -> None:
        self.tv = tv
        self.owner = owner
        self.name = name
        self.machine = machine
        self.shelves = Shelves(furnishing.sections())
        self.shares: list[Share] = []
        self.scans: list[Scan] = []
        self.lured_to: list[str] = []
        self.events = EventStream()
        self.playing: list[tuple[Person, Item]] = []
        self._tokens: dict[Person, str] = {}
        self._states: dict[tuple[int, str], dict[str, int]] = {}
        super().__init__("127.0.0.1", "127.0.0.2", "127.0.0.3")
        self.local, self.remote, self.relay = self.doors
        self.connections = [
            Connection(address=self.local.host, port=self.local.port, local=True),
            Connection(address=self.remote.host, port=self.remote.port),
            Connection(address=self.relay.host, port=self.relay.port, relay=True),
        ]
        tv.servers.append(self)

    def share(self, person: Person, *sections: str) -> Share:
        """Let someone in: to the sections of these keys, or to all if none is named."""
        with self.lock:
            number = 7_654_321 + len(self.shares)
            share = Share(id=number, person=person, sections=frozenset(sections) if sections else None)
            self.shares.append(share)
            return share

    def unshare(self, person: Person) -> None:
        with self.lock:
            self.shares[:] = [share for share in self.shares if share.person is not person]
            self.forget_token(person)

    def admits(self, person: Person) -> bool:
        return person is self.owner or self.share_of(person) is not None

    def share_of(self, person: Person) -> Share | None:
        return next((share for share in self.shares if share.person is person), None)

    def token_for(self, person: Person) -> str:
        """The token for this server: another one than that of the account."""
        with self.lock:
            make = long_token if person is self.owner else classic_token
            return self._tokens.setdefault(person, make())

    def forget_token(self, person: Person) -> None:
        self._tokens.pop(person, None)

    def watch(self, person: Person, item: Item, *, until_ms: int | None = None, at: int | None = None) -> None:
        """Someone watched an item: to its end, or until there."""
        with self.lock:
            seen = {"lastViewedAt": int(time.time()) if at is None else at}
            seen |= {"viewCount": 1} if until_ms is None else {"viewOffset": until_ms}
            self._states[person.id, item.key] = seen

    def state(self, person: Person, item: Item) -> dict[str, int]:
        return self._states.get((person.id, item.key), {})

    def visible(self, person: Person) -> list[Section]:
        """The sections that are shared with someone."""
        share = self.share_of(person)
        return [section for section in self.shelves.sections.values() if share is None or share.covers(section.key)]

    def answer(self, request: Request) -> Reply:
        if request.path == "/identity":
            about = {"claimed": True, "machineIdentifier": self.machine, "version": telling.VERSION}
            return container(request.wants_json, Node("MediaContainer", size=0, **about), {})
        person = self._whose(request.token)
        if person is None:
            return refusal(401)
        for method, pattern, verb, is_owners in _ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and request.method in method.split("|"):
                if is_owners and person is not self.owner:
                    return refusal(403)
                return verb(self, request, person, *match.groups())
        return refusal(404)

    def converse(self, request: Request, connection: socket.socket) -> None:
        self.events.serve(request, connection)

    def away(self) -> None:
        self.events.end()
        super().away()

    def _whose(self, token: str | None) -> Person | None:
        """The owner's account is good here, too."""
        if token and self.tv.whose(token) is self.owner:
            return self.owner
        return next((person for person, good in self._tokens.items() if good == token), None)


def _root(server: MediaServer, request: Request, _: Person) -> Reply:
    about = {
        "allowSync": True,
        "eventStream": True,
        "friendlyName": server.name,
        "hubSearch": True,
        "machineIdentifier": server.machine,
        "multiuser": True,
        "myPlex": True,
        "myPlexMappingState": "mapped",
        "myPlexSigninState": "ok",
        "myPlexSubscription": True,
        "myPlexUsername": server.owner.email,
        "platform": "Linux",
        "platformVersion": "20.04.1 LTS (Focal Fossa)",
        "transcoderActiveVideoSessions": 0,
        "transcoderPhoto": True,
        "updatedAt": 1_605_463_238,
        "version": telling.VERSION,
    }
    rows = [Node("Directory", count=1, key=key, title=key) for key in ("hubs", "library", "playlists", "search")]
    return container(request.wants_json, Node("MediaContainer", rows, size=len(rows), **about), {})


def _accounts(server: MediaServer, request: Request, _: Person) -> Reply:
    """The owner is number 1 here, whatever the number at plex.tv."""
    people = [(0, ""), (1, server.owner.title)] + [(share.person.id, share.person.title) for share in server.shares]
    rows = [Node("Account", id=number, key=f"/accounts/{number}", name=name, thumb="") for number, name in people]
    node = Node("MediaContainer", rows, size=len(rows), identifier="com.plexapp.system.accounts")
    return container(request.wants_json, node, {})


def _delegation(_server: MediaServer, request: Request, _: Person) -> Reply:
    token = f"transient-{classic_token()}"
    return container(request.wants_json, Node("MediaContainer", size=0, token=token), {})


def _sessions(server: MediaServer, request: Request, _: Person) -> Reply:
    rows = []
    for number, (person, item) in enumerate(server.playing, 1):
        node = item.node({"viewOffset": 0})
        who = 1 if person is server.owner else person.id
        node.children += [
            Node("User", id=str(who), thumb=person.thumb, title=person.title),
            Node("Player", title="SHIELD Android TV", product="Plex for Android (TV)", state="playing", local=True),
            Node("Session", id=f"session_id_{number}", bandwidth=7000, location="lan"),
        ]
        node.attributes["sessionKey"] = str(number)
        rows.append(node)
    return container(request.wants_json, Node("MediaContainer", rows, size=len(rows)), {})


def _refresh(server: MediaServer, request: Request, _: Person, key: str) -> Reply:
    """200 at once and for every path; a scan finds only what lies below a folder of the section."""
    shelves = server.shelves
    sections = [section for section in shelves.sections.values() if key in ("all", section.key)]
    if not sections:
        return refusal(404)
    if request.method == "DELETE":
        return Reply()
    folder = request.query.get("path")
    server.scans.append(Scan(key, folder, request.query.get("force") == "1"))
    for section in sections:
        section.scanned_at = int(time.time())
        if folder is None or (folder + "/").startswith(section.folder + "/"):
            for item in shelves.scan(section, folder or section.folder, section.scanned_at):
                server.events.timeline(item, state=0)
                server.events.timeline(item)
    server.events.scanned()
    return Reply()


def _listen(_server: MediaServer, request: Request, _: Person) -> Reply:
    return Reply(status=101 if request.headers.get("upgrade", "").lower() == "websocket" else 400)


_Verb = Callable[..., Reply]
_ROUTES: tuple[tuple[str, str, _Verb, bool], ...] = (
    ("GET", r"/", _root, False),
    ("GET", r"/accounts", _accounts, True),
    ("GET", r"/security/token", _delegation, False),
    ("GET", r"/status/sessions", _sessions, True),
    ("GET|POST|DELETE", r"/library/sections/(\d+|all)/refresh", _refresh, True),
    ("GET", r"/library/metadata/(\d+)/(thumb|art)/(\d+)", thumb, False),
    ("GET", r"/photo/:/transcode", photo, False),
    ("GET", PATH, _listen, False),
    *library.ROUTES,
)
