"""Several links that were pasted at once, each on a line of its own with what becomes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medianest.core.i18n import Message, msg
from medianest.downloads.types import Judged
from medianest.web.presets import PresetChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """One of the links; `word` is what is to be said of it, `path` leads to its download."""

    url: str
    address: str
    takes: bool
    state: str
    word: Message
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """The links, and what to save them as; without `presets` it was all done."""

    title: Message
    lines: tuple[LinkLine, ...]
    presets: tuple[PresetChoice, ...] = ()
    left_out: Message | None = None

    @property
    def taken(self) -> int:
        return sum(line.takes for line in self.lines)


def several_view(judged: Sequence[Judged], presets: tuple[PresetChoice, ...], *, left_out: int) -> Several:
    """Before they are queued: which of them can be."""
    return Several(
        title=msg("web.several.found", n=len(judged)),
        lines=tuple(_before(one) for one in judged),
        presets=presets,
        left_out=msg("web.several.left_out", n=left_out) if left_out else None,
    )


def queued_view(queued: Iterable[Judged]) -> Several:
    """Afterwards: what became of each."""
    lines = tuple(_after(one) for one in queued)
    taken = sum(line.takes for line in lines)
    return Several(title=msg("web.several.queued", n=taken), lines=lines)


def without_scheme(link: str) -> str:
    return link.partition("://")[2] or link


def _before(one: Judged) -> LinkLine:
    if one.refusal:
        return _refused(one)
    return LinkLine(url=one.url, address=without_scheme(one.url), takes=True, state="up", word=msg("web.several.fine"))


def _after(one: Judged) -> LinkLine:
    if one.refusal:
        return _refused(one)
    return LinkLine(
        url=one.url,
        address=without_scheme(one.url),
        takes=True,
        state="up",
        word=msg("web.several.on_its_way" if one.is_new else "web.several.here"),
        path=f"/downloads/{one.download_id}",
    )


def _refused(one: Judged) -> LinkLine:
    word = one.refusal or msg("web.preview.refused")
    return LinkLine(url=one.url, address=without_scheme(one.url), takes=False, state="down", word=word)
