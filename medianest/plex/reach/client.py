"""Looking at one address: who answers there, and whether it takes a token."""

import json
from typing import Any
from urllib.parse import urlsplit

import httpx

from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.clients import AnswerRefused, CallLimits, client, fault_of
from medianest.plex.reach.types import Found, Look

_BRIEF = CallLimits(connect_s=2.0, first_byte_s=4.0, total_s=6.0, body_bytes=256 * 1024)
_WORDS_MOST = 200
_PORTS = {"http": 80, "https": 443}


async def look(url: str, *, client_id: str, token: str = "", expected: str = "") -> Look:
    """Who is at `url`. Only the server with the machine identifier `expected` is shown the token."""
    parts = urlsplit(url)
    try:
        policy = AddressPolicy.upstream(parts.hostname or "", parts.port or _PORTS[parts.scheme])
    except (ValueError, KeyError):
        return Look(found=Found.NAME)
    headers = {"Accept": "application/json", "X-Plex-Client-Identifier": client_id}
    async with client(policy, base_url=url, headers=headers, limits=_BRIEF) as asking:
        try:
            return await _ask(asking, token, expected)
        except AnswerRefused:
            return Look(found=Found.ANSWER)
        except (httpx.TransportError, Refused) as error:
            return Look(found=Found(fault_of(error)))


async def _ask(asking: httpx.AsyncClient, token: str, expected: str) -> Look:
    said = _container(await asking.get("/identity"))
    machine_id = _word(said, "machineIdentifier")
    if not machine_id:
        return Look(found=Found.ANSWER)
    who = {"machine_id": machine_id, "version": _word(said, "version")}
    if expected and machine_id != expected:
        return Look(found=Found.OTHER, **who)
    if not token or not expected:
        return Look(found=Found.HERE, **who)
    answer = await asking.get("/", headers={"X-Plex-Token": token})
    if answer.status_code in (401, 403):
        return Look(found=Found.REFUSED, **who)
    told = _container(answer)
    return Look(found=Found.HERE if told else Found.ANSWER, name=_word(told, "friendlyName"), **who)


def _container(answer: httpx.Response) -> dict[str, Any]:
    """What the server says of itself; nothing where that cannot be read."""
    if answer.status_code != 200:
        return {}
    try:
        said = json.loads(answer.content)["MediaContainer"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _word(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value[:_WORDS_MOST] if isinstance(value, str) else ""
