"""Asking the portal's own public address, as a browser of the household would, what is there."""

import ssl
from urllib.parse import urlsplit

import httpx

from medianest.admin.types import Reached
from medianest.core.outbound import AddressPolicy, Blocked, Unresolved
from medianest.core.outbound.clients import client


async def reach(public_url: str) -> Reached:
    """What answers at the public address."""
    url = urlsplit(public_url)
    port = url.port or (443 if url.scheme == "https" else 80)
    policy = AddressPolicy.upstream(url.hostname or "", port)
    try:
        async with client(policy, base_url=public_url) as asking:
            answer = await asking.get("/healthz")
            return Reached.OURSELVES if _is_ours(answer) else Reached.SOMETHING_ELSE
    except httpx.TimeoutException:
        return Reached.TOO_SLOW
    except httpx.ConnectError as error:
        return _why_not(error)
    except Blocked:
        return Reached.NO_ROUTE
    except (httpx.TransportError, ValueError):
        return Reached.SOMETHING_ELSE


def _is_ours(answer: httpx.Response) -> bool:
    """Whether the portal said that it is alive, or that it does not let this machine in (`allowed_networks`)."""
    told = answer.json()
    return told == {"status": "ok"} or (isinstance(told, dict) and told.get("code") == "refused_network")


def _why_not(error: BaseException | None) -> Reached:
    """The cause at the bottom of a connection that did not come about."""
    while error is not None:
        if isinstance(error, Unresolved):
            return Reached.NO_NAME
        if isinstance(error, ssl.SSLCertVerificationError):
            return Reached.BAD_CERTIFICATE
        if isinstance(error, ssl.SSLError):
            return Reached.NO_TLS
        error = error.__cause__ or error.__context__
    return Reached.NO_ROUTE
