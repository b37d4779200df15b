"""The HTML of the site: pages as real sites write them, for extractors to read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One way to get a medium; `height` and `media_type` are written down if known."""

    url: str
    height: int | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says about a medium. With `sources` it has a player, with `content_url` only the description."""

    title: str
    base: str
    description: str = "Bars, a clock and a tone."
    uploader: str = "The Test Card Society"
    date: str = "2026-03-01"
    seconds: int = 4
    picture: str = "/art/harbour.webp"
    element: str = "video"
    sources: Sequence[Source] = ()
    tracks: Mapping[str, str] = field(default_factory=dict)
    content_url: str | None = None
    media_type: str | None = "video/mp4"
    content_bytes: int | None = None
    chapters: Sequence[str] = ()

    def html(self) -> str:
        picture = _absolute(self.base, self.picture)
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            f"<title>{escape(self.title)}</title>\n"
            f'<meta property="og:title" content="{escape(self.title)}">\n'
            f'<meta property="og:description" content="{escape(self.description)}">\n'
            f'<meta property="og:image" content="{escape(picture)}">\n'
            '<meta property="og:site_name" content="The local media site">\n'
            f'<script type="application/ld+json">{self._json_ld(picture)}</script>\n'
            f"</head><body>\n<h1>{escape(self.title)}</h1>\n{self._player(picture)}\n"
            f"<p>{escape(self.description)}</p>\n</body></html>\n"
        )

    def _json_ld(self, picture: str) -> str:
        said: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "VideoObject" if self.element == "video" else "AudioObject",
            "name": self.title,
            "description": self.description,
            "author": {"@type": "Person", "name": self.uploader},
            "uploadDate": f"{self.date}T18:00:00Z",
            "duration": f"PT{self.seconds}S",
            "thumbnailUrl": [picture],
        }
        if self.content_url:
            said["contentUrl"] = _absolute(self.base, self.content_url)
        if self.media_type:
            said["encodingFormat"] = self.media_type
        if self.content_bytes is not None:
            said["contentSize"] = str(self.content_bytes)
        if self.chapters:
            length = self.seconds / len(self.chapters)
            said["hasPart"] = [
                {"@type": "Clip", "name": name, "startOffset": place * length, "endOffset": (place + 1) * length}
                for place, name in enumerate(self.chapters)
            ]
        return json.dumps(said).replace("<", "\\u003c")

    def _player(self, picture: str) -> str:
        if not self.sources:
            return f'<img src="{escape(picture)}" alt="">'
        sources = "".join(_source(source) for source in self.sources)
        tracks = "".join(
            f'<track kind="subtitles" srclang="{escape(language)}" src="{escape(url)}">'
            for language, url in self.tracks.items()
        )
        return f'<{self.element} controls poster="{escape(picture)}">{sources}{tracks}</{self.element}>'


def _source(source: Source) -> str:
    height = f' res="{source.height}" label="{source.height}p"' if source.height else ""
    media_type = f' type="{escape(source.media_type)}"' if source.media_type else ""
    return f'<source src="{escape(source.url)}"{media_type}{height}>'


def _absolute(base: str, url: str) -> str:
    return url if "://" in url or ":" in url.partition("/")[0] else base + url


def plain(title: str, text: str) -> str:
    """A page without any medium."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>\n"
    )


def index(title: str, links: Mapping[str, str]) -> str:
    """A page of links."""
    items = "".join(f'<li><a href="{escape(url)}">{escape(text)}</a></li>' for url, text in links.items())
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1><ul>{items}</ul></body></html>\n"
    )
