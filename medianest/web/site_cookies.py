"""What a page says of a site's cookies, and the form by which an administrator gives them."""

from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message, msg
from medianest.downloads.sites.cookies import Use
from medianest.downloads.sites.queries import CookieFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class CookiesView:
    """What may be told of them; `state` is the shape before the word for how they fare."""

    state: str
    standing: Message
    number: Message
    set_at: datetime
    accepted_at: datetime | None
    refused_at: datetime | None
    runs_out_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseChoice:
    """One way to use them."""

    value: str
    label: Message
    about: Message
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CookiesForm:
    """Where the page is of no certain site, `name` is what stands in its field; cookies never come back."""

    path: str
    uses: tuple[UseChoice, ...]
    are_there: bool
    name: str | None = None
    name_error: Message | None = None
    error: Message | None = None

    @classmethod
    def of_site(cls, site: str, facts: CookieFacts | None, *, error: Message | None = None) -> "CookiesForm":
        use = facts.use if facts else Use.WHEN_NEEDED
        path = f"/admin/sites/{site}/cookies"
        return cls(path=path, uses=_choices(use), are_there=facts is not None, error=error)

    @classmethod
    def of_any_site(
        cls,
        name: str = "",
        use: Use = Use.WHEN_NEEDED,
        *,
        name_error: Message | None = None,
        error: Message | None = None,
    ) -> "CookiesForm":
        return cls(
            path="/admin/sites",
            uses=_choices(use),
            are_there=False,
            name=name,
            name_error=name_error,
            error=error,
        )


def cookies_view(facts: CookieFacts | None) -> CookiesView | None:
    """How the cookies of a site fare."""
    if facts is None:
        return None
    state, word = _standing(facts)
    return CookiesView(
        state=state,
        standing=msg(f"web.cookies.{word}"),
        number=msg("web.cookies.number", n=facts.number),
        set_at=facts.set_at,
        accepted_at=facts.accepted_at,
        refused_at=facts.refused_at,
        runs_out_at=facts.runs_out_at,
    )


def _standing(facts: CookieFacts) -> tuple[str, str]:
    if facts.refused_at:
        return "down", "refused"
    if facts.use is Use.NEVER:
        return "paused", "unused"
    return ("up", "accepted") if facts.accepted_at else ("pending", "untried")


def _choices(chosen: Use) -> tuple[UseChoice, ...]:
    return tuple(
        UseChoice(
            value=use,
            label=msg(f"web.cookies.use_{use}"),
            about=msg(f"web.cookies.about_{use}"),
            chosen=use is chosen,
        )
        for use in (Use.WHEN_NEEDED, Use.ALWAYS, Use.NEVER)
    )
