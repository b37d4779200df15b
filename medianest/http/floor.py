"""The way of every request: from the wire to the handler, past one check after the other.

    base path   -> taken off, so that nothing behind knows of it but who writes addresses
    head        -> not too long, nothing said twice that decides something
    origin      -> the client behind trusted proxies is let in; the host is ours
    preflight   -> a browser asks whether another site's page may call: answered here
    identity    -> a session's cookie, or on the machine face alone a bearer token: pages know no scopes
    limits      -> of this person or network
    body        -> no longer than the route takes, and in time
    site        -> a change was asked for by a page of ours
    repetition  -> a POST with an Idempotency-Key has one effect
    compression -> of the answer, where nobody learns from its length

What a check refuses is a core error, which the face of that path renders. Every answer leaves with the fields of
`headers`. Nothing here knows a route; who may call one is said by its guards.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from medianest.accounts.identities import Identities
from medianest.core.actor import NOBODY, Actor, Via
from medianest.core.errors import MediaNestError, Unauthenticated
from medianest.core.i18n import msg
from medianest.core.log import request_id
from medianest.core.security import new_id
from medianest.http import cookies, csrf
from medianest.http.asking import Asking
from medianest.http.base_path import below
from medianest.http.bodies import BODY_MOST, LimitedBody, too_large
from medianest.http.compression import Compressed, takes_gzip
from medianest.http.cors import CrossOrigin
from medianest.http.deadlines import Deadlines
from medianest.http.errors import Malformed, TooSlow
from medianest.http.etags import Etags
from medianest.http.headers import Field, Head, complete
from medianest.http.hosts import HostRule
from medianest.http.idempotency import Repetitions
from medianest.http.languages import preferred
from medianest.http.leases import Leases
from medianest.http.limits import Limits
from medianest.http.networks import NetworkRule
from medianest.http.proxies import Networks, origin_of

Refuse = Callable[[Scope, Receive, Send, MediaNestError], Awaitable[None]]

MACHINE_FACE = ("/api/", "/webhooks/", "/healthz", "/readyz", "/metrics")
ONE_CLICK = "/unsubscribe/"
"""Posted by mail programs, which have no page of ours nor a cookie (RFC 8058); the word behind it is the proof."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Where this installation stands: whom it lets in, its hosts, the proxies before it, its path on its host.

    `bodies` are the paths that take longer bodies than others (`*` is any segment), and how many bytes.
    """

    networks: NetworkRule
    hosts: HostRule
    trusted_proxies: Networks
    metrics_allow: Networks
    cross_origin: CrossOrigin
    public_url: str | None = None
    base_path: str = ""
    languages: tuple[str, ...] = ("en",)
    bodies: Mapping[str, int] = field(default_factory=dict)
    deadlines: Deadlines = field(default_factory=Deadlines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the floor works with; `limits`, `etags` and `leases` are in the scope's state for its other files."""

    identities: Identities
    limits: Limits
    etags: Etags
    leases: Leases
    repetitions: Repetitions


class Floor:
    """An ASGI application around that of the faces; `refuse` renders an error as the face of the path would."""

    def __init__(self, app: ASGIApp, rules: Rules, parts: Parts, *, refuse: Refuse) -> None:
        self._app = app
        self._rules = rules
        self._parts = parts
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind: str = scope["type"]
        if kind == "http":
            await self._answer(cast("HTTPScope", scope), receive, send)
        elif kind == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        scope = below(self._rules.base_path, scope)
        asking = Asking(request_id=new_id(), base_path=self._rules.base_path)
        request_id.set(asking.request_id)
        scope.setdefault("state", {}).update(
            asking=asking,
            actor=NOBODY,
            etags=self._parts.etags,
            leases=self._parts.leases,
            limits=self._parts.limits,
        )
        answers = _Answers(send, asking, is_head=scope["method"] == "HEAD")
        try:
            app, body = await self._admit(scope, receive, asking)
        except MediaNestError as error:
            if isinstance(error, Malformed | TooSlow):
                answers.close()
            await self._refuse(scope, receive, answers, error)
            return
        inner: HTTPScope = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await app(inner, body, Compressed(answers, asking))

    async def _admit(self, scope: HTTPScope, receive: Receive, asking: Asking) -> tuple[ASGIApp, LimitedBody]:
        head = Head(scope)
        asking.answer_fields = self._rules.cross_origin.fields(scope, head)
        self._find_origin(scope, head, asking)
        if preflight := self._rules.cross_origin.preflight(scope, head):
            self._parts.limits.count(asking)
            return preflight, LimitedBody(receive, most=BODY_MOST, patience_s=self._rules.deadlines.body_s)
        await self._identify(scope, head, asking)
        asking.takes_gzip = takes_gzip(head, by_token=asking.actor.token_id is not None)
        most, patience_s = self._most(scope["path"], head), self._rules.deadlines.body_s
        body = LimitedBody(receive, most=most, patience_s=patience_s)
        await self._check_site(scope, head, asking, body)
        return await self._parts.repetitions.once(self._app, scope, head, body), body

    def _find_origin(self, scope: HTTPScope, head: Head, asking: Asking) -> None:
        peer = scope["client"]
        origin = origin_of(
            peer=peer[0] if peer else None,
            scheme=scope["scheme"],
            authority=(head.one(b"host") or "").lower(),
            trusted=self._rules.trusted_proxies,
            forwarded_for=head.all(b"x-forwarded-for"),
            forwarded_proto=head.all(b"x-forwarded-proto"),
            forwarded_host=head.all(b"x-forwarded-host"),
        )
        asking.address, asking.authority, asking.secure = origin.address, origin.authority, origin.scheme == "https"
        asking.may_read_metrics = origin.address in self._rules.metrics_allow
        asking.user_agent = head.one(b"user-agent") or ""
        self._rules.networks.check(origin.address, scope["path"])
        self._rules.hosts.check(origin.authority)
        if (head.one(b"upgrade") or "").lower() == "websocket":
            raise Malformed(msg("http.no_sockets"))

    async def _identify(self, scope: HTTPScope, head: Head, asking: Asking) -> None:
        via = Via.API if scope["path"].startswith(MACHINE_FACE) else Via.WEB
        scheme, _, bearer = (head.one(b"authorization") or "").partition(" ")
        by_token = via is Via.API and scheme.lower() == "bearer"
        if by_token:
            actor = await self._parts.identities.of_token(bearer.strip())
        else:
            actor = await self._by_cookie(head, asking)
        language = (actor and actor.language) or preferred(head.one(b"accept-language"), self._rules.languages)
        asking.actor = replace(
            actor or NOBODY, via=via, address=asking.address, request_id=asking.request_id, language=language
        )
        scope["state"]["actor"] = asking.actor
        self._parts.limits.count(asking)
        if by_token and actor is None:
            raise Unauthenticated(msg("http.bad_token"), code="bad_token")

    async def _by_cookie(self, head: Head, asking: Asking) -> Actor | None:
        fields = head.all(b"cookie")
        secret = cookies.read(fields, cookies.name_of(cookies.SESSION, secure=asking.secure))
        actor = await self._parts.identities.of_session(secret, asking.address) if secret else None
        if actor is None:
            secret = cookies.read(fields, cookies.name_of(cookies.FORM, secure=asking.secure))
        asking.secret = secret
        return actor

    def _most(self, path: str, head: Head) -> int:
        """How many bytes of body this path takes. Raises TooLarge where the head announces more."""
        most = self._rules.bodies.get(path) or self._rules.bodies.get(_any_thing(path), BODY_MOST)
        if int(head.one(b"content-length") or 0) > most:
            raise too_large(most)
        return most

    async def _check_site(self, scope: HTTPScope, head: Head, asking: Asking, body: LimitedBody) -> None:
        """A bearer's request comes from no page; one of nobody's on the machine face is refused there."""
        if scope["path"].startswith(ONE_CLICK):
            return
        is_nobodys = asking.actor.id is None and scope["path"].startswith(MACHINE_FACE)
        if scope["method"] in csrf.SAFE_METHODS or asking.actor.token_id or is_nobodys:
            return
        csrf.check_site(
            origin=head.one(b"origin"),
            fetch_site=head.one(b"sec-fetch-site"),
            authority=asking.authority,
            public_url=self._rules.public_url,
        )
        token = head.one(csrf.HEADER)
        if token is None and (head.one(b"content-type") or "").partition(";")[0].strip().lower() == _FORM:
            token = csrf.token_in_form(await body.whole())
        csrf.check_token(asking.secret, token)


class _Answers:
    """A `send` that completes each answer, and answers HEAD like GET without the body."""

    def __init__(self, send: Send, asking: Asking, *, is_head: bool) -> None:
        self._send = send
        self._asking = asking
        self._is_head = is_head
        self._more: list[Field] = [(b"x-request-id", asking.request_id.encode())]

    def close(self) -> None:
        """What follows may be meant as another request, or never come: the connection ends with this answer."""
        self._more.append((b"connection", b"close"))

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            own = self._own_fields(message["status"])
            message = complete(message, more=[*self._more, *self._asking.answer_fields, *own])
            await self._send(message)
            if self._is_head:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        elif not self._is_head:
            await self._send(message)

    def _own_fields(self, status: int) -> list[Field]:
        """The tag of the answer; or, with a form in it that only now got its cookie, the cookie and no tag."""
        asking = self._asking
        if asking.secret is not None and asking.secret_is_new:
            return [cookies.write(cookies.FORM, asking.secret, asking).to_encoded_header()]
        return [(b"etag", asking.etag.encode())] if asking.etag and status in (200, 304) else []


def _any_thing(path: str) -> str:
    """The path with `*` for the name of the thing that it leads to, which is the last segment but one."""
    above, slash, act = path.rpartition("/")
    return f"{above.rpartition('/')[0]}/*{slash}{act}"
