"""What the floor refuses before a handler sees it.

The faces give these their own statuses: `Malformed` 400, `TooSlow` 408, `RefusedHost` 421, `HeadTooLarge` 431,
`RangeNotThere` is answered as 416 by the file answer itself.
"""

import math
from datetime import timedelta

from medianest.core.errors import Forbidden, Invalid, MediaNestError, TooLarge, TooMany

_PAUSE = timedelta(seconds=30)


class Malformed(Invalid):
    """The request is not what HTTP allows, or says the same thing twice."""

    default_code = "malformed"


class TooSlow(Invalid):
    """The body took longer to arrive than a body may."""

    default_code = "too_slow"


class RefusedHost(Invalid):
    """The request names a host that is not ours."""

    default_code = "refused_host"


class RefusedNetwork(Forbidden):
    """The request comes from an address that nobody let in."""

    default_code = "refused_network"


class HeadTooLarge(TooLarge):
    """More, or longer, header fields than are read."""

    default_code = "head_too_large"


def retry_after(error: Exception) -> dict[str, str]:
    """The header that says when to come back, where there is such a time; who is too fast is always told one."""
    if not isinstance(error, MediaNestError):
        return {}
    pause = error.retry_after or (_PAUSE if isinstance(error, TooMany) else None)
    return {"Retry-After": str(max(1, math.ceil(pause.total_seconds())))} if pause else {}
