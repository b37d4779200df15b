"""Every page, form and file of the portal that a person can reach by following links."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

_LINKS = {"a": "href", "area": "href"}
_ASSETS = {
    "link": "href",
    "script": "src",
    "img": "src",
    "use": "href",
    "source": "src",
    "video": "src",
    "audio": "src",
}
_INPUTS = {"input", "select", "textarea", "button"}


@dataclass(slots=True, kw_only=True)
class Form:
    """A form as it stands in a page: where it goes and what it would send untouched."""

    page: str
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)

    def filled(self, **values: str) -> dict[str, str]:
        """What it sends when somebody has filled these fields, all of which it must have."""
        assert values.keys() <= self.fields.keys(), f"{self.action} has {sorted(self.fields)}"
        return self.fields | values


@dataclass(slots=True, kw_only=True)
class Page:
    """One answer, and what it refers to."""

    address: str
    status: int
    kind: str
    links: set[str] = field(default_factory=set)
    assets: set[str] = field(default_factory=set)
    forms: list[Form] = field(default_factory=list)


def read(response: httpx.Response) -> Page:
    """The page that an answer is."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    page = Page(address=str(response.url), status=response.status_code, kind=kind)
    if kind == "text/html":
        _Reader(page).feed(response.text)
    return page


def crawl(client: httpx.Client, start: str = "/") -> dict[str, Page]:
    """Every page by its path, from one on; answers that are files are pages without links."""
    pages: dict[str, Page] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        pages[path] = read(client.get(path, follow_redirects=True))
        waiting += _ours(client, pages[path].links)
    return pages


def assets(client: httpx.Client, pages: dict[str, Page]) -> set[str]:
    """The files that pages are made of."""
    return {path for page in pages.values() for path in _ours(client, page.assets)}


def _ours(client: httpx.Client, addresses: set[str]) -> Iterator[str]:
    for address in sorted(addresses):
        parts = urlsplit(urldefrag(address).url)
        if parts.netloc == client.base_url.netloc.decode():
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self._refer(tag, has)
        if tag == "form":
            self.form = self._form(has.get("method", "get"), has.get("action", ""))
        elif tag in _INPUTS and self.form is not None:
            self._input(self.form, has)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None

    def _refer(self, tag: str, has: dict[str, str]) -> None:
        if link := has.get(_LINKS.get(tag, "")):
            self.page.links.add(self._absolute(link))
        if asset := has.get(_ASSETS.get(tag, "")):
            self.page.assets.add(self._absolute(asset))

    def _form(self, method: str, action: str) -> Form | None:
        if method.lower() == "dialog":
            return None
        form = Form(page=self.page.address, method=method.lower(), action=self._absolute(action))
        self.page.forms.append(form)
        return form

    def _input(self, form: Form, has: dict[str, str]) -> None:
        if name := has.get("name"):
            form.fields.setdefault(name, has.get("value", ""))
        if action := has.get("formaction"):
            elsewhere = self._form(has.get("formmethod", form.method), action)
            if elsewhere is not None:
                elsewhere.fields = form.fields

    def _absolute(self, address: str) -> str:
        return urljoin(self.page.address, address)
