"""Adding an e-mail address, and the pages of the links in letters: confirming one, and being left alone by one.

Those links need no signing in. Opening them changes nothing, for programs that look at letters open links, too.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar.params import FromPath

from medianest.core.errors import Invalid
from medianest.core.i18n import Message, msg
from medianest.notifications.letter_links import CONFIRM, LEAVE, NoSuchLink
from medianest.web import channel_rows, forms, htmx
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.channels import ChannelView
from medianest.web.pages.notifications import PATH, at_its_place, view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """The question of a link, which `button` answers; without one it is over. `address` is veiled."""

    heading: Message
    text: Message
    path: str
    address: str = ""
    button: Message | None = None
    more: str = PATH


async def add(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Ask there whether it is theirs, and show how that letter went."""
    form, frame = await forms.read(request), at_its_place(frame)
    address = form.text("address")
    try:
        channel, sent = await services.telling.addresses.add(reader.asking.actor, address)
    except Invalid as error:
        wrong = forms.wrong(error, "address")
        view = replace(await view_of(reader, services), address=address, address_error=wrong)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "notifications/page.html", view, status=status)
    made = ChannelView(channel=channel_rows.channel_row(channel), deliveries=(), trial=sent)
    return htmx.page(reader, frame, "notifications/channel.html", made)


async def show_confirm(reader: CurrentReader, services: TheServices, word: FromPath[str]) -> Html:
    """Whether the address is theirs."""
    try:
        channel = await services.telling.addresses.asked(word)
    except NoSuchLink as error:
        return _over(reader, error)
    return _page(reader, confirmed() if channel.confirmed_at else confirm_question(word, channel.label))


async def confirm(reader: CurrentReader, services: TheServices, word: FromPath[str]) -> Html:
    """It is."""
    try:
        await services.telling.addresses.confirm(reader.asking.actor, word)
    except NoSuchLink as error:
        return _over(reader, error)
    return _page(reader, confirmed())


async def show_leave(reader: CurrentReader, services: TheServices, word: FromPath[str]) -> Html:
    """Whether nothing more is to be sent there."""
    try:
        channel = await services.telling.addresses.left(word)
    except NoSuchLink as error:
        return _over(reader, error)
    return _page(reader, leave_question(word, channel.label) if channel else left())


async def leave(reader: CurrentReader, services: TheServices, word: FromPath[str]) -> Html:
    """Nothing more is sent there; mail programs ask for it, too, without a page of ours (RFC 8058)."""
    try:
        await services.telling.addresses.leave(reader.asking.actor, word)
    except NoSuchLink as error:
        return _over(reader, error)
    return _page(reader, left())


def confirm_question(word: str, address: str) -> LinkView:
    heading, text = msg("web.letters.confirm"), msg("web.letters.confirm_about")
    button = msg("web.letters.confirm_do")
    return LinkView(heading=heading, text=text, path=f"{CONFIRM}/{word}", address=address, button=button)


def confirmed() -> LinkView:
    return LinkView(heading=msg("web.letters.confirmed"), text=msg("web.letters.confirmed_about"), path=CONFIRM)


def leave_question(word: str, address: str) -> LinkView:
    heading, text = msg("web.letters.leave"), msg("web.letters.leave_about")
    return LinkView(
        heading=heading, text=text, path=f"{LEAVE}/{word}", address=address, button=msg("web.letters.leave_do")
    )


def left() -> LinkView:
    return LinkView(heading=msg("web.letters.left"), text=msg("web.letters.left_about"), path=LEAVE)


def over(text: Message) -> LinkView:
    return LinkView(heading=msg("web.letters.over"), text=text, path=LEAVE)


def _over(reader: Reader, error: NoSuchLink) -> Html:
    return _page(reader, over(error.message), HTTPStatus.NOT_FOUND)


def _page(reader: Reader, view: LinkView, status: HTTPStatus = HTTPStatus.OK) -> Html:
    return htmx.page(reader, reader.frame(), "notifications/letter_link.html", view, status=status)
