"""Somebody's own page: devices, tokens, looks."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from litestar.datastructures import Cookie
from litestar.params import FromPath

from medianest.accounts.types import Session, Token
from medianest.core.errors import Forbidden, Invalid, Unauthenticated
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.devices import device
from medianest.web.frame import THEME, Place, Theme, theme_of
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.sign_in import let_in

_YEAR_S = 365 * 24 * 3600
_ICONS = {Theme.AUTO: "phone", Theme.LIGHT: "sun", Theme.DARK: "moon"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A device on which somebody is signed in."""

    id: str
    icon: str
    device: Message
    address: str
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
    """The account page; `languages` is empty where there is only one."""

    name: str
    role: Message
    sessions: tuple[SessionRow, ...]
    tokens: tuple[TokenRow, ...]
    themes: tuple[ThemeChoice, ...]
    languages: tuple[LanguageChoice, ...]
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


async def change_looks(request: AnyRequest, reader: CurrentReader) -> Html:
    """Keep the theme, in this browser."""
    theme = (await forms.read(request)).choice("theme", Theme) or Theme.AUTO
    gone = htmx.go(reader, "/account")
    gone.set_cookie(Cookie(key=THEME, value=theme, max_age=_YEAR_S, httponly=True, samesite="lax"))
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
    return AccountView(
        name=me.display_name,
        role=msg(f"web.account.role_{me.role}"),
        sessions=tuple(session_row(session, here=actor.session_id) for session in sessions),
        tokens=tuple(token_row(token) for token in tokens),
        themes=themes(theme_of(reader.request.cookies)),
        languages=(),
    )


def session_row(session: Session, *, here: str | None) -> SessionRow:
    known = device(session.user_agent)
    return SessionRow(
        id=session.id,
        icon=known.icon,
        device=known.name,
        address=session.address or "",
        seen_at=session.last_seen_at,
        is_this=session.id == here,
        end_path=f"/account/sessions/{session.id}/end",
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
