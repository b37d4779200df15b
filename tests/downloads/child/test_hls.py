"""Playlists of broadcasts, read as RFC 8216 says."""

import pytest

from medianest.downloads.child import hls
from medianest.downloads.child.hls import Key, Piece

URL = "https://tube.example/live/index.m3u8?token=1"


def playlist(*lines: str) -> hls.Playlist:
    return hls.parse("\n".join(("#EXTM3U", *lines)), URL)


def test_segments_are_counted_from_the_number_that_the_playlist_begins_with() -> None:
    found = playlist(
        "#EXT-X-TARGETDURATION:4", "#EXT-X-MEDIA-SEQUENCE:17", "#EXTINF:3.5,", "a.ts", "#EXTINF:4,b", "/b.ts"
    )
    assert [(one.number, one.piece.url, one.seconds) for one in found.segments] == [
        (17, "https://tube.example/live/a.ts", 3.5),
        (18, "https://tube.example/b.ts", 4.0),
    ]
    assert (found.target_s, found.is_over) == (4.0, False)
    assert playlist("#EXT-X-ENDLIST").is_over


def test_keys_and_heads_hold_for_what_follows_until_the_next() -> None:
    found = playlist(
        '#EXT-X-MAP:URI="init.mp4",BYTERANGE="100@0"',
        '#EXT-X-KEY:METHOD=AES-128,URI="k,1",IV=0x0000000000000000000000000000000A',
        "a.m4s",
        "#EXT-X-KEY:METHOD=NONE",
        "b.m4s",
    )
    first, second = found.segments
    assert first.head == second.head == Piece(url="https://tube.example/live/init.mp4", range=(0, 99))
    assert first.key == Key(method="AES-128", url="https://tube.example/live/k,1", iv=bytes(15) + b"\n")
    assert second.key is None


def test_a_range_without_a_beginning_follows_the_one_before() -> None:
    found = playlist("#EXT-X-BYTERANGE:10@5", "all.ts", "#EXT-X-BYTERANGE:20", "all.ts", "whole.ts")
    assert [one.piece.range for one in found.segments] == [(5, 14), (15, 34), None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:many\na.ts",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:-5\na.ts",
        "#EXTM3U\n#EXTINF:-1,\na.ts",
        "#EXTM3U\n#EXTINF:nan,\na.ts",
        "#EXTM3U\n#EXT-X-BYTERANGE:all\na.ts",
        "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,IV=0xZZ\na.ts",
    ],
)
def test_what_is_no_playlist_of_segments_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        hls.parse(text, URL)
