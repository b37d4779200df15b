"""What a pasted link is, and queueing it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar import Response
from litestar.params import FromPath

from medianest.core.errors import Forbidden, MediaNestError, Unauthenticated
from medianest.core.i18n import Message, msg
from medianest.downloads.presets import Offer
from medianest.downloads.types import ErrorCode, Preview
from medianest.http import cookies
from medianest.http.errors import retry_after
from medianest.http.ranges import file_response
from medianest.web import forms, htmx
from medianest.web.errors import status_of
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader, Toast
from medianest.web.media_types import media_type
from medianest.web.presets import preset_name
from medianest.web.quotas import Meter, meters, no_room

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_PRESET = "preset"
_HINTED = frozenset(ErrorCode) - {ErrorCode.QUOTA_EXCEEDED}  # at the door its own sentence says it all


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One quality to choose, and about how large it will be."""

    name: str
    label: Message
    size: int | None
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """What a link is; `duplicate` is the page of the download that brought it already."""

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
    entry_count: int | None
    duplicate: str | None
    presets: tuple[Choice, ...]
    room: tuple[Meter, ...] = ()
    no_room: Message | None = None

    @property
    def may_queue(self) -> bool:
        return self.entry_count is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a link is not taken."""

    address: str
    sentence: Message
    hint: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What there is to say of a link: one of the two."""

    preview: PreviewView | None = None
    refusal: Refusal | None = None


async def look(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Find out what a link is, and show it with one button."""
    link = link_in((await forms.read(request)).text("url"))
    try:
        found = await services.downloads.preview(reader.asking.actor, link)
    except MediaNestError as error:
        return _refused(reader, frame, link, error)
    offers = services.downloads.presets(reader.asking.actor)
    view = preview_view(found, offers, remembered=request.cookies.get(_PRESET))
    return _told(reader, frame, link, LinkView(preview=view))


async def queue(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Queue a link; the quality is the next one's default."""
    form = await forms.read(request)
    link = link_in(form.text("url"))
    preset = form.text("preset") or None
    try:
        download, is_new = await services.downloads.enqueue(
            reader.asking.actor, link, preset=preset, preview_id=form.text("preview_id") or None
        )
    except MediaNestError as error:
        return _refused(reader, frame, link, error)
    path = f"/downloads/{download.id}"
    sentence = msg("web.preview.queued" if is_new else "web.preview.known", title=download.title)
    toast = Toast(sentence=sentence, link=path, label=msg("web.toast.look"))
    shown = htmx.fragment(reader, "queue/_queued.html", {"toast": toast}) if reader.by_htmx else htmx.go(reader, path)
    shown.set_cookie(cookies.preference(_PRESET, download.preset, reader.asking))
    return shown


async def picture(
    request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]
) -> Response[bytes]:
    """The picture of a preview that this person asked for."""
    path = await services.downloads.preview_picture(reader.asking.actor, id)
    return await file_response(request, path, media_type=media_type(path))


def link_in(text: str) -> str:
    """The first link in what was pasted; apps share links with words around them."""
    found = _LINK.search(text)
    return found[0] if found else text


def preview_view(preview: Preview, offers: Sequence[Offer], *, remembered: str | None) -> PreviewView:
    """`remembered` is the name of the preset that was chosen last time, if it is still offered."""
    known = any(offer.name == remembered for offer in offers)
    return PreviewView(
        id=preview.id,
        url=preview.url,
        address=_without_scheme(preview.url),
        title=preview.title,
        site=preview.site,
        picture=f"/previews/{preview.id}/picture" if preview.has_picture else None,
        tone=preview.tone,
        duration_s=preview.duration_s,
        estimated_bytes=preview.estimated_bytes,
        is_live=preview.is_live,
        entry_count=(preview.entry_count or 0) if preview.is_playlist else None,
        duplicate=f"/downloads/{preview.duplicate_of}" if preview.duplicate_of else None,
        presets=tuple(
            Choice(
                name=offer.name,
                label=preset_name(offer.name, offer.label),
                size=preview.bytes_by_preset.get(offer.name),
                chosen=offer.name == remembered if known else offer.is_default,
            )
            for offer in offers
        ),
        room=meters(preview.standings),
        no_room=no_room(preview.standings, preview.estimated_bytes),
    )


def refusal(link: str, error: MediaNestError) -> Refusal:
    """An error about a link, with the hint that goes with the queue's own codes."""
    hint = msg(f"downloads.hint.{error.code}") if error.code in _HINTED else None
    return Refusal(address=_without_scheme(link), sentence=error.message, hint=hint)


def _refused(reader: Reader, frame: PageFrame, link: str, error: MediaNestError) -> Html:
    if isinstance(error, Unauthenticated | Forbidden):
        raise error
    shown = _told(reader, frame, link, LinkView(refusal=refusal(link, error)), status=status_of(error))
    shown.headers.update(retry_after(error))
    return shown


def _told(reader: Reader, frame: PageFrame, link: str, view: LinkView, *, status: int = HTTPStatus.OK) -> Html:
    if reader.by_htmx:
        return htmx.fragment(reader, "queue/_answer.html", {"view": view}, status=status)
    return htmx.page(reader, replace(frame, place=Place.QUEUE, link=link), "queue/link.html", view, status=status)


def _without_scheme(link: str) -> str:
    return link.partition("://")[2] or link
