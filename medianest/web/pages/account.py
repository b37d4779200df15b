"""Somebody's own page: what others see, devices, tokens, looks and language, password."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from litestar.params import FromPath

from medianest.accounts.types import Session, Token, UserChange
from medianest.core.errors import Forbidden, Invalid, Unauthenticated
from medianest.core.i18n import Catalogues, Message, msg, own_name
from medianest.downloads.plans import usage
from medianest.http import cookies
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.devices import device, place
from medianest.web.frame import THEME, Place, Theme, theme_of
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.entering import let_in
from medianest.web.pages.plex_account import PlexLink, link_of
from medianest.web.pages.question import QuestionView, ask
from medianest.web.quotas import Meter, meters

_OTHERS = "/account/sessions/others"
_ICONS = {Theme.AUTO: "phone", Theme.LIGHT: "sun", Theme.DARK: "moon"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A device on which somebody is signed in."""

    id: str
    icon: str
    device: Message
    place: Message
    seen_at: datetime
    is_this: bool
    end_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token that a program uses in somebody's name."""

    id: str
    label: str
    scopes: tuple[Message, ...]
    created_at: datetime
    used_at: datetime | None
    revoke_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChoice:
    """One way to light the pages."""

    name: Theme
    label: Message
    icon: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice:
    """One language, by its own name."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """The account page; `languages` is empty where there is only one, `others_path` None where this is the only device.

    `name` is what one signs in with, `display_name` what others see. `usage` is empty where nothing is limited.
    """

    name: str
    display_name: str
    role: Message
    sessions: tuple[SessionRow, ...]
    tokens: tuple[TokenRow, ...]
    themes: tuple[ThemeChoice, ...]
    languages: tuple[LanguageChoice, ...]
    usage: tuple[Meter, ...] = ()
    plex: PlexLink | None = None
    others_path: str | None = None
    display_name_error: Message | None = None
    current_error: Message | None = None
    new_error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The account page."""
    view = await account_view(reader, services)
    return htmx.page(reader, replace(frame, place=Place.ACCOUNT), "account/page.html", view)


async def end_session(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Sign a device out."""
    await services.accounts.end_session(reader.asking.actor, id)
    return htmx.go(reader, "/account")


async def ask_others(reader: CurrentReader, frame: PageFrame) -> Html:
    """Whether all other devices should be signed out."""
    view = QuestionView(
        title=msg("web.account.others_title"),
        lines=(msg("web.account.others_line"),),
        path=_OTHERS,
        button=msg("web.account.others"),
        back="/account",
    )
    return ask(reader, frame, Place.ACCOUNT, view)


async def end_others(reader: CurrentReader, services: TheServices) -> Html:
    """Sign all devices out but this one."""
    actor = reader.asking.actor
    await services.accounts.people.sign_out_everywhere(actor, actor.id or "")
    return htmx.go(reader, "/account")


async def change_name(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Keep what others see."""
    wanted = (await forms.read(request)).text("display_name")
    actor = reader.asking.actor
    try:
        await services.accounts.people.change(actor, actor.id or "", UserChange(display_name=wanted))
    except Invalid as error:
        view = await account_view(reader, services)
        view = replace(view, display_name=wanted, display_name_error=error.message)
        frame = replace(frame, place=Place.ACCOUNT)
        return htmx.page(reader, frame, "account/page.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return htmx.go(reader, "/account")


async def change_looks(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Keep the theme in this browser, and the language wherever one signs in."""
    form = await forms.read(request)
    actor, spoken = reader.asking.actor, form.text("language")
    if "language" in form.values and spoken in ("", *services.catalogues.languages):
        await services.accounts.people.change(actor, actor.id or "", UserChange(language=spoken))
    gone = htmx.go(reader, "/account")
    theme = form.choice("theme", Theme) or Theme.AUTO
    gone.set_cookie(cookies.preference(THEME, theme, reader.asking))
    return gone


async def change_password(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Replace one's own password; all other devices are signed out."""
    form = await forms.read(request)
    asking = reader.asking
    try:
        opened = await services.accounts.change_password(
            asking.actor, form.raw("current"), form.raw("new"), asking.client()
        )
    except Invalid as error:
        view = replace(await account_view(reader, services), new_error=error.message)
    except (Unauthenticated, Forbidden) as error:
        view = replace(await account_view(reader, services), current_error=error.message)
    else:
        return let_in(reader, opened, "/account")
    frame = replace(frame, place=Place.ACCOUNT)
    return htmx.page(reader, frame, "account/page.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)


async def account_view(reader: Reader, services: Services) -> AccountView:
    actor = reader.asking.actor
    me = await services.accounts.me(actor)
    sessions = await services.accounts.list_sessions(actor)
    tokens = await services.accounts.list_tokens(actor)
    standings = await services.db.read(usage.standings, me.id)
    return AccountView(
        name=me.name,
        display_name=me.display_name,
        role=msg(f"web.account.role_{me.role}"),
        sessions=tuple(session_row(session, here=actor.session_id) for session in sessions),
        tokens=tuple(token_row(token) for token in tokens),
        themes=themes(theme_of(reader.request.cookies)),
        languages=languages(services.catalogues, me.language),
        usage=meters(standings),
        plex=await link_of(services, me.id),
        others_path=_OTHERS if len(sessions) > 1 else None,
    )


def languages(catalogues: Catalogues, chosen: str | None) -> tuple[LanguageChoice, ...]:
    """The languages that the portal speaks, each by its own name; none where there is no choice."""
    codes = catalogues.languages if len(catalogues.languages) > 1 else ()
    return tuple(LanguageChoice(code=code, name=own_name(code), chosen=code == chosen) for code in codes)


def session_row(session: Session, *, here: str | None, path: str = "/account/sessions") -> SessionRow:
    known = device(session.user_agent)
    return SessionRow(
        id=session.id,
        icon=known.icon,
        device=known.name,
        place=place(session.address),
        seen_at=session.last_seen_at,
        is_this=session.id == here,
        end_path=f"{path}/{session.id}/end",
    )


def token_row(token: Token) -> TokenRow:
    return TokenRow(
        id=token.id,
        label=token.label,
        scopes=tuple(msg(f"web.scope.{scope}") for scope in sorted(token.scopes)),
        created_at=token.created_at,
        used_at=token.last_used_at,
        revoke_path=f"/account/tokens/{token.id}/revoke",
    )


def themes(chosen: Theme) -> tuple[ThemeChoice, ...]:
    return tuple(
        ThemeChoice(name=theme, label=msg(f"web.looks.theme_{theme}"), icon=_ICONS[theme], chosen=theme is chosen)
        for theme in Theme
    )
