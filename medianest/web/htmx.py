"""Answers of the HTML face: whole pages, fragments, toasts, and ways to go; every htmx 4 header lives here.

A page works without script: a form is answered by a page or by a redirect. htmx asks for the same and gets fragments;
it swaps answers of any status, reads `<hx-partial>` elements wherever they lead, and follows HX-Redirect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response

from medianest.core.actor import Permission
from medianest.core.i18n import Message, direction
from medianest.http.asking import Asking, asking_of
from medianest.http.base_path import without
from medianest.web.frame import Frame, avatar, theme_of
from medianest.web.templating import Templates

AnyRequest = Request[Any, Any, Any]
Html = Response[bytes]
HTML = "text/html"
_VARY = {"Vary": "HX-Request"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever asks for a page, with the templates that speak to them."""

    request: AnyRequest
    templates: Templates

    @property
    def asking(self) -> Asking:
        return asking_of(self.request)

    @property
    def by_htmx(self) -> bool:
        """Whether htmx asks, and takes fragments."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def came_from(self) -> str | None:
        """The path of our page on which this was asked for, where the browser tells."""
        told = self.request.headers.get("hx-current-url") or self.request.headers.get("referer")
        if not told:
            return None
        try:
            url = urlsplit(told)
        except ValueError:
            return None
        path = without(self.templates.base_path, url.path)
        return f"{path}?{url.query}" if url.query else path

    def frame(self) -> Frame:
        """The frame around a page of this reader, at no place yet."""
        actor = self.asking.actor
        return Frame(
            language=actor.language,
            direction=direction(actor.language),
            theme=theme_of(self.request.cookies),
            csrf_token=self.asking.form_token(),
            avatar=avatar(actor) if actor.id else None,
            may_administer=actor.is_admin,
            may_download=actor.may(Permission.DOWNLOAD),
            may_ask=actor.may(Permission.REQUEST),
            here=(self.came_from or "/") if self.by_htmx else self.request.scope["path"],
        )

    def tell(self, message: Message) -> str:
        """A message in this reader's language, for what is no template."""
        return self.templates.tell(message, self.asking.actor.language)

    def say(self, template: str, values: Mapping[str, object]) -> str:
        return self.templates.render(template, self.asking.actor.language, values)


def page(reader: Reader, frame: Frame, template: str, view: object, *, status: int = HTTPStatus.OK) -> Html:
    """A whole page."""
    return _html(reader.say(template, {"page": frame, "view": view}), status)


def fragment(reader: Reader, template: str, values: Mapping[str, object], *, status: int = HTTPStatus.OK) -> Html:
    """A part of a page, for htmx; `values` come with the `page` that a part may ask for its token."""
    return _html(reader.say(template, {"page": reader.frame(), **values}), status)


def toast(reader: Reader, sentence: Message, *, good: bool = True, status: int = HTTPStatus.OK) -> Html:
    """A sentence that appears and leaves, and nothing else."""
    return fragment(reader, "_toast.html", {"toast": Toast(sentence=sentence, good=good)}, status=status)


def told(reader: Reader, event: str, toast: "Toast | None" = None) -> Html:
    """Nothing to swap in but a toast, perhaps; what listens on the page hears the event."""
    answer = fragment(reader, "_toast.html", {"toast": toast}) if toast else _html("", HTTPStatus.OK)
    answer.headers["HX-Trigger"] = event
    return answer


def go(reader: Reader, path: str) -> Html:
    """Send the reader to one of our pages, after a form or instead of a page."""
    address = reader.templates.href(path)
    if reader.by_htmx:
        return Response(b"", status_code=HTTPStatus.OK, headers={"HX-Redirect": address, **_VARY}, media_type=HTML)
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers={"Location": address, **_VARY}, media_type=HTML)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """A sentence, and where it leads if it leads anywhere."""

    sentence: Message
    good: bool = True
    link: str | None = None
    label: Message | None = None


def _html(content: str, status: int) -> Html:
    return Response(content.encode(), status_code=status, headers=dict(_VARY), media_type=HTML)
