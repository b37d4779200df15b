"""A running portal as its people use it: the administrator's first steps, sign-in, tokens, browsers."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from medianest.core.actor import Role
from tests.portal import people as household
from tests.portal.installation import PATIENCE_S, Installation, PortalFailed

ADMIN = "robin"
PASSWORD = "a nest of moss and twigs"
_FIRST_ADMINISTRATOR = re.compile(r"First administrator: (http://\S+)")


class Portal(Installation):
    """An installation with somebody who looks after it."""

    def __init__(self, folder: Path, *, people: Mapping[str, Role] | None = None, **options: Any) -> None:
        """`people` have an account, with `PASSWORD`, before it starts for the first time."""
        super().__init__(folder, **options)
        self._admin: httpx.Client | None = None
        if people:
            household.move_in(self.data_dir, people, PASSWORD)

    def close(self) -> None:
        if self._admin:
            self._admin.close()
        super().close()

    def url(self, path: str = "/") -> str:
        return self.base + path

    @property
    def origin(self) -> str:
        """What its pages are told from those of others by: scheme, host and port."""
        return urljoin(self.base, "/").rstrip("/")

    @property
    def address(self) -> str:
        """Its `host:port`."""
        return urlsplit(self.base).netloc

    @property
    def setup_url(self) -> str:
        """The link that makes the first administrator, which this start printed."""
        link = self.said.match(_FIRST_ADMINISTRATOR, PATIENCE_S) if self.said else None
        if link is None:
            raise PortalFailed(f"printed no setup link\n{self.said}\n{self.log}")
        return link

    def client(self, **options: Any) -> httpx.Client:
        """Somebody who is not signed in, with Origin as a browser sends it."""
        return httpx.Client(
            base_url=self.base, trust_env=False, headers={"Origin": self.origin}, timeout=PATIENCE_S, **options
        )

    def admin(self) -> httpx.Client:
        """The administrator (`ADMIN`, `PASSWORD`), signed in and with the CSRF header; made by the setup link at first.

        The client stays the same over restarts, for its session does.
        """
        if self._admin is None:
            self._admin = self.enter(self.setup_url, ADMIN, PASSWORD)
        return self._admin

    @contextmanager
    def sign_in(self, name: str = ADMIN, password: str = PASSWORD) -> Iterator[httpx.Client]:
        """A further session of somebody."""
        client = self.enter(self.url("/sign-in"), name, password)
        try:
            yield client
        finally:
            client.close()

    def admin_async(self) -> httpx.AsyncClient:
        """The administrator's session for `async with`."""
        admin = self.admin()
        return httpx.AsyncClient(
            base_url=self.base, trust_env=False, headers=admin.headers, cookies=admin.cookies, timeout=PATIENCE_S
        )

    def browser_state(self) -> dict[str, Any]:
        """The administrator's session as Playwright's `storage_state`: a browser context that is signed in."""
        host = urlsplit(self.base).hostname
        cookies = [
            {"name": cookie.name, "value": cookie.value, "domain": host, "path": cookie.path, "httpOnly": True}
            for cookie in self.admin().cookies.jar
        ]
        return {"cookies": cookies, "origins": []}

    def token(self, *scopes: str, user: str = ADMIN) -> str:
        """A new API token of somebody."""
        self.admin()
        words = [word for scope in scopes for word in ("--scope", scope)]
        made = self.command("token", "create", "--user", user, "--label", "made for a test", *words)
        if made.returncode:
            raise PortalFailed(f"made no token: {made.stderr}")
        return made.stdout.strip()

    def program(self, *scopes: str, user: str = ADMIN) -> httpx.Client:
        """A program that uses the API with a new token, for `with`."""
        headers = {"Authorization": f"Bearer {self.token(*scopes, user=user)}"}
        return httpx.Client(base_url=self.base, trust_env=False, headers=headers, timeout=PATIENCE_S)

    def enter(self, page: str, name: str, password: str) -> httpx.Client:
        """Fill in the form of a door (`setup_url`, or the sign-in page): the client is in, and has the CSRF header."""
        client = self.client()
        form = _Form(client.get(page).raise_for_status().text)
        action = urljoin(str(client.base_url.join(page)), form.action)
        answer = client.post(action, data=form.hidden | {"name": name, "password": password})
        if answer.status_code != 303:
            client.close()
            raise PortalFailed(f"{page} let nobody in: {answer.status_code}\n{answer.text}\n{self.log}")
        client.headers["X-CSRF-Token"] = client.get("/api/v1/me").raise_for_status().json()["csrf_token"]
        return client


class _Form(HTMLParser):
    """The form of a page that asks for a password: where it goes, and what it carries unseen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self._there = ""
        self._unseen: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._there, self._unseen = said.get("action", ""), {}
        elif tag == "input" and said.get("type") == "hidden":
            self._unseen[said["name"]] = said.get("value", "")
        elif tag == "input" and said.get("type") == "password" and self.action is None:
            self.action, self.hidden = self._there, self._unseen
