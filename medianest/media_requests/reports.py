"""Whether a problem at the server is one that somebody is just reporting from here. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from medianest.media_requests.errand import Errand
from medianest.media_requests.types import Problem

_CLOCKS_DIFFER = timedelta(minutes=5)


def same(errands: Iterable[Errand], errand: Errand) -> Errand | None:
    """The errand by which the same person says the same already."""
    said = (errand.by, errand.details.part, errand.text)
    return next((one for one in errands if (one.by, one.details.part, one.text) == said), None)


def alike(problems: Iterable[Problem], errand: Errand) -> Sequence[Problem]:
    """Those that may be what this errand has made there, as far as is seen without their words."""
    return [one for one in problems if _is_about(errand, one)]


def made(errands: Iterable[Errand], seen: Problem) -> Errand | None:
    """The errand that has made it."""
    return next((one for one in errands if _is_about(one, seen) and _says(one, seen)), None)


def _is_about(errand: Errand, seen: Problem) -> bool:
    part = errand.details.part
    if part is None or (seen.created_at and seen.created_at < errand.at - _CLOCKS_DIFFER):
        return False
    about = (seen.title, seen.kind, seen.season or 0, seen.episode or 0)
    return about == (part.title, part.kind, part.season, part.episode)


def _says(errand: Errand, seen: Problem) -> bool:
    return bool(seen.comments) and seen.comments[0].text == errand.text
