"""What can be tried again of downloads whose failures stand together in one note (`telling.TOGETHER`)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medianest.core import journal
from medianest.core.actor import Actor
from medianest.downloads import queries as downloads
from medianest.downloads import rights
from medianest.downloads.events import DownloadFailed
from medianest.notifications import queries
from medianest.notifications.models import NoteRow

AT_ONCE = 100
_LOOKED_AT_MOST = 20 * AT_ONCE
_row = NoteRow


def hopeful(session: Session, actor: Actor, bundles: Collection[int]) -> Mapping[int, Sequence[str]]:
    """The downloads of each of these notes that this actor may have tried again; the newest `AT_ONCE`.

    Of a note that tells of more than `_LOOKED_AT_MOST`, the others are not found.
    """
    found: dict[int, dict[str, None]] = {}
    looked_at, open_ones = 0, set(bundles)
    while open_ones and looked_at < _LOOKED_AT_MOST:
        told = _failed(session, actor, open_ones, behind=looked_at)
        known = downloads.several(session, actor, {id for _, id in told})
        for bundle, id in told:
            if id in known and rights.may_retry(actor, known[id]):
                found.setdefault(bundle, {})[id] = None
        looked_at += AT_ONCE
        numbers = Counter(bundle for bundle, _ in told)
        open_ones = {one for one in open_ones if numbers[one] == AT_ONCE and len(found.get(one, ())) < AT_ONCE}
    return {bundle: tuple(ids)[:AT_ONCE] for bundle, ids in found.items()}


def is_told(session: Session, actor: Actor, bundle: int) -> bool:
    """Whether this actor has such a note."""
    return bool(session.scalar(select(_row.bundle).where(*queries.own(actor), _row.bundle == bundle).limit(1)))


def _failed(session: Session, actor: Actor, bundles: Collection[int], *, behind: int) -> Sequence[tuple[int, str]]:
    """Note and download of the next `AT_ONCE` failures of each, the newest first."""
    place = func.row_number().over(partition_by=_row.bundle, order_by=_row.entry_id.desc()).label("place")
    of_these = (*queries.own(actor), _row.bundle.in_(bundles), _row.kind == DownloadFailed.kind)
    newest = select(_row.bundle, _row.entry_id, place).where(*of_these).subquery()
    these = newest.c.place.between(behind + 1, behind + AT_ONCE)
    rows = session.execute(
        select(newest.c.bundle, newest.c.entry_id).where(these).order_by(newest.c.entry_id.desc())
    ).all()
    entries = journal.by_ids(session, [row.entry_id for row in rows])
    return [(row.bundle, entries[row.entry_id].subject_id) for row in rows if row.entry_id in entries]
