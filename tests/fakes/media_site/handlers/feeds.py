"""Lists: RSS 2.0 with as many enclosures, or links to pages, as wanted."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.fakes.media_site.exchange import Exchange

SECONDS = 600
"""How long each part of a list says that it is."""
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_ODD = (
    ("One that is there", "{base}/watch?v=odd-1"),
    ("[Private video]", "{base}/watch?v=odd-2"),
    ("Another that is there", "{base}/watch?v=odd-3"),
    ("[Deleted video]", "{base}/watch?v=odd-4"),
    ("A file of the house", "file:///etc/passwd"),
    ("A device of the house", "http://10.0.0.7/camera.mp4"),
    ("One that is there, again", "{base}/watch?v=odd-1"),
)


def _item(number: int, title: str, inside: str) -> str:
    """Each part came out a day after the one before."""
    date = format_datetime(_FIRST + timedelta(days=number))
    about = f"<title>{escape(title)}</title><pubDate>{date}</pubDate><itunes:duration>{SECONDS}</itunes:duration>"
    return f"<item>{about}{inside}</item>"


def _enclosed(number: int, base: str) -> str:
    address = f"{base}/@key=feed-{number}/files/clip.mp4"
    inside = f'<guid>feed-{number}</guid><enclosure url="{address}" type="video/mp4" length="100000"/>'
    return _item(number, f"Part {number}", inside)


def _linked(number: int, title: str, address: str) -> str:
    return _item(number, title, f"<link>{escape(address)}</link>")


async def rss(x: Exchange, count: str) -> None:
    """`count` entries; each enclosure is the clip under an address of its own."""
    items = [_enclosed(number, x.request.base) for number in range(1, int(count) + 1)]
    await _channel(x, f"A serial in {count} parts", items)


async def playlist(x: Exchange) -> None:
    """The list that `list` names: so many pages, or `odd`, in which hardly anything is to be had."""
    name = x.request.query.get("list", "")
    if name == "odd":
        found = [(title, address.format(base=x.request.base)) for title, address in _ODD]
    else:
        found = [(f"Part {n}", f"{x.request.base}/watch?v=part-{n}") for n in range(1, int(name) + 1)]
    await _channel(x, f"The list {name}", [_linked(n, *entry) for n, entry in enumerate(found, 1)])


async def _channel(x: Exchange, title: str, items: list[str]) -> None:
    await x.text(
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"'
        f' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>{title}</title>'
        f"<link>{x.request.base}/</link><description>Long.</description>\n" + "\n".join(items) + "\n</channel></rss>\n",
        "application/rss+xml",
    )
