"""Journal entries and live signals as fragments for open pages, written once for each language and class of reader."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from functools import partial

from medianest.core.actor import Actor, Permission
from medianest.core.db import Database
from medianest.core.journal import Entry
from medianest.core.live import Signal
from medianest.downloads import queries
from medianest.downloads.events import DownloadJoined, DownloadMoved
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.lists.expander import SIGNAL as LIST_SIGNAL
from medianest.downloads.lists.rights import sees_list
from medianest.downloads.service import Downloads
from medianest.downloads.types import Download, State, Tick
from medianest.downloads.workers import SIGNAL
from medianest.http import sse
from medianest.http.hub import News
from medianest.plex.titles.service import Titles
from medianest.plex.titles.types import SIGNAL as PLEX_SIGNAL
from medianest.web import inbox_news, services_live
from medianest.web.frame import Frame
from medianest.web.lines import moving
from medianest.web.news import is_gone, news_view, relation_to
from medianest.web.playlists import list_row
from medianest.web.plex_marks import marks
from medianest.web.request_news import ANEW, class_of, concerns_requests, is_told, toast
from medianest.web.rows import tally
from medianest.web.templating import Templates

_TITLES_KEPT = 256
_SUBJECT = "download"
_SITE = "site"
_LIST = "playlist"
_ARRIVED = sse.message("downloads", event="arrived")
_OF_LISTS = frozenset({DownloadMoved.kind, DownloadJoined.kind})


class LiveWriter:
    """Writes news as messages without a name, which htmx swaps in by their partials (see `http.hub.Writer`)."""

    def __init__(self, db: Database, downloads: Downloads, in_plex: Titles, templates: Templates) -> None:
        self._db = db
        self._downloads = downloads
        self._in_plex = in_plex
        self._templates = templates
        self._titles: OrderedDict[str, str] = OrderedDict()

    def view(self, actor: Actor, news: News) -> Hashable:
        """Progress is the same for all; the rest differs by what somebody is to the download.

        Who does not see the whole household counts otherwise than everybody else, and is a class of one. So is anybody
        but an administrator where there is a Plex server, for each sees other things there.
        """
        if concerns_requests(news):
            return class_of(actor, news)
        if inbox_news.is_told(news):
            return inbox_news.view(actor)
        if isinstance(news, Signal):
            own = news.kind in (SIGNAL, LIST_SIGNAL, PLEX_SIGNAL)
            return news.kind if own else services_live.view(news)
        alone = None if actor.may(Permission.SEE_HOUSEHOLD) else actor.id
        if _concerns_lists(news):
            return _SITE, alone
        if news.subject_type != _SUBJECT:
            return None
        if self._in_plex.is_connected and not actor.is_admin:
            alone = actor.id
        return relation_to(news, actor.id, is_admin=actor.is_admin), alone

    async def write(self, actor: Actor, news: News) -> bytes | None:
        if concerns_requests(news):
            return self._asked(actor, news)
        if inbox_news.is_told(news):
            return await inbox_news.written(self._db, actor, self._say)
        if isinstance(news, Signal):
            if services_live.view(news):
                return services_live.written(news, partial(self._say, actor))
            return await self._passing(actor, news)
        if _concerns_lists(news):
            return await self._anew(actor, news)
        self._titles.pop(news.subject_id, None)
        download = None if is_gone(news) else await self._db.read(queries.by_id, news.subject_id)
        counts = await self._db.read(queries.counts, actor)
        came = download is None or download.state is State.COMPLETED
        if download is None:
            told = self._say(actor, "queue/_gone.html", {"gone": news.subject_id, "counts": tally(counts)})
        else:
            who = relation_to(news, actor.id, is_admin=actor.is_admin)
            shown, there = self._downloads.with_progress(download), await marks(self._in_plex, actor, [download])
            view = news_view(shown, who, counts, kind=news.kind, in_plex=there.get(download.id))
            told = self._say(actor, "queue/_news.html", {"news": view}) + await self._list_of(actor, download)
        return (_ARRIVED if came else b"") + sse.message(told, id=news.id)

    async def _anew(self, actor: Actor, news: Entry) -> bytes:
        """Many downloads changed, or their order: lists that are open read themselves anew (their `hx-trigger`)."""
        counts = await self._db.read(queries.counts, actor)
        told = self._say(actor, "queue/_counts.html", {"counts": tally(counts)})
        return sse.message("lists", event="anew") + sse.message(told, id=news.id)

    def _asked(self, actor: Actor, news: News) -> bytes:
        """What shows requests reads itself anew."""
        if isinstance(news, Signal):
            return sse.message(ANEW, event=ANEW)
        told = self._say(actor, "_toast.html", {"toast": toast(news)}) if is_told(actor, news) else ""
        return sse.message(ANEW, event=ANEW) + sse.message(told, id=news.id)

    async def resync(self, actor: Actor) -> bytes:
        """The page reads itself anew."""
        return sse.message("anew", event="reset")

    async def _passing(self, actor: Actor, signal: Signal) -> bytes | None:
        """What is new in Plex is asked for by the shelves that are open: each person sees other things there."""
        if signal.kind == PLEX_SIGNAL:
            return sse.message("titles", event=PLEX_SIGNAL)
        return await (self._tick if signal.kind == SIGNAL else self._list)(actor, signal)

    async def _tick(self, actor: Actor, signal: Signal) -> bytes | None:
        title = await self._title(signal.subject_id)
        if title is None or not isinstance(signal.data, Tick):
            return None
        line = moving(signal.subject_id, title, signal.data.stage, signal.data.progress)
        return sse.message(self._say(actor, "queue/_tick.html", {"line": line}))

    async def _list(self, actor: Actor, signal: Signal) -> bytes | None:
        """How far a list is that is being queued."""
        told = await self._list_line(actor, signal.subject_id)
        return sse.message(told) if told else None

    async def _list_of(self, actor: Actor, download: Download) -> str:
        """How far the list is that it came from, as far as that may be seen."""
        return await self._list_line(actor, download.playlist_id) if download.playlist_id else ""

    async def _list_line(self, actor: Actor, id: str) -> str:
        playlist = await self._db.read(playlist_queries.by_id, id)
        if playlist is None or not sees_list(actor, playlist):
            return ""
        return self._say(actor, "playlist/_tick.html", {"row": list_row(playlist, actor)})

    async def _title(self, id: str) -> str | None:
        """The title of a download, remembered until something happens to it."""
        if id not in self._titles:
            download = await self._db.read(queries.by_id, id)
            if download is None:
                return None
            self._titles[id] = download.title
            while len(self._titles) > _TITLES_KEPT:
                self._titles.popitem(last=False)
        return self._titles[id]

    def _say(self, actor: Actor, template: str, values: Mapping[str, object]) -> str:
        """Without a token: the same bytes go to many, whose pages send it in a header."""
        page = Frame(language=actor.language)
        return self._templates.render(template, actor.language, {"page": page, **values})


def _concerns_lists(news: Entry) -> bool:
    return news.subject_type in (_SITE, _LIST) or news.kind in _OF_LISTS
