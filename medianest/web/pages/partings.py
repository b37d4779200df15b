"""Admin: signing somebody out everywhere, suspending them, letting them go; each after a question."""

from litestar.params import FromPath

from medianest.accounts.types import User, UserChange
from medianest.core.i18n import Message, msg
from medianest.downloads import queries
from medianest.downloads.types import Estate
from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.pages.question import QuestionView, ask


async def ask_sign_out(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Whether all their devices should be signed out."""
    user = await services.accounts.people.one(reader.asking.actor, id)
    return ask(reader, frame, Place.ADMIN, _question(user, "sign-out", msg("web.parting.sign_out_line")))


async def sign_out(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Sign all their devices out."""
    await services.accounts.people.sign_out_everywhere(reader.asking.actor, id)
    return htmx.go(reader, f"/admin/people/{id}")


async def ask_suspend(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Whether they should be locked out for now."""
    user = await services.accounts.people.one(reader.asking.actor, id)
    lines = (msg("web.parting.suspend_line"), msg("web.parting.suspend_kept"))
    return ask(reader, frame, Place.ADMIN, _question(user, "suspend", *lines))


async def suspend(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Lock them out until somebody lets them in again."""
    await services.accounts.people.change(reader.asking.actor, id, UserChange(suspended=True))
    return htmx.go(reader, f"/admin/people/{id}")


async def restore(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Let them in again."""
    await services.accounts.people.change(reader.asking.actor, id, UserChange(suspended=False))
    return htmx.go(reader, f"/admin/people/{id}")


async def ask_remove(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Whether they should go, and what becomes of their things."""
    actor = reader.asking.actor
    user = await services.accounts.people.one(actor, id)
    estate = await services.db.read(queries.estate, id)
    by_plex = await services.by_plex.door.identity(id) is not None
    return ask(reader, frame, Place.ADMIN, removal(user, estate, is_me=user.id == actor.id, by_plex=by_plex))


async def remove(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Let them go."""
    await services.accounts.people.remove(reader.asking.actor, id)
    return htmx.go(reader, "/admin/people")


def removal(user: User, estate: Estate, *, is_me: bool, by_plex: bool = False) -> QuestionView:
    """The question before somebody is let go, with what they leave behind; `by_plex` they could come back."""
    rest = estate.total - estate.followed
    lines = [msg("web.parting.remove_ends")]
    if estate.followed:
        lines.append(msg("web.parting.remove_followed", n=estate.followed))
    if rest:
        lines.append(msg("web.parting.remove_rest_other" if is_me else "web.parting.remove_rest", n=rest))
    if by_plex:
        lines.append(msg("web.parting.remove_plex"))
    return _question(user, "remove", *lines, msg("web.parting.remove_journal"), msg("web.parting.remove_final"))


def _question(user: User, act: str, *lines: Message) -> QuestionView:
    word = act.replace("-", "_")
    return QuestionView(
        title=msg(f"web.parting.{word}_title", name=user.display_name),
        lines=lines,
        path=f"/admin/people/{user.id}/{act}",
        button=msg(f"web.parting.{word}"),
        back=f"/admin/people/{user.id}",
    )
