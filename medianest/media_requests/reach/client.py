"""Looking at one address: whether a server of Overseerr's kind answers there, which, and whether it takes the key."""

import re
from urllib.parse import urlsplit

import httpx

from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.clients import AnswerRefused, CallLimits, client, fault_of
from medianest.media_requests.reach.types import Found, Look
from medianest.media_requests.wire import people
from medianest.media_requests.wire.client import API

_BRIEF = CallLimits(connect_s=2.0, first_byte_s=4.0, total_s=6.0, body_bytes=256 * 1024)
_PORTS = {"http": 80, "https": 443}
_OLDEST_OVERSEERR = (1, 33)
_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})\.")


async def look(url: str, key: str) -> Look:
    """What is at `url`, and whether it takes the key; only what is such a server is shown it."""
    parts = urlsplit(url)
    try:
        policy = AddressPolicy.upstream(parts.hostname or "", parts.port or _PORTS[parts.scheme])
    except (ValueError, KeyError):
        return Look(found=Found.NAME)
    headers = {"Accept": "application/json"}
    async with client(policy, base_url=url.rstrip("/") + API, headers=headers, limits=_BRIEF) as asking:
        try:
            return await _ask(asking, key)
        except AnswerRefused:
            return Look(found=Found.ANSWER)
        except (httpx.TransportError, Refused) as error:
            return Look(found=Found(fault_of(error)))


async def _ask(asking: httpx.AsyncClient, key: str) -> Look:
    version = _version(await asking.get("/status"))
    if version is None:
        return Look(found=Found.PATH)
    if _is_too_old(version):
        return Look(found=Found.VERSION, version=version)
    answer = await asking.get("/auth/me", headers={"X-API-Key": key})
    if answer.status_code in (401, 403):
        return Look(found=Found.KEY, version=version)
    return Look(found=Found.HERE if answer.is_success else Found.PATH, version=version)


def _version(answer: httpx.Response) -> str | None:
    """Which version it says it is; None of what is no such server."""
    if answer.status_code != 200:
        return None
    try:
        return people.version(answer.content)
    except ValueError:
        return None


def _is_too_old(version: str) -> bool:
    """Of a version that is no number, such as `develop-…`, nothing is known."""
    found = _VERSION.match(version)
    return found is not None and (int(found[1]), int(found[2])) < _OLDEST_OVERSEERR
