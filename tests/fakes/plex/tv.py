"""plex.tv: PINs, accounts, and who may use which server; and the page on which a person lets a client in."""

import dataclasses
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.plex import page, telling
from tests.fakes.plex.markup import container, told
from tests.fakes.plex.messages import Reply, Request
from tests.fakes.plex.people import Person, classic_token
from tests.fakes.plex.pins import Pin, Pins
from tests.fakes.plex.wire import Service

if TYPE_CHECKING:
    from tests.fakes.plex.server import MediaServer

_AUTH_PAGE = "/auth"


class PlexTv(Service):
    """plex.tv at the first door (`base`), and app.plex.tv at the second (`app`)."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self.servers: list[MediaServer] = []
        self.pins = Pins()
        self.public_address = "127.0.0.1"
        self._tokens: dict[str, Person] = {}
        self._shift = 0.0
        super().__init__("127.0.0.1", "127.0.0.1")

    @property
    def app(self) -> str:
        """What stands for `https://app.plex.tv`."""
        return self.doors[1].base

    @property
    def now(self) -> float:
        return time.time() + self._shift

    def pass_time(self, seconds: float) -> None:
        """It is so much later here."""
        self._shift += seconds

    def approve(self, code: str, person: Person, *, lag: int = 0) -> bool:
        """`person` claims a PIN; False when it is claimed, old or unknown. `lag` polls still see no token."""
        with self.lock:
            pin = self.pins.unclaimed(code, self.now)
            if pin:
                pin.lag, pin.token = lag, self.token_of(person)
            return pin is not None

    def token_of(self, person: Person) -> str:
        """A fresh token of an account."""
        with self.lock:
            token = classic_token()
            self._tokens[token] = person
            return token

    def revoke(self, person: Person) -> None:
        """ "Sign out all devices": no token of this person is good any more, here and at the servers."""
        with self.lock:
            self._tokens = {token: whose for token, whose in self._tokens.items() if whose is not person}
            for server in self.servers:
                server.forget_token(person)

    def whose(self, token: str | None) -> Person | None:
        return self._tokens.get(token or "")

    def answer(self, request: Request) -> Reply:
        for method, pattern, verb, is_open in self._routes():
            match = re.fullmatch(pattern, request.path)
            if not match or method != request.method:
                continue
            if is_open:
                return verb(request, *match.groups())
            if not request.plex("Client-Identifier"):
                return _refused(request, 400, 1000, "X-Plex-Client-Identifier is missing")
            person = self.whose(request.token)
            if person is None:
                return _refused(request, 401, 1001, "User could not be authenticated")
            return verb(request, person, *match.groups())
        return _refused(request, 404, 1004, "Not Found")

    def _routes(self) -> tuple[tuple[str, str, Callable[..., Reply], bool], ...]:
        machine = r"/api/servers/([^/]+)"
        return (
            ("POST", r"/api/v2/pins", self._make_pin, True),
            ("GET", r"/api/v2/pins/(\d+)", self._poll_pin, True),
            ("GET", _AUTH_PAGE + "/?", self._show_page, True),
            ("POST", r"/_/approve", self._claim, True),
            ("GET", r"/api/v2/user", self._user, False),
            ("GET", r"/api/v2/ping", self._ping, False),
            ("GET", r"/users/account\.json", self._old_user, False),
            ("DELETE", r"/api/v2/users/signout", self._sign_out, False),
            ("GET", r"/api/v2/resources", self._resources, False),
            ("GET", r"/api/users/?", self._users, False),
            ("GET", r"/api/home/users/?", self._home, False),
            ("POST", r"/api/home/users/(\d+)/switch", self._switch, False),
            ("GET", machine, self._server, False),
            ("GET", machine + r"/shared_servers(?:/(\d+))?", self._shares, False),
            ("DELETE", r"/api/v2/sharings/(\d+)", self._end_sharing, False),
        )

    def _make_pin(self, request: Request) -> Reply:
        client = request.plex("Client-Identifier")
        if not client:
            return _refused(request, 400, 1000, "X-Plex-Client-Identifier is missing")
        strong = request.query.get("strong", "").lower() in ("true", "1")
        pin = self.pins.make(client, request.plex("Product") or "", strong=strong, now=self.now)
        return told(request.wants_json, "pin", pin.told(self.now), status=201)

    def _poll_pin(self, request: Request, number: str) -> Reply:
        pin = self.pins.of_client(int(number), request.plex("Client-Identifier"), self.now)
        if pin is None:
            content = {"errors": [{"code": 1020, "message": "Code not found or expired"}]}
            return _errors(request, 404, content)
        return told(request.wants_json, "pin", pin.told(self.now))

    def _show_page(self, _: Request) -> Reply:
        return Reply(body=page.page(self.people).encode(), media_type="text/html; charset=utf-8")

    def _claim(self, request: Request) -> Reply:
        wish = request.told
        pin: Pin | None = self.pins.unclaimed(wish["code"], self.now)
        person = next(person for person in self.people if person.id == wish["person"])
        is_good = pin is not None and pin.client == wish["client"] and self.approve(pin.code, person)
        return Reply(status=204 if is_good else 404)

    def _user(self, request: Request, person: Person) -> Reply:
        return told(request.wants_json, "user", telling.account(person, request.token or "", self._home_of(person)))

    def _old_user(self, request: Request, person: Person) -> Reply:
        account = telling.account(person, request.token or "", self._home_of(person))
        return told(True, "user", {"user": account | {"joined_at": account["joinedAt"]}})

    def _ping(self, request: Request, _: Person) -> Reply:
        if request.wants_json:
            return told(True, "pong", {"pong": True})
        return Reply(body=b"<?xml version='1.0' encoding='UTF-8'?>\n<pong>true</pong>", media_type="application/xml")

    def _sign_out(self, request: Request, _: Person) -> Reply:
        del self._tokens[request.token or ""]
        return Reply(status=204)

    def _resources(self, request: Request, person: Person) -> Reply:
        relay = request.query.get("includeRelay") == "1"
        rows = [telling.resource(server, person, relay=relay) for server in self.servers if server.admits(person)]
        players = [telling.player(person)] if rows and rows[0]["owned"] else []
        return told(request.wants_json, "resources", [*rows, *players])

    def _users(self, request: Request, owner: Person) -> Reply:
        """Friends and home users; XML, whatever was asked for."""
        servers = [server for server in self.servers if server.owner is owner]
        known = {share.person for server in servers for share in server.shares} | set(self._home_of(owner))
        people = sorted(known - {owner}, key=lambda person: person.id)
        return container(False, telling.users(people, servers), {})

    def _home(self, _: Request, person: Person) -> Reply:
        return container(False, telling.home(self._home_of(person)), {})

    def _switch(self, request: Request, person: Person, number: str) -> Reply:
        """Another person of the same home; XML, whatever was asked for."""
        other = next((other for other in self._home_of(person) if other.id == int(number)), None)
        if other is None:
            return _refused(request, 404, 1004, "Not Found")
        account = telling.account(other, self.token_of(other), self._home_of(other))
        return told(False, "user", account | {"authenticationToken": account["authToken"]})

    def _server(self, request: Request, person: Person, machine: str) -> Reply:
        server = self._owned(person, machine)
        return container(False, telling.server(server), {}) if server else _refused(request, 404, 1004, "Not Found")

    def _shares(self, request: Request, person: Person, machine: str, number: str | None) -> Reply:
        server = self._owned(person, machine)
        if server is None:
            return _refused(request, 404, 1004, "Not Found")
        shares = [share for share in server.shares if number is None or share.id == int(number)]
        return container(False, telling.shares(server, shares), {})

    def _end_sharing(self, _: Request, owner: Person, number: str) -> Reply:
        for server in self.servers:
            for share in tuple(server.shares):
                if server.owner is owner and share.person.id == int(number):
                    server.unshare(share.person)
        return Reply(status=204)

    def _owned(self, person: Person, machine: str) -> "MediaServer | None":
        servers = (server for server in self.servers if server.machine == machine and server.owner is person)
        return next(servers, None)

    def _home_of(self, person: Person) -> list[Person]:
        """The stand-in knows one home."""
        return [other for other in self.people if other.home] if person.home else [person]


def _refused(request: Request, status: int, code: int, message: str) -> Reply:
    return _errors(request, status, {"errors": [{"code": code, "message": message, "status": status}]})


def _errors(request: Request, status: int, content: dict[str, Any]) -> Reply:
    if request.wants_json:
        return told(True, "errors", content, status=status)
    return dataclasses.replace(told(False, "errors", content["errors"]), status=status)
