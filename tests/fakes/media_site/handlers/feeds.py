"""Feeds: RSS 2.0 with as many enclosures as wanted."""

from tests.fakes.media_site.exchange import Exchange


def _item(number: int, base: str) -> str:
    address = f"{base}/@key=feed-{number}/files/clip.mp4"
    return (
        f"<item><title>Part {number}</title><guid>feed-{number}</guid>"
        f'<pubDate>Sun, 01 Mar 2026 {number // 60 % 24:02}:{number % 60:02}:00 GMT</pubDate><enclosure url="{address}"'
        ' type="video/mp4" length="100000"/></item>'
    )


async def rss(x: Exchange, count: str) -> None:
    """`count` entries; each enclosure is the clip under an address of its own."""
    items = "\n".join(_item(number, x.request.base) for number in range(1, int(count) + 1))
    await x.text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>A serial in {count} parts</title>'
        f"<link>{x.request.base}/</link><description>Long.</description>\n{items}\n</channel></rss>\n",
        "application/rss+xml",
    )
