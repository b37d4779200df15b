"""The stand-in itself: its socket, who asks, and which route answers."""

import json
import re
import threading
from collections.abc import Callable
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.overseerr import entering, issues, looking, requests, settings
from tests.fakes.overseerr.answers import Refused, forbidden, no_such_path, unknown_person
from tests.fakes.overseerr.faults import Fault
from tests.fakes.overseerr.state import Issue, Media, User, Wish
from tests.fakes.overseerr.titles import JSON, TITLES, Title
from tests.fakes.overseerr.views import Views
from tests.fakes.overseerr.webhook import Webhook
from tests.fakes.plex.messages import Reply, Request
from tests.fakes.plex.troubles import Trouble
from tests.fakes.plex.wire import Service

API = "/api/v1"
OVERSEERR, SEERR = "overseerr-1.34.0", "seerr-3.1.0"
_OPEN = ("/status", "/settings/public", "/auth/plex", "/auth/local")
_HANGS_S = 60.0


def recording(dialect: str) -> JSON:
    """The calls that were recorded of a server, and what it answers however it is asked."""
    text = files(__package__).joinpath(f"recorded/{dialect}.json").read_text()
    told: JSON = json.loads(text)
    return told


class Overseerr(Service):
    """One server of either kind; what it keeps outlives `away` and `back`, as its database would."""

    def __init__(self, dialect: str = OVERSEERR) -> None:
        self.dialect = dialect
        self.key = "the-key-of-the-stand-in"
        self.standing: JSON = recording(dialect)["standing"]
        self.users: list[User] = []
        self.sessions: dict[str, User] = {}
        self.titles: dict[int, Title] = {title.id: title for title in TITLES}
        self.media: list[Media] = []
        self.wishes: list[Wish] = []
        self.issues: list[Issue] = []
        self.services: dict[str, list[JSON]] = {"radarr": [], "sonarr": []}
        self.race_s = 0.0
        self.webhook = Webhook(is_seerr=dialect == SEERR)
        self.views = Views(dialect == SEERR, self.wishes)
        self._numbers: dict[str, int] = {}
        self._faults_up: list[tuple[str, Fault]] = []
        self._raw = threading.local()
        super().__init__("127.0.0.1")

    @property
    def is_seerr(self) -> bool:
        return self.views.is_seerr

    def next(self, kind: str) -> int:
        """The next id of a kind of rows."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def add(self, name: str, *, plex_id: int | None = None, **about: Any) -> User:
        """Somebody has an account; the first is the administrator."""
        with self.lock:
            id = self.next("user")
            if id == 1:
                about.setdefault("permissions", 2)
            user = User(id=id, name=name, plex_id=plex_id, **about)
            self.users.append(user)
            return user

    def wish(self, id: int) -> Wish | None:
        return next((wish for wish in self.wishes if wish.id == id), None)

    def fault(self, fault: Fault, path: str = "/") -> None:
        """From now on answer what lies below `path` (without /api/v1) in this wrong way, until `calm`."""
        with self.lock:
            self._faults_up.append((API + path, fault))

    def calm(self) -> None:
        super().calm()
        with self.lock:
            self._faults_up.clear()

    def close(self) -> None:
        super().close()
        self.webhook.close()

    def serve(self, request: Request) -> tuple[Reply, Trouble | None]:
        if not _is_number(request.headers.get("x-api-user")):
            self.ending.wait(_HANGS_S)
            return Reply(status=408), None
        reply, trouble = super().serve(request)
        with self.lock:
            fault = next((fault for path, fault in self._faults_up if request.path.startswith(path)), None)
        if fault is None:
            return reply, trouble
        self._raw.answer = fault
        return Reply(status=101, body=reply.body), None

    def converse(self, request: Request, connection: Any) -> None:
        """An answer that goes wrong is written by hand."""
        self._raw.answer(connection, self.ending)

    def answer(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except Refused as error:
            return error.reply

    def _answer(self, request: Request) -> Reply:
        path = request.path.removeprefix(API)
        for method, pattern, verb in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and request.method == method and request.path != path:
                if path in _OPEN:
                    return verb(self, request, None, *match.groups())
                return verb(self, request, self._whose(request), *match.groups())
        raise no_such_path(request.path)

    def _whose(self, request: Request) -> User:
        """Who asks. Raises Refused for nobody."""
        if "x-api-key" not in request.headers:
            return self._by_cookie(request)
        said = request.headers.get("x-api-user") or "1"
        found = next((user for user in self.users if user.id == float(said)), None)
        if request.headers["x-api-key"] != self.key or found is None:
            raise forbidden()
        return found

    def _by_cookie(self, request: Request) -> User:
        cookies = dict(parse_qsl(request.headers.get("cookie", "").replace("; ", "&")))
        if "connect.sid" not in cookies:
            raise unknown_person(request.path)
        user = self.sessions.get(cookies["connect.sid"])
        if user is None:
            raise forbidden()
        return user


def _is_number(said: str | None) -> bool:
    """Whether a server can make anything of `X-API-User`; it is silent for ever where it cannot."""
    return not said or re.fullmatch(r"-?\d+(\.\d+)?", said) is not None


_Verb = Callable[..., Reply]
_ROUTES: tuple[tuple[str, str, _Verb], ...] = (
    *entering.ROUTES,
    *settings.ROUTES,
    *looking.ROUTES,
    *requests.ROUTES,
    *issues.ROUTES,
)
