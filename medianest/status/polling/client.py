"""Asking Uptime Kuma over HTTP: its public status page, and its figures for Prometheus.

What is not there is answered with the page of its own interface, and by 1.23 not at all: the type of an answer is
looked at, and every call has its time.
"""

from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode, urlsplit

import httpx

from medianest.core import clock
from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.clients import CallLimits, client
from medianest.core.outbound.policy import DEFAULT_PORTS
from medianest.status.errors import NO_ANSWER, NoLink
from medianest.status.polling import wire
from medianest.status.types import Message, Push, Trouble

_JSON, _TEXT = "application/json", "text/plain"
_QUICK = CallLimits(connect_s=2.0, first_byte_s=3.0, total_s=4.0, body_bytes=64 * 1024)


class Asking:
    """Calls to one Uptime Kuma; `key` is for the figures."""

    def __init__(self, url: str, *, key: str = "") -> None:
        parts = urlsplit(url)
        policy = AddressPolicy.upstream(parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])
        tls = httpx.create_ssl_context(trust_env=False)
        self._client = client(policy, base_url=url, verify=tls)
        self._quick = client(policy, base_url=url, verify=tls, limits=_QUICK)
        self._key = key

    async def close(self) -> None:
        await self._client.aclose()
        await self._quick.aclose()

    async def page(self, slug: str) -> Sequence[Message]:
        """What the status page shows, apart from how it is. Raises NoLink."""
        answer = await self._get(self._client, f"/api/status-page/{quote(slug, safe='')}", _JSON)
        return _read(lambda: wire.page(answer.content, clock.now()))

    async def beats(self, slug: str) -> Sequence[Message]:
        """How its services are. Raises NoLink."""
        answer = await self._get(self._client, f"/api/status-page/heartbeat/{quote(slug, safe='')}", _JSON)
        return _read(lambda: wire.beats(answer.content))

    async def figures(self) -> Sequence[Message]:
        """What Prometheus is told. Raises NoLink."""
        auth = httpx.BasicAuth("", self._key)
        answer = await self._get(self._client, "/metrics", _TEXT, auth=auth)
        return _read(lambda: wire.figures(answer.text, clock.now()))

    async def push(self, token: str, told: Push) -> None:
        """Tell a push monitor how the portal is. Raises NoLink."""
        about = {"status": "up" if told.is_well else "down", "msg": told.words, "ping": told.took_ms}
        try:
            answer = await self._get(self._quick, f"/api/push/{quote(token, safe='')}?{urlencode(about)}", _JSON)
        except NoLink as error:
            raise NoLink(Trouble.NO_PUSH) if error.trouble is Trouble.NO_PAGE else error from error
        if not wire.is_taken(answer.content):
            raise NoLink(Trouble.UNREADABLE)

    async def look(self) -> None:
        """Whether it is there: its smallest answer. Raises NoLink."""
        await self._get(self._quick, "/api/entry-page", _JSON)

    async def _get(
        self, asking: httpx.AsyncClient, path: str, kind: str, *, auth: httpx.BasicAuth | None = None
    ) -> httpx.Response:
        try:
            answer = await asking.get(path, auth=auth)
        except httpx.ReadTimeout as error:
            raise NoLink(Trouble.AWAY, why=NO_ANSWER) from error
        except (httpx.TransportError, Refused) as error:
            raise NoLink(Trouble.AWAY, why=str(error)) from error
        if answer.status_code in (401, 403):
            raise NoLink(Trouble.CREDENTIALS)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NoLink(Trouble.NO_PAGE)
        if answer.is_server_error:
            raise NoLink(Trouble.AWAY, why=str(answer.status_code))
        if not answer.is_success or not answer.headers.get("content-type", "").startswith(kind):
            raise NoLink(Trouble.UNREADABLE)
        return answer


def _read(read: Callable[[], Sequence[Message]]) -> Sequence[Message]:
    try:
        return read()
    except ValueError as error:
        raise NoLink(Trouble.UNREADABLE, why=str(error)) from error
