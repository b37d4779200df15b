"""Admin: cookies of a site are given, used in one way or another, and forgotten."""

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from litestar.params import FromPath

from medianest.core.i18n import msg
from medianest.downloads.errors import NoSite
from medianest.downloads.sites.cookies import BadCookies, Use
from medianest.web import forms, htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages import sites
from medianest.web.site_cookies import CookiesForm

BODY_MOST = 1 << 20
"""An export of a whole browser may be pasted; each tab in it comes as three bytes."""


async def add(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Give cookies for a site by its name, whether it was ever asked or not."""
    form = await forms.read(request)
    written = form.text("name")
    name, use = _host(written), form.choice("use", Use) or Use.WHEN_NEEDED
    try:
        await services.downloads.cookies.put(reader.asking.actor, name, form.raw("cookies"), use)
    except (BadCookies, NoSite) as wrong:
        name_error = msg("web.cookies.want_host") if isinstance(wrong, NoSite) else None
        error = wrong.message if isinstance(wrong, BadCookies) else None
        view = await sites.all_of_them(services)
        view = replace(view, form=CookiesForm.of_any_site(written, use, name_error=name_error, error=error))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/sites.html", view, status=status)
    return htmx.go(reader, "/admin/sites")


async def change(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, name: FromPath[str]
) -> Html:
    """Give a site other cookies, or say when those that it has are used."""
    form = await forms.read(request)
    cookies, actor = services.downloads.cookies, reader.asking.actor
    use = form.choice("use", Use) or Use.WHEN_NEEDED
    known = await sites.of_name(services, name)
    try:
        if form.text("cookies") or known.cookies is None:
            await cookies.put(actor, name, form.raw("cookies"), use)
        else:
            await cookies.set_use(actor, name, use)
    except BadCookies as wrong:
        view = replace(known, form=replace(known.form, error=wrong.message))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/site.html", view, status=status)
    return htmx.go(reader, known.site.path)


async def remove(reader: CurrentReader, services: TheServices, name: FromPath[str]) -> Html:
    """Forget the cookies of a site."""
    await services.downloads.cookies.remove(reader.asking.actor, name)
    return htmx.go(reader, f"/admin/sites/{name}")


def _host(text: str) -> str:
    """The host in what somebody wrote: a name, or the address of a page there; empty where it is neither."""
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
