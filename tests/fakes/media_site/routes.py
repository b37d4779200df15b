"""Which path is answered by whom, read from top to bottom."""

import re
import urllib.parse
from collections.abc import Awaitable, Callable

from tests.fakes.media_site.exchange import Exchange
from tests.fakes.media_site.handlers import feeds, hostile, media, troubles, watching

Handler = Callable[..., Awaitable[None]]

_TABLE: tuple[tuple[str, Handler], ...] = (
    ("/", watching.front),
    ("/shows/{slug}", watching.show),
    ("/art/{name}", media.art),
    ("/files/{name}", media.file),
    ("/endless/{name}", media.endless),
    ("/{tree:hls|hls-fmp4|dash}/{inner*}", media.stream),
    ("/hls-damaged/{inner*}", media.damaged_stream),
    ("/hls-anew/index.m3u8", media.anew),
    ("/live/index.m3u8", media.live_playlist),
    ("/live/{number}.ts", media.live_segment),
    ("/live-apart/index.m3u8", media.live_apart),
    ("/live-sealed/index.m3u8", media.live_sealed),
    ("/live-sealed/key", media.live_key),
    ("/live-sealed/{number}.ts", media.sealed_segment),
    ("/tracks/{language}.vtt", media.subtitles),
    ("/watch", watching.watch_by_name),
    ("/watch/{path*}", watching.watch),
    ("/listen/{path*}", watching.listen),
    ("/premiere/{path*}", watching.premiere),
    ("/described/{path*}", watching.described),
    ("/formats", watching.formats),
    ("/expiring/{seconds}/{uses}/{name}", watching.expiring),
    ("/token/{token}/{name}", media.with_token),
    ("/status/{code}", troubles.status),
    ("/status/{code}/{path*}", troubles.status),
    ("/bot-check", troubles.bot_check),
    ("/redirect/loop", troubles.redirect_loop),
    ("/redirect/chain/{left}/{path*}", troubles.redirect_chain),
    ("/redirect/{name}", troubles.redirect),
    ("/redirect", troubles.redirect),
    ("/feed/{count}.xml", feeds.rss),
    ("/playlist", feeds.playlist),
    ("/hostile/title/{name}", hostile.title),
    ("/hostile/named/{name}", hostile.named),
    ("/hostile/markup/{name}", hostile.markup_as),
    ("/hostile/bomb/{megabytes}", hostile.bomb),
    ("/hostile/{kind}", hostile.leading_to),
)


def _compile(template: str) -> re.Pattern[str]:
    def part(found: re.Match[str]) -> str:
        name, rest, choices = found.groups()
        return f"(?P<{name}>{choices or ('.+' if rest else '[^/]+')})"

    return re.compile(re.sub(r"\{(\w+)(\*)?(?::([\w|-]+))?\}", part, template.replace(".", r"\.")))


_ROUTES = tuple((_compile(template), handler) for template, handler in _TABLE)


async def answer(x: Exchange, resource: str) -> None:
    """Hand the exchange to whoever answers `resource`. Rests of paths stay as they came, single parts are decoded."""
    for pattern, handler in _ROUTES:
        if found := pattern.fullmatch(resource):
            parts = {
                name: text if name == "path" else urllib.parse.unquote(text) for name, text in found.groupdict().items()
            }
            await handler(x, **parts)
            return
    await troubles.refuse(x, 404)
