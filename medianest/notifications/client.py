"""Posts a message to an address that a person named, and reads from the answer whether it was taken."""

from collections.abc import Collection, Mapping

import httpx

from medianest.core.i18n import msg
from medianest.core.outbound import AddressPolicy, HostPort, Refused
from medianest.core.outbound.clients import CallLimits, Fault, client, fault_of, outcome, usual_tls
from medianest.notifications.transport import Undelivered

_LIMITS = CallLimits(connect_s=5.0, first_byte_s=10.0, total_s=15.0, body_bytes=16 * 1024)


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow: frozenset[HostPort],
    final: Collection[int],
    gone: Collection[int],
) -> str:
    """What was answered, in a line; `allow` are the private hosts that may be connected to.

    Raises Undelivered, which no retry helps after the statuses in `final` and a redirect, and which says that there is
    nobody any more after those in `gone`.
    """
    try:
        async with client(AddressPolicy.typed(allow), limits=_LIMITS, verify=usual_tls()) as http:
            answer = await http.post(url, content=body, headers=dict(headers))
    except (httpx.TransportError, Refused) as error:
        is_refused = isinstance(error, Refused)
        fault = Fault.NAME if is_refused else fault_of(error)
        raise Undelivered(msg(f"notifications.fault_{fault}"), answer=str(error), is_final=is_refused) from error
    said = f"{answer.status_code} {answer.reason_phrase}".strip()
    if answer.is_success:
        return said
    learnt, words = outcome(answer), " ".join(answer.text.split())
    raise Undelivered(
        msg("notifications.refused", status=answer.status_code),
        answer=f"{said}: {words}" if words else said,
        ended=learnt.ended,
        is_final=answer.status_code in final or answer.is_redirect,
        is_gone=answer.status_code in gone,
        retry_after_s=learnt.retry_after_s,
    )
