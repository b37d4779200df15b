"""People at a device: each has a fresh browser context, and whatever goes wrong in it is written down."""

import contextlib
import dataclasses
import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, WebError

_REPORT = """
document.addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI, documentURI, lineNumber}) =>
  window.reportProblem(`policy: ${violatedDirective} refused ${blockedURI} on ${documentURI} line ${lineNumber}`))
new ReportingObserver((reports) => {
  for (const {type, body} of reports) window.reportProblem(`report: ${type} ${JSON.stringify(body)}`)
}, {buffered: true}).observe()
"""

# A portal that is away, a form that is refused, and what browsers ask for unbidden are no fault of a page.
_NO_FAULT = re.compile(
    r"net::ERR_(CONNECTION|EMPTY|INCOMPLETE)_|Failed to fetch|status of 422|/favicon\.ico\)$|blocked by Playwright"
)

# Chromium tells so of a fading between two pages that it began too late, also where no script may run.
_BEGUN_TOO_LATE = "Transition was aborted because of invalid state. Page already revealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The device that somebody looks through, and what they prefer."""

    width: int
    height: int
    dark: bool = False
    javascript: bool = True
    reduced_motion: bool = False
    touch: bool = False
    language: str = "en"

    def but(self, **changes: Any) -> Self:
        """The same device with other preferences: `PHONE.but(dark=True)`."""
        return dataclasses.replace(self, **changes)

    def __str__(self) -> str:
        words = [str(self.width), "dark" if self.dark else "light"]
        words += [] if self.javascript else ["without-javascript"]
        words += ["reduced-motion"] if self.reduced_motion else []
        return "-".join(words)


PHONE = Look(width=390, height=844, touch=True)
TABLET = Look(width=820, height=1180, touch=True)
DESK = Look(width=1440, height=900)
LOOKS = tuple(device.but(dark=dark) for device in (PHONE, TABLET, DESK) for dark in (False, True))


class Visitors:
    """Opens pages for one test. `problems` holds what the browser complained about; `end` fails on them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    async def page(self, look: Look = DESK, **options: Any) -> Page:
        """A page of somebody new; further tabs of theirs open by `page.context.new_page()`."""
        return await (await self.context(look, **options)).new_page()

    async def context(self, look: Look = DESK, **options: Any) -> BrowserContext:
        """Somebody new. `options` are Playwright's own (`base_url`, `storage_state`, `extra_http_headers`...).

        The portal's worker keeps out, where it is not what is looked at (`service_workers="allow"`).
        """
        options.setdefault("service_workers", "block")
        context = await self._browser.new_context(
            viewport={"width": look.width, "height": look.height},
            color_scheme="dark" if look.dark else "light",
            java_script_enabled=look.javascript,
            reduced_motion="reduce" if look.reduced_motion else "no-preference",
            has_touch=look.touch,
            locale=look.language,
            **options,
        )
        self._contexts.append(context)
        await context.expose_function("reportProblem", self._told)
        await context.add_init_script(_REPORT)
        context.on("console", self._spoke)
        context.on("weberror", self._threw)
        context.on("request", self._asked)
        return context

    def forgive(self, *words: str) -> None:
        """Strike off the problems that hold one of `words`, which the test brought about on purpose."""
        self.problems = [problem for problem in self.problems if not any(word in problem for word in words)]

    async def hear_out(self) -> None:
        """Until every page has said what it has to complain about so far."""
        for context in self._contexts:
            for page in context.pages:
                await _hear_out(page)

    async def end(self) -> None:
        """Close everything; raises `AssertionError` with the problems that there were."""
        await self.hear_out()
        for context in self._contexts:
            await context.close()
        assert not self.problems, "the browser complained:\n" + "\n".join(self.problems)

    def _told(self, problem: str) -> None:
        self.problems.append(problem)

    def _spoke(self, message: ConsoleMessage) -> None:
        is_complaint = message.type in ("error", "warning", "assert") or "Policy" in message.text
        said = f"{message.text} ({message.location['url']})"
        if is_complaint and not _NO_FAULT.search(said):
            self.problems.append(f"console: {said}")

    def _threw(self, thrown: WebError) -> None:
        if str(thrown.error) != _BEGUN_TOO_LATE:
            self.problems.append(f"uncaught: {thrown.error}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and not _is_local(address.hostname or ""):
            self.problems.append(f"foreign: {request.url}")


async def _hear_out(page: Page) -> None:
    """Wait until what the page said so far has arrived: answers come in order."""
    with contextlib.suppress(Error):
        await page.evaluate("0")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
