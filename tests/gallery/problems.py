"""What is wrong with films and series, for looking at pages: lists, one problem in either state, and the form."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.core.errors import Invalid
from medianest.core.i18n import msg
from medianest.media_requests.errand import Errand, What
from medianest.media_requests.errors import ServerAway
from medianest.media_requests.types import MediaType, ProblemComment, ProblemKind, Reported, TitleKey
from medianest.web.errand_words import said
from medianest.web.pages import problem, problem_report, problems
from medianest.web.problem_rows import problem_row
from tests.gallery.asking import AWAY, NAMES, ROBIN_HERE, SERIES, TITLE
from tests.gallery.samples import GRANDMA, NOW, ROBIN

_SERIES, _FILM = SERIES.hit.key, TitleKey(media_type=MediaType.MOVIE, tmdb_id=1)
_SAID = (
    ProblemComment(by="robin", text="No sound after minute 41.\nOn the television only.", at=NOW - timedelta(hours=3)),
    ProblemComment(by="grandma", text="Here, too: " + "loud" * 40, at=None),
)


def _problem(id: str, name: str, kind: ProblemKind, **about: object) -> Reported:
    values: dict[str, object] = {
        "upstream_id": 7, "title": _SERIES, "season": 2, "episode": 3, "reporter_id": ROBIN.id, "reporter": "",
        "is_resolved": False, "comments": _SAID, "created_at": NOW - timedelta(hours=3), "heard_at": NOW,
    }  # fmt: skip
    return Reported(id=id, name=name, kind=kind, **(values | about))  # type: ignore[arg-type]


_ALL = (
    _problem("tidewater", "Tidewater", ProblemKind.AUDIO),
    _problem(
        "phantom", "The Phantom of the Opera and Everybody Who Ever Sat in the Fifth Box of It", ProblemKind.SUBTITLES,
        title=_FILM, season=None, episode=None, reporter_id=GRANDMA.id, comments=_SAID[1:],
    ),
    _problem("theirs", "", ProblemKind.OTHER, episode=None, reporter_id=None, reporter="aunt.lena", comments=()),
    _problem("solved", "Metropolis", ProblemKind.VIDEO, title=_FILM, season=0, reporter_id=None, is_resolved=True),
)  # fmt: skip
ROWS = tuple(problem_row(one, ROBIN_HERE, NAMES) for one in _ALL)


def list_pages() -> Iterator[tuple[str, object]]:
    full = problems.ProblemsView(
        states=problems.states(is_solved=False), is_solved=False, rows=ROWS[:3], address="/problems",
        older="/problems?cursor=x",
    )  # fmt: skip
    yield "problems", full
    solved = replace(full, states=problems.states(is_solved=True), is_solved=True, older=None)
    yield "problems-solved", replace(solved, rows=ROWS[3:], newest="/problems?group=solved")
    yield "problems-none", replace(full, rows=(), older=None)
    yield "problems-none-solved", replace(solved, rows=())


def one_problem_pages() -> Iterator[tuple[str, object]]:
    full = problem.ProblemView(
        row=ROWS[0], comments=tuple(problem.comment_of(one) for one in _SAID), path="/problems/tidewater",
        resolve="/problems/tidewater/resolve",
    )  # fmt: skip
    yield "problem", full
    yield "problem-solved", replace(full, row=ROWS[3], resolve=None)
    comment = Errand(what=What.COMMENT, subject_id="tidewater", by="robin", text="Still no sound\nafter minute 41.")
    failed = replace(comment, what=What.RESOLVE, text="", trouble=ServerAway(msg("requests.away")))
    yield "problem-said", replace(full, said=(said(comment), said(failed)))
    report = replace(full, comments=(), resolve=None, may_comment=False)
    yield "problem-on-its-way", replace(report, said=(said(replace(comment, what=What.REPORT)),))
    wrong = replace(full, row=ROWS[2], comments=(), away=AWAY, text="Still no sound", error=msg("requests.away"))
    yield "problem-away", wrong


def report_pages() -> Iterator[tuple[str, object]]:
    said = problem_report.Said(kind=ProblemKind.AUDIO, season="2", episode="x", text="No sound after minute 41.")
    series = problem_report.report_view(_SERIES, SERIES, said)
    yield "problem-report", series
    for code in ("which_kind", "which_episode", "say_what"):
        wrong = Invalid(msg("requests.say_what", most=2000), code=code)
        yield f"problem-report-{code.replace('_', '-')}", problem_report.wrong(series, wrong)
    blind = problem_report.report_view(_FILM, None, problem_report.Said())
    yield "problem-report-away", replace(blind, away=AWAY, errors={"form": msg("requests.away")})


def title_pages() -> Iterator[tuple[str, object]]:
    yield "ask-title-wrong", replace(TITLE, form=None, report="/ask/tv/2/problem", problems=ROWS[:3])


TEMPLATES = {
    "problems/page.html": list_pages,
    "problems/problem.html": one_problem_pages,
    "problems/report.html": report_pages,
    "ask/title.html": title_pages,
}


def samples_of_problems() -> Iterator[tuple[str, tuple[str, object]]]:
    for template, samples in TEMPLATES.items():
        for name, view in samples():
            yield name, (template, view)
