"""`Idempotency-Key`: the same POST sent twice has one effect and one answer (contract.md, HTTP)."""

import re
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from medianest.core import idempotency
from medianest.core.db import Database
from medianest.core.errors import Conflict, Invalid
from medianest.core.i18n import Message as Words
from medianest.core.i18n import msg
from medianest.core.idempotency import Answer, Found, Key
from medianest.core.jobs import Job
from medianest.http.asking import Asking
from medianest.http.bodies import LimitedBody
from medianest.http.errors import Malformed
from medianest.http.headers import Head

FIELD = b"idempotency-key"
KEPT_BYTES_MOST = 64 * 1024
_KEY = re.compile(r"[!-~]{1,255}")


class Repetitions:
    """Gives a repeated request the answer of the first; `process` tells this process from the ones before it."""

    def __init__(self, db: Database, *, process: str) -> None:
        self._db = db
        self._process = process

    async def once(self, app: ASGIApp, scope: HTTPScope, head: Head, body: LimitedBody) -> ASGIApp:
        """What answers this request: `app`, or what it answered before. Raises Conflict, Invalid, Malformed."""
        key = await _key_of(scope, head, body)
        if key is None:
            return app
        answer = await self._claim(key)
        return _saying_again(answer) if answer else self._keeping(app, key)

    async def _claim(self, key: Key) -> Answer | None:
        async with self._db.transaction() as session:
            found, answer = await idempotency.claim(session, key, process=self._process)
        if found is Found.OTHER_BODY:
            raise Invalid(msg("http.key_of_other_body"), code="idempotency_key_reused")
        if found is Found.UNDER_WAY:
            raise Conflict(msg("http.under_way"), code="under_way")
        if found is Found.DONE:
            raise Conflict(msg("http.already_done"), code="already_done")
        return answer

    def _keeping(self, app: ASGIApp, key: Key) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            recorder = _Recorder(send)
            try:
                await app(scope, receive, recorder)
            finally:
                secret = scope["state"]["asking"].shows_secret
                kept = None if secret else recorder.answer()
                async with self._db.transaction() as session:
                    await idempotency.settle(session, key, kept, done=secret and recorder.succeeded)

        return answer


def jobs(db: Database) -> Sequence[Job]:
    """Forgetting the keys of yesterday."""

    async def purge() -> Words | None:
        async with db.transaction() as session:
            purged = await idempotency.purge(session)
        return msg("http.keys_purged", n=purged) if purged else None

    return [Job(name="purge_idempotency_keys", every=timedelta(hours=6), run=purge)]


class _Recorder:
    """A `send` that remembers what it sent, if that can be said again."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._fields: dict[bytes, bytes] = {}
        self._body = b""
        self._complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._fields = dict(message["headers"])
        elif message["type"] == "http.response.body" and len(self._body) <= KEPT_BYTES_MOST:
            self._body += message["body"]
            self._complete = not message["more_body"]
        await self._send(message)

    @property
    def succeeded(self) -> bool:
        return 200 <= self._status < 400

    def answer(self) -> Answer | None:
        if not self.succeeded or not self._complete or len(self._body) > KEPT_BYTES_MOST:
            return None
        return Answer(
            status=self._status,
            content_type=self._fields.get(b"content-type", b"").decode("latin-1"),
            location=self._fields.get(b"location", b"").decode("latin-1"),
            body=self._body,
        )


async def _key_of(scope: HTTPScope, head: Head, body: LimitedBody) -> Key | None:
    asking: Asking = scope["state"]["asking"]
    key = head.one(FIELD)
    if key is None or scope["method"] != "POST" or asking.actor.id is None:
        return None
    if not _KEY.fullmatch(key):
        raise Malformed(msg("http.malformed_key"))
    said = b"\0".join(((head.one(b"content-type") or "").encode(), scope["query_string"], await body.whole()))
    return Key(
        person_id=asking.actor.id,
        route=f"POST {scope['path']}",
        key=key,
        fingerprint=sha256(said).hexdigest(),
        request_id=asking.request_id,
    )


def _saying_again(kept: Answer) -> ASGIApp:
    fields = {b"content-type": kept.content_type, b"location": kept.location}
    headers = [(name, value.encode("latin-1")) for name, value in fields.items() if value]
    headers.append((b"content-length", str(len(kept.body)).encode()))

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": kept.status, "headers": headers})
        await send({"type": "http.response.body", "body": kept.body, "more_body": False})

    return answer
