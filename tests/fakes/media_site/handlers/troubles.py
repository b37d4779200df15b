"""What goes wrong on real sites."""

from collections.abc import Mapping

from tests.fakes.media_site import pages
from tests.fakes.media_site.exchange import Exchange

_SENTENCES = {
    401: "Sign in to watch this.",
    403: "You may not see this.",
    404: "There is nothing here.",
    410: "This video was removed by its owner.",
    429: "Too many requests.",
    451: "This video is not available in your country.",
    500: "Something went wrong on our side.",
    503: "We will be back soon.",
}


async def refuse(x: Exchange, status: int, retry_after: str | None = None) -> None:
    headers: Mapping[str, str] = {"Retry-After": retry_after} if retry_after else {}
    if status == 401:
        headers = {**headers, "WWW-Authenticate": 'Basic realm="members"'}
    text = _SENTENCES.get(status, "No.")
    await x.html(pages.plain(f"{status}", text), status=status, headers=headers)


async def status(x: Exchange, code: str, path: str = "") -> None:
    """Always that status, whatever follows in the path; `Retry-After` as the condition `retry_after` says."""
    await refuse(x, int(code), x.conditions.retry_after)


async def bot_check(x: Exchange) -> None:
    """What a visitor gets from a large anti-bot service who looks like a program."""
    page = pages.plain("Just a moment...", "Verify that you are not a bot.")
    await x.html(page, status=403, headers={"cf-mitigated": "challenge", "Server": "cloudflare"})


async def redirect(x: Exchange, name: str = "") -> None:
    """To wherever the query's `to` says; a name in the path is for those who judge an address by its end."""
    await x.redirect(x.request.query["to"], status=int(x.request.query.get("status", "302")))


async def redirect_loop(x: Exchange) -> None:
    await x.redirect("/redirect/loop")


async def redirect_chain(x: Exchange, left: str, path: str) -> None:
    """So many redirects, then the thing itself."""
    further = int(left) - 1
    await x.redirect(f"/{path}" if further < 1 else f"/redirect/chain/{further}/{path}")
