"""A video site in miniature, on a real socket, with real media made by ffmpeg.

    with MediaSite.in_thread() as site:          # or .in_process(), or `python -m tests.fakes.media_site --port 8099`
        site.url("/files/clip.mp4", slow=50_000, key="a")     # http://127.0.0.1:PORT/@slow=50000/@key=a/files/clip.mp4

Every path may begin with conditions, one `@word` or `@word=value` a segment. They hold for that path alone; what a
manifest names relatively inherits them.

    key=TEXT            nothing, but makes the address another one, with its own counters
    slow=N              N bytes a second (1 is the endless drip)
    wait=S              S seconds of silence before the answer
    hold=N              stops after byte N until `site.release(path)`
    cut                 breaks off half way of what it should send
    fail=STATUS         answers STATUS instead; retry_after=TEXT goes with it
    after=K, times=N    wait, hold, cut and fail trouble N requests only, after the first K (a direct link is asked for
                        once by yt-dlp's probe and once by its download)
    noranges            `Range` is ignored
    length=N            `Content-Length: N`, whatever is sent
    nolength            no `Content-Length`, the end is the end of the connection
    type=TEXT           another `Content-Type`
    name=TEXT           `Content-Disposition: attachment; filename="TEXT"`
    cookie=TEXT         401 unless the cookie `member` is TEXT; then the cookie `seen` comes with it

    /                                   the furnished shows as links; no medium
    /shows/SLUG                         a furnished page (`catalogue.SHOWS`), linked data, picture, a clip of 14 to 30 s
    /files/clip.mp4                     4 s, 320x180, avc1 and aac, 130 kB; ranges, ETag, If-Range
    /files/clip-{360,720,1080}.mp4, clip-720.webm, long-{180,360}.mp4, silent.mp4, sound.{mp3,m4a,opus}
    /files/padded-BYTES.mp4             the clip, grown to that size; a misplaced byte changes its checksum
    /files/empty.mp4, torn.mp4          nothing; half a clip that claims to be whole
    /endless/NAME                       the file, over and over
    /hls/master.m3u8                    HLS, two heights, transport streams; /hls/180/index.m3u8 and 360 the playlists
    /hls-fmp4/master.m3u8               HLS in fragmented mp4
    /hls-damaged/master.m3u8            the third segment of each height is a 404
    /hls-anew/index.m3u8                six seconds of HLS whose clock begins anew after the fifth
    /live/index.m3u8                    live HLS until `site.end_live()`
    /dash/manifest.mpd                  DASH: avc1 360/720/1080, vp9 720, aac and opus, all apart
    /watch/PATH                         a page with `<video>`, poster, `<track>`s, og: and linked data for PATH
    /listen/PATH                        the same with `<audio>`
    /premiere/PATH                      an "upcoming" item until `site.announce(None)`, then PATH; only the extractor of
                                        `tests.downloads.premieres` knows such a page
    /described/PATH                     no player: linked data with title, duration, uploader, date, picture and address
                                        (`?title=` on all three; yt-dlp calls a player's title "TITLE (1)";
                                        `?tracks=de,fr&under=@fail=429` on the first, `?chapters=One,Two` on the last)
    /formats                            a page with a player and four `<source>`s
    /expiring/SECONDS/USES/NAME         a page whose media address is good that long and that often
    /token/TOKEN/NAME                   that address: 403 when it is spent, old, or `site.expire_tokens()` was called
    /status/CODE[/PATH]                 always CODE
    /bot-check                          the challenge of an anti-bot service
    /redirect?to=URL[&status=N]         also as /redirect/NAME?to=URL
    /redirect/loop, /redirect/chain/N/PATH
    /feed/COUNT.xml                     RSS 2.0 with COUNT enclosures
    /art/SLUG.webp, /tracks/LANGUAGE.vtt
    /hostile/title/NAME                 a page titled with one of `HOSTILE_TITLES`
    /hostile/named/NAME                 a video under any name (`HOSTILE_EXTENSIONS`)
    /hostile/markup/NAME                a script under any name, typed by it
    /hostile/bomb/MEGABYTES             a page that unpacks to so many megabytes
    /hostile/KIND?to=URL                one of `LEADING_KINDS`: a redirect, page or manifest that leads to URL
"""

from tests.fakes.media_site.catalogue import SHOWS, Show
from tests.fakes.media_site.handle import MediaSite
from tests.fakes.media_site.handlers.hostile import (
    HOSTILE_EXTENSIONS,
    HOSTILE_TITLES,
    LEADING_KINDS,
    PRIVATE_ADDRESSES,
)
from tests.fakes.media_site.log import Hit

__all__ = [
    "HOSTILE_EXTENSIONS",
    "HOSTILE_TITLES",
    "LEADING_KINDS",
    "PRIVATE_ADDRESSES",
    "SHOWS",
    "Hit",
    "MediaSite",
    "Show",
]
