"""A question before something that is not easily undone: a sheet over the page, or a page of its own."""

from dataclasses import dataclass, replace

from medianest.core.i18n import Message
from medianest.web import htmx
from medianest.web.choices import Choice
from medianest.web.frame import Frame, Place
from medianest.web.htmx import Html, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is chosen together with the answer, as a field of its form."""

    name: str
    label: Message
    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """What would happen, line by line, and the way to do it or not."""

    title: Message
    lines: tuple[Message, ...]
    path: str
    button: Message
    back: str
    danger: bool = True
    choices: Choices | None = None


def ask(reader: Reader, frame: Frame, place: Place, view: QuestionView) -> Html:
    """The question, as the reader's browser takes it."""
    if reader.by_htmx:
        return htmx.fragment(reader, "question/_sheet.html", {"view": view})
    return htmx.page(reader, replace(frame, place=place), "question/page.html", view)
