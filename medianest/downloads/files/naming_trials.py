"""What a template would make of the downloads that finished last."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.core.config.path_templates import Component
from medianest.downloads.files import paths
from medianest.downloads.files.paths import Known
from medianest.downloads.models import DownloadRow
from medianest.downloads.protocol import About
from medianest.downloads.types import State

_SHOWN = 10
_NAME_BYTES = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Where a file lies, and where it would lie."""

    title: str
    now: str
    then: str


def of_last(session: Session, template: Sequence[Component]) -> list[Trial]:
    """The last finished downloads, the newest first."""
    row = DownloadRow
    query = select(row.title, row.source, row.site, row.about, row.preset, row.owner_id, row.file_path)
    found = session.execute(
        query.where(row.state == State.COMPLETED).order_by(row.finished_at.desc(), row.id.desc()).limit(_SHOWN)
    ).all()
    names = accounts.display_names(session, {one.owner_id for one in found})
    return [
        Trial(
            title=one.title,
            now=one.file_path,
            then=paths.path(
                template,
                Known(
                    title=one.title,
                    id=one.about.get("id", ""),
                    site=one.site,
                    about=msgspec.convert(one.about, About),
                    owner=names.get(one.owner_id, ""),
                    preset=one.preset,
                ),
                one.file_path.rpartition(".")[2],
                limit_bytes=_NAME_BYTES,
            ),
        )
        for one in found
    ]
