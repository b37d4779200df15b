"""What a pasted link is, and queueing it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from litestar import Response
from litestar.params import FromPath

from medianest.core.actor import Permission
from medianest.core.errors import Forbidden, MediaNestError, Unauthenticated
from medianest.core.i18n import Message, msg
from medianest.downloads.links.pasted import LINKS_MOST, links_in
from medianest.downloads.presets import Offer
from medianest.downloads.types import ErrorCode, Preview
from medianest.http import cookies
from medianest.http.errors import retry_after
from medianest.http.ranges import file_response
from medianest.status.types import Function
from medianest.web import forms, htmx
from medianest.web.errors import status_of
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader, Toast
from medianest.web.list_preview import ListPreview, list_preview
from medianest.web.media_types import media_type
from medianest.web.outages import FunctionDown, wanted
from medianest.web.plex_marks import in_plex
from medianest.web.presets import REMEMBERED, PresetChoice, preset_choices
from medianest.web.quotas import Meter, meters, no_room
from medianest.web.several import Several, queued_view, several_view, without_scheme

_HINTED = frozenset(ErrorCode) - {ErrorCode.QUOTA_EXCEEDED}  # at the door its own sentence says it all


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """What a link is; `duplicate` is the page of the download that brought it already.

    `playlist` is the list that the link names, too, `in_plex` the page of what is the same on the Plex server.
    """

    id: str
    url: str
    address: str
    title: str
    site: str
    picture: str | None
    tone: int | None
    duration_s: float | None
    estimated_bytes: int | None
    is_live: bool
    begins_at: datetime | None
    playlist: str | None
    duplicate: str | None
    presets: tuple[PresetChoice, ...]
    room: tuple[Meter, ...] = ()
    no_room: Message | None = None
    in_plex: str | None = None


_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S|\S+\.\S*[/:]|\S+\.[a-z]{2,}$", re.IGNORECASE)
"""How an address begins that lacks its `https://`, or has another beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a link is not taken."""

    address: str
    sentence: Message
    hint: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What there is to say of what was pasted: one of these; `down` is why nobody could look at it."""

    preview: PreviewView | None = None
    listing: ListPreview | None = None
    several: Several | None = None
    refusal: Refusal | None = None
    down: FunctionDown | None = None

    @property
    def told(self) -> Message:
        """In a sentence."""
        if self.refusal:
            return self.refusal.sentence
        if self.several:
            return self.several.title
        found = self.preview or self.listing
        return msg("web.preview.found", title=found.title if found else "")


async def look(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Find out what a link is, and show it with one button; several, or what nobody can look at now, line by line."""
    actor, form = reader.asking.actor, await forms.read(request)
    text = form.text("url") or form.text("q")
    if is_title(text) and actor.may(Permission.REQUEST):
        return htmx.go(reader, f"/ask?{urlencode({'q': text})}")
    remembered = request.cookies.get(REMEMBERED)
    offers = services.downloads.presets(actor)
    links = links_in(text)
    offline = wanted(services, actor, Function.DOWNLOADS)
    if len(links) > 1 or (links and offline):
        judged = await services.downloads.several.judge(actor, links[:LINKS_MOST])
        presets = preset_choices(offers, {}, remembered=remembered)
        view = LinkView(several=several_view(judged, presets, left_out=len(links[LINKS_MOST:])), down=offline)
        return told(reader, frame, text, view)
    link = links[0] if links else text
    try:
        found = await services.downloads.preview(actor, link)
    except MediaNestError as error:
        return refused(reader, frame, link, error)
    view = link_view(found, offers, remembered=remembered)
    if view.preview:
        there = await in_plex(services.titles, actor, found.title, found.duration_s)
        view = replace(view, preview=replace(view.preview, in_plex=there))
    return told(reader, frame, link, view)


async def queue(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Queue a link; the quality is the next one's default."""
    form = await forms.read(request)
    link = form.text("url")
    preset = form.text("preset") or None
    try:
        download, is_new = await services.downloads.enqueue(
            reader.asking.actor, link, preset=preset, preview_id=form.text("preview_id") or None
        )
    except MediaNestError as error:
        return refused(reader, frame, link, error)
    path = f"/downloads/{download.id}"
    sentence = msg("web.preview.queued" if is_new else "web.preview.known", title=download.title)
    toast = Toast(sentence=sentence, link=path, label=msg("web.toast.look"))
    shown = htmx.fragment(reader, "queue/_queued.html", {"toast": toast}) if reader.by_htmx else htmx.go(reader, path)
    shown.set_cookie(cookies.preference(REMEMBERED, download.preset, reader.asking))
    return shown


async def queue_several(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Queue several links, and tell what became of each; the quality is the next one's default."""
    form = await forms.read(request)
    links = form.many("url")[:LINKS_MOST]
    queued = await services.downloads.several.queue(reader.asking.actor, links, preset=form.text("preset") or None)
    shown = told(reader, frame, "", LinkView(several=queued_view(queued)))
    if preset := form.text("preset"):
        shown.set_cookie(cookies.preference(REMEMBERED, preset, reader.asking))
    return shown


async def paste_several(reader: CurrentReader, frame: PageFrame) -> Html:
    """A form for many links, which a box of one line is too small for."""
    return htmx.page(reader, replace(frame, place=Place.QUEUE), "queue/several.html", None)


async def picture(
    request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]
) -> Response[bytes]:
    """The picture of a preview that this person asked for."""
    path = await services.downloads.preview_picture(reader.asking.actor, id)
    return await file_response(request, path, media_type=media_type(path))


def is_title(text: str) -> bool:
    """Whether somebody types what a film is called, and no address."""
    return bool(text) and not links_in(text) and not _ADDRESS.match(text)


def link_view(preview: Preview, offers: Sequence[Offer], *, remembered: str | None) -> LinkView:
    if not preview.is_playlist:
        return LinkView(preview=preview_view(preview, offers, remembered=remembered))
    listing = list_preview(
        preview,
        address=without_scheme(preview.url),
        presets=preset_choices(offers, preview.bytes_by_preset, remembered=remembered),
        room=meters(preview.standings),
        no_room=no_room(preview.standings, None),
    )
    return LinkView(listing=listing)


def preview_view(preview: Preview, offers: Sequence[Offer], *, remembered: str | None) -> PreviewView:
    """`remembered` is the name of the preset that was chosen last time, if it is still offered."""
    return PreviewView(
        id=preview.id,
        url=preview.url,
        address=without_scheme(preview.url),
        title=preview.title,
        site=preview.site,
        picture=f"/previews/{preview.id}/picture" if preview.has_picture else None,
        tone=preview.tone,
        duration_s=preview.duration_s,
        estimated_bytes=preview.estimated_bytes,
        is_live=preview.is_live,
        begins_at=preview.begins_at,
        playlist=preview.playlist_url,
        duplicate=f"/downloads/{preview.duplicate_of}" if preview.duplicate_of else None,
        presets=preset_choices(offers, preview.bytes_by_preset, remembered=remembered),
        room=meters(preview.standings),
        no_room=no_room(preview.standings, preview.estimated_bytes),
    )


def refusal(link: str, error: MediaNestError) -> Refusal:
    """An error about a link, with the hint that goes with the queue's own codes."""
    hint = msg(f"downloads.hint.{error.code}") if error.code in _HINTED else None
    return Refusal(address=without_scheme(link), sentence=error.message, hint=hint)


def refused(reader: Reader, frame: PageFrame, link: str, error: MediaNestError) -> Html:
    if isinstance(error, Unauthenticated | Forbidden):
        raise error
    shown = told(reader, frame, link, LinkView(refusal=refusal(link, error)), status=status_of(error))
    shown.headers.update(retry_after(error))
    return shown


def told(reader: Reader, frame: PageFrame, link: str, view: LinkView, *, status: int = HTTPStatus.OK) -> Html:
    if reader.by_htmx:
        return htmx.fragment(reader, "queue/_answer.html", {"view": view}, status=status)
    return htmx.page(reader, replace(frame, place=Place.QUEUE, link=link), "queue/link.html", view, status=status)
