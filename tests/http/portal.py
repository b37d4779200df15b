"""A small application on the real floor and the real server, for tests that ask it over a socket."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, get, post, put
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Stream
from litestar.types import Receive, Scope, Send
from sqlalchemy import update

from medianest.accounts.models import SessionRow
from medianest.accounts.service import Accounts
from medianest.accounts.types import Client, NewUser, Opened, SessionRules, User
from medianest.core import clock
from medianest.core import errors as core_errors
from medianest.core.actor import Actor, Permission, Role
from medianest.core.buckets import Rate
from medianest.core.config import ServerSettings
from medianest.core.db import Database
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Catalogues
from medianest.core.journal import Entry
from medianest.core.live import Live, Signal
from medianest.http import authorisation, csrf, sse
from medianest.http import errors as floor_errors
from medianest.http.deadlines import Deadlines
from medianest.http.etags import shows
from medianest.http.given import CurrentActor, CurrentAsking, Hub
from medianest.http.ground import Ground, lay
from medianest.http.guards import anyone, fresh, metrics_reader, permitted, signed_in
from medianest.http.hub import News
from medianest.http.limits import Limited, Rates
from medianest.http.ranges import file_response
from medianest.http.serving import Server
from medianest.http.streaming import StreamedAnswer
from tests.people import PASSWORD, Cast, cheap_passwords, move_in

STATUSES = {
    floor_errors.Malformed: 400,
    floor_errors.TooSlow: 408,
    floor_errors.RefusedHost: 421,
    floor_errors.HeadTooLarge: 431,
    floor_errors.RefusedNetwork: 403,
    core_errors.Invalid: 422,
    core_errors.Unauthenticated: 401,
    core_errors.Forbidden: 403,
    core_errors.NotFound: 404,
    core_errors.Conflict: 409,
    core_errors.TooLarge: 413,
    core_errors.TooMany: 429,
    core_errors.Unavailable: 503,
}
ENGLISH = Catalogues().of("en")
BROWSER = Client(address="127.0.0.1", user_agent="tests")


class PlainWriter:
    """Tells news as their kind and subject; notes how often it was asked to write."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def view(self, actor: Actor, news: News) -> Hashable:
        return actor.role

    async def write(self, actor: Actor, news: News) -> bytes:
        self.written.append(f"{news.kind} for {actor.role}")
        if isinstance(news, Signal) and news.data == f"breaks for {actor.role}":
            raise RuntimeError(news.data)
        if isinstance(news, Entry):
            return sse.message(f"{news.kind} {news.subject_id}", event=news.kind, id=news.id)
        return sse.message(str(news.data), event=news.kind)

    async def resync(self, actor: Actor) -> bytes:
        return sse.message("anew", event="reset")


@dataclass
class Portal:
    """The application while it runs, with what stands under it."""

    db: Database
    live: Live
    accounts: Accounts
    ground: Ground
    cast: Cast
    folder: Path
    writer: PlainWriter = field(default_factory=PlainWriter)
    changes: list[str] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    server: Server = field(init=False)
    serving: asyncio.Task[None] = field(init=False)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def enter(self, user: User) -> tuple[Opened, dict[str, str]]:
        """Sign somebody in; returns the session and the fields that a page of theirs sends."""
        opened = await self.accounts.sign_in(user.name, PASSWORD, BROWSER)
        return opened, {"cookie": f"medianest={opened.secret}", "x-csrf-token": csrf.token_of(opened.secret)}

    async def grow_old(self, *, minutes: int) -> None:
        """Have everybody's sign-in be so long ago."""
        then = clock.now() - timedelta(minutes=minutes)
        async with self.db.transaction() as session:
            await session.execute(update(SessionRow).values(authenticated_at=then))

    async def say(self, request: bytes) -> bytes:
        """Send bytes over a socket; what came back until the other side closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        with suppress(ConnectionError):
            await writer.drain()
        answer = b""
        with suppress(ConnectionError):
            answer = await reader.read()
        writer.close()
        return answer


def application(portal: Portal) -> Litestar:
    """One route of each kind."""

    @get(["/", "/api/v1/"], guards=[anyone], sync_to_thread=False)
    def home(actor: CurrentActor, asking: CurrentAsking) -> dict[str, Any]:
        return {
            "name": actor.name,
            "via": actor.via,
            "language": actor.language,
            "address": asking.address,
            "secure": asking.secure,
            "token": asking.form_token(),
        }

    @get(["/me", "/api/v1/me"], guards=[signed_in], sync_to_thread=False)
    def me(actor: CurrentActor) -> str:
        return actor.name

    @post(["/change", "/api/v1/change"], guards=[signed_in])
    async def change(request: Request[Any, Any, Any], actor: CurrentActor) -> str:
        portal.changes.append(f"{actor.name} {(await request.body()).decode()}")
        return "changed"

    @post("/sign-in", guards=[anyone])
    async def enter(request: Request[Any, Any, Any]) -> str:
        portal.changes.append(f"signed in with {dict(await request.form())}")
        return "entered"

    @post("/webhooks/news", guards=[anyone])
    async def webhook(request: Request[Any, Any, Any]) -> str:
        portal.changes.append(f"webhook {(await request.body()).decode()}".rstrip())
        return request.headers.get("authorization", "")

    @get(["/admin", "/api/v1/admin"], guards=[permitted(Permission.ADMINISTER)], sync_to_thread=False)
    def admin() -> str:
        return "admin"

    @get(["/fresh", "/api/v1/fresh"], guards=[fresh], sync_to_thread=False)
    def newly() -> str:
        return "fresh"

    @get("/metrics", guards=[metrics_reader], sync_to_thread=False)
    def metrics() -> str:
        return "metrics"

    @post("/rare", guards=[signed_in, Limited("rare", Rate(burst=2, every=timedelta(hours=1)))], sync_to_thread=False)
    def rare() -> str:
        return "rare"

    @post("/api/v1/held", guards=[signed_in])
    async def held(actor: CurrentActor) -> str:
        portal.changes.append("held")
        await portal.hold.wait()
        return f"held {len(portal.changes)}"

    @post("/api/v1/tokens", guards=[signed_in], sync_to_thread=False)
    def token(asking: CurrentAsking) -> str:
        asking.shows_secret = True
        portal.changes.append("token")
        return "mn_secret"

    @post("/api/v1/users", guards=[signed_in])
    async def create(request: Request[Any, Any, Any], actor: CurrentActor) -> str:
        name = (await request.body()).decode()
        user = await portal.accounts.people.create(actor, NewUser(name=name, role=Role.GUEST))
        if name == "crash":
            raise RuntimeError("after the effect")
        return user.id

    @put("/big", guards=[signed_in])
    async def big(request: Request[Any, Any, Any]) -> int:
        return len(await request.body())

    @get("/people", guards=[signed_in], before_request=shows("users"))
    async def people() -> str:
        portal.changes.append("made")
        return "people"

    @get("/form", guards=[anyone], before_request=shows("users"), sync_to_thread=False)
    def form(asking: CurrentAsking) -> str:
        return asking.form_token()

    @get("/live", guards=[signed_in], before_request=shows(live=True), sync_to_thread=False)
    def moving() -> str:
        return "moving"

    @get(["/long", "/api/v1/long"], guards=[signed_in], sync_to_thread=False)
    def long(
        asking: CurrentAsking,
        length: FromQuery[int],
        kind: FromQuery[str] = "text/html",
        secret: FromQuery[bool] = False,
        says: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        asking.shows_secret = secret
        fields = {says: "own"} if says else {}
        return Response(b"a page " * (length // 7) + b"!" * (length % 7), media_type=kind, headers=fields)

    @get("/pieces", guards=[signed_in], sync_to_thread=False)
    def pieces() -> Stream:
        return Stream(iter([b"a piece;" * 1000] * 3), media_type="text/csv")

    @get("/files/{name:str}", guards=[signed_in])
    async def file(
        request: Request[Any, Any, Any], name: FromPath[str], save: FromQuery[str | None] = None
    ) -> Response[Any]:
        return await file_response(request, portal.folder / name, media_type="video/mp4", filename=save)

    @get(["/events", "/api/v1/events"], guards=[permitted(Permission.READ)], sync_to_thread=False)
    def events(
        request: Request[Any, Any, Any], actor: CurrentActor, hub: Hub, heard: FromQuery[int | None] = None
    ) -> StreamedAnswer:
        return hub.answer(actor, portal.writer, last_event_id=request.headers.get("last-event-id"), heard=heard)

    handlers = [home, me, change, enter, webhook, admin, newly, metrics, rare, held, token, create, big, people]
    return Litestar(
        [*handlers, form, moving, long, pieces, file, events],
        dependencies=portal.ground.dependencies(),
        exception_handlers={MediaNestError: _render},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )


def _render(_request: Request[Any, Any, Any], error: MediaNestError) -> Response[str]:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    headers = {"retry-after": str(int(error.retry_after.total_seconds()) + 1)} if error.retry_after else {}
    return Response(
        f"{error.code}: {ENGLISH.say(error.message)}", status_code=status, headers=headers, media_type="text/plain"
    )


async def _refuse(scope: Scope, receive: Receive, send: Send, error: MediaNestError) -> None:
    request: Request[Any, Any, Any] = Request(scope)
    await _render(request, error).to_asgi_response(None, request)(scope, receive, send)


@asynccontextmanager
async def run_portal(
    db: Database, folder: Path, *, rates: Rates | None = None, deadlines: Deadlines | None = None, **server: Any
) -> AsyncIterator[Portal]:
    """The application, served on a free port of 127.0.0.1."""
    live = Live()
    accounts = Accounts(db, SessionRules(), passwords=cheap_passwords())
    ground = lay(
        db,
        live,
        accounts,
        ServerSettings(**server),
        build="test",
        languages=("en", "de"),
        rates=rates,
        deadlines=deadlines,
        bodies={"/big": 300_000},
    )
    await ground.hub.prepare()
    portal = Portal(db, live, accounts, ground, await move_in(accounts), folder)
    app = application(portal)
    authorisation.check(app)
    served = ground.wrap(app, refuse=_refuse)
    portal.server = Server(
        served, host="127.0.0.1", port=0, before_stop=ground.leases.end_all, deadlines=deadlines or Deadlines()
    )
    tasks = [asyncio.create_task(run()) for run in (ground.leases.run, ground.hub.run)]
    portal.serving = asyncio.create_task(portal.server.serve())
    await portal.server.ready.wait()
    portal.port = portal.server.addresses[0][1]
    try:
        yield portal
    finally:
        portal.hold.set()
        portal.server.stop()
        await portal.serving
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
