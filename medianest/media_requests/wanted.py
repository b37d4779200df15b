"""Which titles of a list the household asked for."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from medianest.media_requests import queries, states
from medianest.media_requests.models import RequestRow
from medianest.media_requests.types import Request, TitleKey

TITLES_MOST = 200


def asked_for(session: Session, titles: Collection[TitleKey]) -> Mapping[TitleKey, Sequence[Request]]:
    """The requests for each of these titles that may still be fulfilled, whoever asked; oldest first."""
    keys = [(title.media_type, title.tmdb_id) for title in titles][:TITLES_MOST]
    same = tuple_(RequestRow.media_type, RequestRow.tmdb_id).in_(keys) & RequestRow.state.in_(states.LIVING)
    query = select(*queries.COLUMNS).where(same).order_by(RequestRow.created_at, RequestRow.id)
    found: dict[TitleKey, list[Request]] = {}
    for request in queries.requests(session, query) if keys else ():
        found.setdefault(request.wish.title, []).append(request)
    return found
