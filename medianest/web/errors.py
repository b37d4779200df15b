"""What can go wrong, as a page, a toast, or the way to the sign-in page."""

from dataclasses import dataclass

from medianest.core.i18n import Message, msg

_RETRYABLE = frozenset({"internal", "unavailable", "too_many"})
_HOMELESS = frozenset({"host"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """A page for what went wrong; `word` names the request in the log, `line` belongs into the settings."""

    title: Message
    text: Message
    line: str | None = None
    word: str | None = None
    may_retry: bool = False
    may_go_home: bool = True


def error_view(
    kind: str, *, text: Message | None = None, line: str | None = None, word: str | None = None
) -> ErrorView:
    return ErrorView(
        title=msg(f"web.errors.{kind}_title"),
        text=text or msg(f"web.errors.{kind}"),
        line=line,
        word=word,
        may_retry=kind in _RETRYABLE,
        may_go_home=kind not in _HOMELESS,
    )
