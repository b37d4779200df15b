"""What an open board hears: each beat at once, and, when something was written down, that it should look again."""

from collections.abc import Callable, Mapping

from medianest.core.live import Signal
from medianest.http import sse
from medianest.status.service import BEAT, LINK, WRITTEN, BeatTick
from medianest.web.services import now_of

_ANEW = sse.message("services", event="services")


def view(news: Signal) -> str | None:
    """It is the same for everybody who is shown the service."""
    return news.kind if news.kind in (BEAT, LINK, WRITTEN) else None


def written(news: Signal, say: Callable[[str, Mapping[str, object]], str]) -> bytes:
    """A beat is one fragment; where an outage begins or ends, or the link is another one, the page is, too."""
    if not isinstance(news.data, BeatTick):
        return _ANEW
    service = news.data.service
    return sse.message(say("status/_beat.html", {"now": now_of(service, service.monitor.state)}))
