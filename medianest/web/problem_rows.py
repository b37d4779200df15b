"""Problems as rows of lists: what is wrong with which part of a title, who says so, and whether it is solved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medianest.accounts import queries as account_queries
from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests.types import Reported
from medianest.web.frame import Avatar, avatar_of
from medianest.web.title_cards import path_of

_SAID_MOST = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """A problem; `part` is None where it is all of the title, `said` the beginning of what was reported."""

    path: str
    title: Message
    title_path: str
    kind: Message
    part: Message | None
    said: str
    who: Message
    avatar: Avatar
    at: datetime
    shape: str
    word: Message


async def problem_rows(services: Services, actor: Actor, problems: Sequence[Reported]) -> tuple[ProblemRow, ...]:
    """Each by itself; who reported them is read once for all."""
    reporters = {one.reporter_id for one in problems if one.reporter_id}
    names = await services.db.read(account_queries.display_names, reporters)
    return tuple(problem_row(problem, actor, names) for problem in problems)


def problem_row(problem: Reported, actor: Actor, names: Mapping[str, str]) -> ProblemRow:
    name = names.get(problem.reporter_id or "", problem.reporter)
    return ProblemRow(
        path=f"/problems/{problem.id}",
        title=_title(problem),
        title_path=path_of(problem.title),
        kind=msg(f"web.problems.kind_{problem.kind}"),
        part=_part(problem),
        said=_beginning(problem.comments[0].text) if problem.comments else "",
        who=_who(problem, actor, name),
        avatar=avatar_of(problem.reporter_id or name, name),
        at=problem.created_at,
        shape=_shape(problem),
        word=_word(problem),
    )


def _shape(problem: Reported) -> str:
    if problem.upstream_id is None:
        return "waiting"
    return "up" if problem.is_resolved else "pending"


def _word(problem: Reported) -> Message:
    if problem.upstream_id is None:
        return msg("web.problems.not_there_yet")
    return msg("web.problems.solved" if problem.is_resolved else "web.problems.open")


def _title(problem: Reported) -> Message:
    if problem.name:
        return msg("web.asking.title", title=problem.name)
    return msg(f"web.asking.unknown_{problem.title.media_type}", number=str(problem.title.tmdb_id))


def _part(problem: Reported) -> Message | None:
    if not problem.season:
        return None
    if not problem.episode:
        return msg("web.asking.season", number=problem.season)
    return msg("web.problems.episode_of", season=problem.season, episode=problem.episode)


def _who(problem: Reported, actor: Actor, name: str) -> Message:
    if problem.reporter_id is not None and problem.reporter_id == actor.id:
        return msg("web.problems.by", name=msg("web.asking.you"))
    return msg("web.problems.by", name=name) if name else msg("web.problems.by_somebody")


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SAID_MOST else f"{line[:_SAID_MOST].rstrip()} …"
