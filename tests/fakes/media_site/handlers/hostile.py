"""Answers that mean harm: titles, names and types that are traps, and addresses that lead where nobody may go."""

import gzip
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from tests.fakes.media_site import bodies
from tests.fakes.media_site.exchange import Exchange
from tests.fakes.media_site.handlers import media
from tests.fakes.media_site.pages import Page, Source

HOSTILE_TITLES = {
    "traversal": "../../../../etc/cron.d/evil",
    "backslashes": "..\\..\\..\\evil",
    "absolute": "/etc/passwd",
    "dots": "..",
    "nul": "before\0after",
    "device": "CON",
    "device-with-extension": "aux.mp4",
    "trailing-dot": "evil. . .",
    "hidden": ".htaccess",
    "leading-dash": "-rf --exec=id",
    "template": "%(id)s %(title)s.%(ext)s %s %n %",
    "braces": "{{7*7}} {% raw %} {0.__class__} ${7*7}",
    "shell": "$(touch x); `id` | id & id > x",
    "markup": "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&",
    "address": "javascript:alert(1)",
    "formula": '=HYPERLINK("http://example.invalid","x")',
    "sql": "'; DROP TABLE downloads; --",
    "lines": "one\r\nSet-Cookie: a=b\r\n\r\ntwo\u2028three",
    "terminal": "\x1b[31mred\x1b]0;title\x07\x08\x7f",
    "right-to-left": "harmless \u202e4pm.exe",
    "zero-width": "\u200b\ufeff\u2060",
    "combining": "e" + "\u0301" * 500,
    "emoji": "\N{FAMILY}" * 300,
    "surrogate": "half a pair \ud83d and on",
    "empty": "",
    "blank": "   \t ",
    "long": "A long way to the end of the name " * 200,
    "huge": "A" * 10_000_000,
}
HOSTILE_EXTENSIONS = (
    "php",
    "desktop",
    "html",
    "svg",
    "exe",
    "sh",
    "url",
    "lnk",
    "jsp",
    "py",
    "mp4.exe",
    "mp4%2Fx",
    "so",
)
PRIVATE_ADDRESSES = (
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://127.0.0.1:22/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://2852039166/",
    "file:///etc/passwd",
)
_MARKUP = "<!doctype html><html><script>alert(document.cookie)</script><body>not a video</body></html>"
_HLS_HEAD = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
_GOOD_SEGMENT = "#EXTINF:1.0,\n/hls/180/0.ts\n"
_DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S" minBufferTime="PT1S"
 profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period>
<AdaptationSet contentType="video" mimeType="video/mp4"><Representation id="v" codecs="avc1.64000c" bandwidth="200000"
 width="320" height="180">{inside}</Representation></AdaptationSet></Period></MPD>
"""


async def title(x: Exchange, name: str) -> None:
    """A page whose title, uploader and description are one of `HOSTILE_TITLES`; the biggest is a title only."""
    text = HOSTILE_TITLES[name]
    if name == "huge":
        await x.html(f'<title>{text}</title><video src="/files/clip.mp4"></video>')
        return
    page = Page(title=text, base=x.request.base, uploader=text, description=text, content_url="/files/clip.mp4")
    await x.html(page.html())


async def named(x: Exchange, name: str) -> None:
    """A video under a name that says something else."""
    await x.medium("clip.mp4", "video/mp4")


async def markup_as(x: Exchange, name: str) -> None:
    """Markup with a script in it, under the name and type of a video."""
    await x.text(_MARKUP, media.media_type(name))


async def bomb(x: Exchange, megabytes: str) -> None:
    """A page that is small on the wire and large unpacked."""
    one = gzip.compress(b" " * 1024 * 1024)
    await x.send(bodies.Bytes(one * int(megabytes)), "text/html", headers={"Content-Encoding": "gzip"})


async def leading_to(x: Exchange, kind: str) -> None:
    """A page, redirect or manifest that leads to the address in the query's `to`."""
    to = x.request.query["to"]
    if kind in _MANIFESTS:
        manifest, media_type = _MANIFESTS[kind](to)
        await x.text(manifest, media_type)
    elif kind in _PAGES:
        await x.html(_PAGES[kind](to, x.request.base))
    else:
        await x.redirect(to)


def _page(*, base: str, sources: tuple[str, ...] = (), picture: str = "/art/harbour.webp", track: str = "") -> str:
    return Page(
        title="Nothing to see",
        base=base,
        sources=tuple(Source(url=url) for url in sources),
        picture=picture,
        tracks={"en": track} if track else {},
    ).html()


def _described(to: str, base: str) -> str:
    return Page(title="Nothing to see", base=base, content_url=to).html()


def _head(element: str) -> str:
    return f"<!doctype html><html><head><title>Nothing to see</title>{element}</head><body></body></html>"


_PAGES: dict[str, Callable[[str, str], str]] = {
    "source": lambda to, base: _page(base=base, sources=(to,)),
    "source-redirect": lambda to, base: _page(base=base, sources=(f"/redirect/to.mp4?to={quote(to, safe='')}",)),
    "poster": lambda to, base: _page(base=base, sources=("/files/clip.mp4",), picture=to),
    "track": lambda to, base: _page(base=base, sources=("/files/clip.mp4",), track=to),
    "linked-data": _described,
    "og": lambda to, base: _head(f'<meta property="og:video" content="{escape(to)}">'),
    "refresh": lambda to, base: _head(f'<meta http-equiv="refresh" content="0; url={escape(to)}">'),
    "player": lambda to, base: _head(f'<meta name="twitter:player" content="{escape(to)}">'),
}


def _hls(text: str) -> tuple[str, str]:
    return text, "application/vnd.apple.mpegurl"


def _dash(inside: str) -> tuple[str, str]:
    return _DASH.format(inside=inside), "application/dash+xml"


def _rss(to: str) -> tuple[str, str]:
    item = f'<item><title>One</title><enclosure url="{escape(to)}" type="video/mp4" length="1"/></item>'
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{item}</channel></rss>', "text/xml"


_VARIANT = "#EXT-X-STREAM-INF:BANDWIDTH=220000,RESOLUTION=320x180"
_MANIFESTS: dict[str, Callable[[str], tuple[str, str]]] = {
    "hls-segment": lambda to: _hls(f"{_HLS_HEAD}{_GOOD_SEGMENT}#EXTINF:1.0,\n{to}\n#EXT-X-ENDLIST\n"),
    "hls-key": lambda to: _hls(f'{_HLS_HEAD}#EXT-X-KEY:METHOD=AES-128,URI="{to}"\n{_GOOD_SEGMENT}#EXT-X-ENDLIST\n'),
    "hls-map": lambda to: _hls(f'{_HLS_HEAD}#EXT-X-MAP:URI="{to}"\n{_GOOD_SEGMENT}#EXT-X-ENDLIST\n'),
    "hls-variant": lambda to: _hls(f"#EXTM3U\n{_VARIANT}\n{to}\n"),
    "hls-audio": lambda to: _hls(
        f'#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",DEFAULT=YES,URI="{to}"\n'
        f'{_VARIANT},AUDIO="a"\n/hls/180/index.m3u8\n'
    ),
    "hls-live": lambda to: _hls(f"{_HLS_HEAD}{_GOOD_SEGMENT}#EXTINF:1.0,\n{to}\n"),
    "hls-live-key": lambda to: _hls(f'{_HLS_HEAD}#EXT-X-KEY:METHOD=AES-128,URI="{to}"\n{_GOOD_SEGMENT}'),
    "hls-live-map": lambda to: _hls(f'{_HLS_HEAD}#EXT-X-MAP:URI="{to}"\n{_GOOD_SEGMENT}'),
    "dash-base": lambda to: _dash(f"<BaseURL>{escape(to)}</BaseURL>"),
    "dash-segment": lambda to: _dash(
        f'<SegmentList duration="4"><Initialization sourceURL="{escape(to)}"/>'
        f'<SegmentURL media="{escape(to)}"/></SegmentList>'
    ),
    "rss": _rss,
}
LEADING_KINDS = ("redirect", *_PAGES, *_MANIFESTS)
