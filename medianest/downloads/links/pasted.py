"""What was pasted: one link or several, and links that name a video and the list in which it was found; pure."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

LINKS_MOST = 50
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_OF_THE_LIST = frozenset({"list", "index", "start_radio", "pp", "playnext"})
_SHORT_HOSTS = {"youtu.be": "www.youtube.com"}
_WATCH = "/watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The two things that a link names."""

    video: str
    playlist: str


def links_in(text: str) -> tuple[str, ...]:
    """The links in what was pasted, each once; apps share links with words around them."""
    return tuple(dict.fromkeys(_LINK.findall(text)))


def both_in(link: str) -> Both | None:
    """The video and its list where a link names both: `/watch?v=...&list=...`, as YouTube and its likes write it."""
    url = _parsed(link)
    said = parse_qsl(url.query)
    named = dict(said)
    host = url.hostname or ""
    is_watch = url.path == _WATCH and named.get("v")
    is_short = host in _SHORT_HOSTS and url.path.strip("/")
    if not named.get("list") or not (is_watch or is_short):
        return None
    alone = urlencode([(name, value) for name, value in said if name not in _OF_THE_LIST])
    playlist = url._replace(
        netloc=_SHORT_HOSTS.get(host, url.netloc),
        path="/playlist",
        query=urlencode({"list": named["list"]}),
        fragment="",
    )
    return Both(video=url._replace(query=alone).geturl(), playlist=playlist.geturl())


def is_list(link: str) -> bool:
    """Whether it can be seen of a link that it is a list and no video: `/playlist?list=...`."""
    url = _parsed(link)
    return url.path == "/playlist" and "list" in dict(parse_qsl(url.query))


def _parsed(link: str) -> SplitResult:
    """Nothing where it is no address at all."""
    try:
        return urlsplit(link)
    except ValueError:
        return urlsplit("")
