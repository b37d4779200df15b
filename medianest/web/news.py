"""What changes on open pages when something happens to a download: its row, its page, the counts, a toast."""

from dataclasses import dataclass

from medianest.core.i18n import msg
from medianest.core.journal import Entry
from medianest.downloads.events import (
    DownloadChanged,
    DownloadDeleted,
    DownloadFailed,
    DownloadFinished,
    DownloadFollowed,
)
from medianest.downloads.types import Counts, Download, State
from medianest.web.acts import Relation
from medianest.web.details import DownloadView, download_view
from medianest.web.htmx import Toast
from medianest.web.rows import Row, Section, Tally, row, tally

_IN_PLACE = frozenset({DownloadChanged.kind, DownloadFollowed.kind})
_TOLD = frozenset({Relation.OWNER, Relation.FOLLOWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsView:
    """A download anew, for the pages that show it.

    `lists` selects the lists that it moves into, None where it stays in its place; `view` is None where its own page
    stays as it is (somebody may be watching there).
    """

    row: Row
    counts: Tally
    lists: str | None
    is_first: bool
    is_under_way: bool
    view: DownloadView | None
    toast: Toast | None


def news_view(
    download: Download, who: Relation, counts: Counts, *, kind: str | None = None, in_plex: str | None = None
) -> NewsView:
    """`kind` is the entry's; without one it is the answer to who changed it."""
    shown = row(download, who, in_plex)
    stays = kind in _IN_PLACE
    plays = download.state is State.COMPLETED
    return NewsView(
        row=shown,
        counts=tally(counts),
        lists=None if stays else _lists(shown.section, who),
        is_first=shown.section in (Section.FAILED, Section.DONE),
        is_under_way=shown.section in (Section.RUNNING, Section.WAITING),
        view=None if stays and plays else download_view(download, who, log=None, in_plex=in_plex),
        toast=_toast(download, who, kind),
    )


def relation_to(entry: Entry, actor_id: str | None, *, is_admin: bool) -> Relation:
    """What somebody is to the download that an entry is about, as the entry itself tells."""
    if actor_id == entry.data["owner_id"]:
        return Relation.OWNER
    if is_admin:
        return Relation.ADMIN
    return Relation.FOLLOWER if f"user:{actor_id}" in entry.audience else Relation.OTHER


def is_gone(entry: Entry) -> bool:
    return entry.kind == DownloadDeleted.kind


def _lists(section: Section, who: Relation) -> str:
    """The lists of a section on all pages of the queue that show such downloads to this reader."""
    pages = ["all"]
    if who is Relation.OWNER:
        pages.append("mine")
    if section is Section.FAILED:
        pages.append("failed")
    if section is Section.DONE:
        pages.append("finished")
    return ", ".join(f"[data-shows={page}] #queue-{section}" for page in pages)


def _toast(download: Download, who: Relation, kind: str | None) -> Toast | None:
    if who not in _TOLD or kind not in (DownloadFinished.kind, DownloadFailed.kind):
        return None
    good = kind == DownloadFinished.kind
    return Toast(
        sentence=msg("web.toast.finished" if good else "web.toast.failed", title=download.title),
        good=good,
        link=f"/downloads/{download.id}",
        label=msg("web.toast.look"),
    )
