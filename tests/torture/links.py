"""What a round downloads: ten links of several kinds, slow enough to be killed in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tests.fakes.media_site import MediaSite

SECONDS = 3.0
_DASH_PICTURE = ("init-stream2.m4s", "chunk-stream2-00001.m4s", "chunk-stream2-00002.m4s")
_DASH_SOUND = ("init-stream5.webm", "chunk-stream5-00001.webm", "chunk-stream5-00002.webm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """Something that the site has; `pieces` are fetched one after the other, names below the site's root with bytes."""

    name: str
    path: str
    pieces: tuple[tuple[str, int], ...]
    described: bool = True
    conditions: str = ""

    @property
    def size(self) -> int:
        return sum(size for _, size in self.pieces)

    @property
    def can_continue(self) -> bool:
        return "noranges" not in self.conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One address that nobody else asks for."""

    key: str
    medium: Medium
    seconds: float = SECONDS

    @property
    def bytes_per_s(self) -> int:
        return round(self.medium.size / self.seconds)

    @property
    def prefix(self) -> str:
        """The conditions that its addresses begin with."""
        return f"/@slow={self.bytes_per_s}{self.medium.conditions}/@key={self.key}"

    @property
    def page(self) -> str:
        """The path that is queued."""
        start = "/described" if self.medium.described else ""
        return f"{start}{self.prefix}{self.medium.path}"

    @property
    def title(self) -> str:
        return f"Tortured {self.key}"

    def url(self, site: MediaSite) -> str:
        query = f"?title={quote(self.title)}" if self.medium.described else ""
        return f"{site.base}{self.page}{query}"

    def piece(self, index: int) -> str:
        """The path of one of its medium's pieces."""
        return self.prefix + self.medium.pieces[index][0]

    def at(self, part: float) -> tuple[str, int]:
        """The piece, and how many bytes of it, at which this `part` (0 to 1) of everything has been sent."""
        wanted = round(part * self.medium.size)
        for index, (_, size) in enumerate(self.medium.pieces):
            if wanted <= size:
                return self.piece(index), max(1, wanted)
            wanted -= size
        return self.piece(len(self.medium.pieces) - 1), self.medium.pieces[-1][1]


def media(site: MediaSite) -> Sequence[Medium]:
    """The ten media of a round."""
    file = _file(site, "clip-720.mp4")
    return (
        *(file for _ in range(3)),
        _file(site, "clip-1080.mp4"),
        _file(site, "long-360.mp4"),
        _file(site, "clip-720.mp4", conditions="/@noranges"),
        Medium(name="clip-720.mp4", path=file.path, pieces=file.pieces, described=False),
        _segments(site, "hls", "/hls/master.m3u8", [f"360/{number}.ts" for number in range(8)]),
        _segments(site, "dash", "/dash/manifest.mpd", [*_DASH_PICTURE, *_DASH_SOUND]),
        _segments(site, "hls-fmp4", "/hls-fmp4/master.m3u8", ["init.mp4", *(f"{number}.m4s" for number in range(4))]),
    )


def _file(site: MediaSite, name: str, *, conditions: str = "") -> Medium:
    path = f"/files/{name}"
    return Medium(name=name, path=path, pieces=((path, site.size(name)),), conditions=conditions)


def _segments(site: MediaSite, tree: str, manifest: str, names: Sequence[str]) -> Medium:
    pieces = tuple((f"/{tree}/{name}", site.size(f"{tree}/{name}")) for name in names)
    return Medium(name=tree, path=manifest, pieces=pieces)
