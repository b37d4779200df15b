"""The samples of all pages, by name: `queue`, `queue-empty`, ..."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from medianest.core.i18n import Message, msg
from medianest.downloads.types import Counts, Download, Preset
from medianest.web import errors
from medianest.web.acts import Relation
from medianest.web.frame import Avatar, Chip, Frame, Place, Theme
from medianest.web.pages import (
    account,
    backups,
    docs,
    doctor,
    download,
    home,
    jobs,
    journal,
    library,
    queue,
    setup,
    sign_in,
)
from medianest.web.pages.admin import Room, rooms
from medianest.web.rows import Row, row, tally
from tests.gallery import samples
from tests.gallery.openapi import OPENAPI
from tests.gallery.samples import NOW, ROBIN

INSIDE = Frame(
    csrf_token="sample",
    avatar=Avatar(letter="R", tone=1),
    may_administer=True,
    may_download=True,
    under_way=5,
)
OUTSIDE = Frame(csrf_token="sample")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page in one state."""

    name: str
    template: str
    view: object
    frame: Frame


def samples_of_all_pages() -> Iterator[Sample]:
    yield from _queue()
    yield from _downloads()
    yield from _home_and_library()
    yield from _door()
    yield from _account()
    yield from _admin()
    yield from _errors()


def _inside(name: str, template: str, view: object, place: Place | None, **frame: object) -> Sample:
    return Sample(name=name, template=template, view=view, frame=replace(INSIDE, place=place, **frame))  # type: ignore[arg-type]


def _shown(item: Download) -> Row:
    return row(item, Relation.OWNER if item.owner == ROBIN else Relation.ADMIN)


def _queue() -> Iterator[Sample]:
    counts = tally(Counts(running=2, queued=1, waiting=1, paused=1, failed=2, completed=128, mine=4))
    none = tally(Counts())
    preview = queue.preview_view(samples.PREVIEW, chosen=Preset.P1080)
    here = queue.preview_view(replace(samples.PREVIEW, duplicate_of="railway"), chosen=Preset.BEST)
    many = queue.preview_view(replace(samples.PREVIEW, is_playlist=True, entry_count=42), chosen=Preset.BEST)
    refusal = queue.Refusal(address="10.0.0.7/film.mp4", sentence=msg("downloads.error.blocked_address"))
    full = queue.QueueView(
        shows=queue.Shows.ALL,
        counts=counts,
        chips=queue.chips(queue.Shows.ALL, counts),
        sections=queue.sections(_shown(item) for item in samples.ALL),
        preview=preview,
    )
    empty = replace(
        full, counts=none, chips=queue.chips(queue.Shows.ALL, none), sections=queue.sections(()), preview=None
    )
    link = samples.PREVIEW.url
    yield _inside("queue", "queue/page.html", full, Place.QUEUE, link=link)
    yield _inside("queue-here", "queue/page.html", replace(full, preview=here), Place.QUEUE, link=link)
    yield _inside("queue-list", "queue/page.html", replace(full, preview=many), Place.QUEUE, link=link)
    yield _inside(
        "queue-refused",
        "queue/page.html",
        replace(empty, refusal=refusal),
        Place.QUEUE,
        link="http://10.0.0.7/film.mp4",
    )
    yield _inside("queue-empty", "queue/page.html", empty, Place.QUEUE, under_way=0)
    other = tuple(row(item, Relation.OTHER) for item in samples.ALL)
    yield _inside(
        "queue-other", "queue/page.html", replace(full, sections=queue.sections(other), preview=None), Place.QUEUE
    )


def _downloads() -> Iterator[Sample]:
    for item in (samples.FETCHING, samples.MERGING, samples.COOLING, samples.PAUSED, samples.MEMBERS, samples.FULL,
                 samples.HERE, samples.SOUND, samples.CANCELLED):  # fmt: skip
        who = Relation.OWNER if item.owner == ROBIN else Relation.ADMIN
        view = download.download_view(item, who, log=samples.LOG)
        yield _inside(f"download-{item.id}", "download/page.html", view, Place.QUEUE)
    other = download.download_view(samples.HERE, Relation.OTHER, log=None)
    yield _inside("download-other", "download/page.html", other, Place.QUEUE)
    yield _inside("delete", "download/delete.html", download.delete_view(samples.HERE), Place.QUEUE)


def _home_and_library() -> Iterator[Sample]:
    arrived = tuple(_shown(item) for item in samples.ARRIVED)
    under_way = tuple(_shown(item) for item in (samples.FETCHING, samples.MERGING, samples.COOLING, samples.PAUSED))
    full = home.HomeView(feature=arrived[0], under_way=under_way, arrived=arrived[1:])
    yield _inside("home", "home/page.html", full, Place.HOME)
    yield _inside("home-quiet", "home/page.html", replace(full, under_way=()), Place.HOME, under_way=0)
    yield _inside("home-first", "home/page.html", replace(full, feature=None, arrived=()), Place.HOME)
    yield _inside(
        "home-empty", "home/page.html", home.HomeView(feature=None, under_way=(), arrived=()), Place.HOME, under_way=0
    )
    chips = tuple(
        Chip(name=name, path="/library", label=msg(f"web.library.show_{name}"), here=name == "all")
        for name in ("all", "mine")
    )
    shelf = library.LibraryView(total=128, chips=chips, rows=arrived, more="/library?cursor=x")
    yield _inside("library", "library/page.html", shelf, Place.LIBRARY)
    yield _inside("library-empty", "library/page.html", replace(shelf, total=0, rows=()), Place.LIBRARY)


def _door() -> Iterator[Sample]:
    wrong = msg("accounts.wrong_password")
    yield Sample(name="sign-in", template="sign_in/page.html", view=sign_in.SignInView(), frame=OUTSIDE)
    yield Sample(
        name="sign-in-wrong",
        template="sign_in/page.html",
        view=sign_in.SignInView(name="robin", error=wrong),
        frame=OUTSIDE,
    )
    again = sign_in.AgainView(next="/admin/backups", back="/admin/backups", name="Robin")
    yield Sample(name="again", template="sign_in/again.html", view=again, frame=OUTSIDE)
    yield Sample(name="setup", template="setup/page.html", view=setup.SetupView(token="t"), frame=OUTSIDE)
    used = setup.SetupView(token="t", is_open=False, error=msg("accounts.setup_used"))
    yield Sample(name="setup-used", template="setup/page.html", view=used, frame=OUTSIDE)
    short = setup.SetupView(token="t", name="Robin", password_error=msg("accounts.password_short", n=10))
    yield Sample(name="setup-wrong", template="setup/page.html", view=short, frame=OUTSIDE)


def _account() -> Iterator[Sample]:
    def session(
        id: str, icon: str, browser: str, system: str, hours: float, *, here: bool = False
    ) -> account.SessionRow:
        device = msg("web.account.device", browser=browser, system=system)
        return account.SessionRow(
            id=id, icon=icon, device=device, address="192.168.1.34", seen_at=NOW - timedelta(hours=hours),
            is_this=here, end_path=f"/account/sessions/{id}/end",
        )  # fmt: skip

    def token(id: str, label: str, scopes: tuple[str, ...], *, used: bool) -> account.TokenRow:
        return account.TokenRow(
            id=id, label=label, scopes=tuple(msg(f"web.scope.{scope}") for scope in scopes),
            created_at=NOW - timedelta(days=200), used_at=NOW - timedelta(hours=3) if used else None,
            revoke_path=f"/account/tokens/{id}/revoke",
        )  # fmt: skip

    icons = {Theme.AUTO: "phone", Theme.LIGHT: "sun", Theme.DARK: "moon"}
    view = account.AccountView(
        name="Robin",
        role=msg("web.account.role_admin"),
        sessions=(
            session("1", "phone", "Chrome", "Android", 0, here=True),
            session("2", "tv", "Firefox", "Linux", 2),
            session("3", "phone", "Safari", "iPad", 26),
        ),
        tokens=(
            token("1", "Phone shortcut", ("downloads",), used=True),
            token("2", "Living-room script", ("read", "library"), used=False),
        ),
        themes=tuple(
            account.ThemeChoice(
                name=theme, label=msg(f"web.looks.theme_{theme}"), icon=icons[theme], chosen=theme is Theme.AUTO
            )
            for theme in Theme
        ),
        languages=(
            account.LanguageChoice(code="en", name="English", chosen=True),
            account.LanguageChoice(code="de", name="Deutsch", chosen=False),
            account.LanguageChoice(code="ar", name="العربية", chosen=False),
        ),
    )
    yield _inside("account", "account/page.html", view, Place.ACCOUNT)
    yield _inside(
        "account-new",
        "account/page.html",
        replace(view, tokens=(), sessions=view.sessions[:1], languages=()),
        Place.ACCOUNT,
    )
    scopes = tuple(
        account.ScopeChoice(
            name=name, label=msg(f"web.scope.{name}"), about=msg(f"web.scope.{name}_about"), chosen=name == "read"
        )
        for name in ("read", "downloads", "metrics", "admin")
    )
    form = account.NewTokenView(label="", scopes=scopes)
    yield _inside("token-new", "account/new_token.html", form, Place.ACCOUNT)
    wrong = replace(form, label_error=msg("web.tokens.label_missing"), scopes_error=msg("web.tokens.scopes_missing"))
    yield _inside("token-wrong", "account/new_token.html", wrong, Place.ACCOUNT)
    made = account.TokenMadeView(label="Phone shortcut", secret="mn_k3v9qz7w2x5c8b1n4m6a0s9d8f7g6h5j")
    yield _inside("token-made", "account/token_made.html", made, Place.ACCOUNT)
    yield _inside("docs", "docs/page.html", docs.docs_view(OPENAPI), Place.ACCOUNT)


def _admin() -> Iterator[Sample]:
    yield _inside("jobs", "admin/jobs.html", _jobs(), Place.ADMIN)
    yield _inside("journal", "admin/journal.html", _journal(), Place.ADMIN)
    yield _inside("doctor", "admin/doctor.html", _doctor("down"), Place.ADMIN)
    yield _inside("doctor-fine", "admin/doctor.html", _doctor("up"), Place.ADMIN)
    kept = tuple(
        backups.BackupRow(
            name=f"medianest-2026-11-{day}T030000.backup", made_at=NOW - timedelta(days=20 - day),
            size_bytes=184 * 10**6, path=f"/admin/backups/medianest-2026-11-{day}T030000.backup",
        )
        for day in (20, 19, 18)
    )  # fmt: skip
    yield _inside(
        "backups", "admin/backups.html", backups.BackupsView(places=rooms(Room.BACKUPS), backups=kept), Place.ADMIN
    )
    yield _inside(
        "backups-empty", "admin/backups.html", backups.BackupsView(places=rooms(Room.BACKUPS), backups=()), Place.ADMIN
    )


def _jobs() -> jobs.JobsView:
    def job(name: str, rhythm: Message, state: str, result: Message, *, ran: bool = True) -> jobs.JobRow:
        return jobs.JobRow(
            name=name, title=msg(f"jobs.{name}"), rhythm=rhythm, state=state, result=result,
            ran_at=NOW - timedelta(hours=3) if ran else None, took_s=38.0 if ran else None,
            next_at=NOW + timedelta(hours=5), runs=state == "waiting", run_path=f"/admin/jobs/{name}/run",
        )  # fmt: skip

    letter = jobs.LetterRow(
        id=1, title=msg("web.letters.letter", listener="library", kind="download.finished"),
        reason="OSError: [Errno 28] No space left on device", at=NOW - timedelta(days=2),
        retry_path="/admin/dead-letters/1/retry",
    )  # fmt: skip
    return jobs.JobsView(
        places=rooms(Room.JOBS, alarms=1),
        jobs=(
            job("backup", msg("web.jobs.daily", time="03:00"), "up", msg("web.jobs.done")),
            job("purge_journal", msg("web.jobs.daily", time="04:10"), "up", msg("web.jobs.done")),
            job("sweep_previews", msg("web.jobs.every_minutes", n=10), "waiting", msg("web.jobs.runs")),
            job(
                "check_space",
                msg("web.jobs.every_hours", n=1),
                "down",
                msg("core.job_failed", error="no answer from the disk"),
            ),
            job("reclaim_space", msg("web.jobs.every_days", n=1), "unknown", msg("web.jobs.never"), ran=False),
        ),
        dead_letters=(letter,),
    )


def _journal() -> journal.JournalView:
    def entry(id: int, kind: str, who: str, thing: str, via: str) -> journal.EntryRow:
        return journal.EntryRow(
            id=id, at=NOW - timedelta(minutes=7 * id), sentence=msg(f"web.journal.{kind}", actor=who),
            via=msg(f"web.journal.via_{via}"), address=None if via == "system" else "192.168.1.34",
            path="/downloads/rivers" if thing else None, thing=thing,
        )  # fmt: skip

    return journal.JournalView(
        places=rooms(Room.JOURNAL),
        entries=(
            entry(1, "download_finished", "MediaNest", "Night shift on the model railway", "system"),
            entry(2, "download_queued", "Robin", "The Ems by canoe, from spring to sea", "web"),
            entry(3, "download_queued", "The kids", "Why Saturn keeps its rings", "api"),
            entry(4, "signed_in", "Robin", "", "web"),
            entry(5, "other", "MediaNest", "", "system"),
        ),
        more="/admin/journal?cursor=x",
    )


def _doctor(worst: str) -> doctor.DoctorView:
    def fact(title: str, text: str, state: str = "up") -> doctor.DoctorFact:
        return doctor.DoctorFact(title=Message(title), text=Message(text), state=state)

    bad = "Cannot be written: owner 0:0, mode 755" if worst == "down" else "Written and read back"
    old = "2026.10.26, 25 days old"
    groups = {
        "paths": (
            fact("/srv/media", bad, worst),
            fact("/data", "Written and read back; ext4"),
            fact("Room", "612 GB of 4 TB free"),
        ),
        "versions": (
            fact("yt-dlp", old, "pending" if worst == "down" else "up"),
            fact("ffmpeg", "7.1"),
            fact("SQLite", "3.50"),
        ),
        "surroundings": (fact("Clock", "0.2 s off"), fact("Public address", "not set")),
    }
    return doctor.DoctorView(
        places=rooms(Room.DOCTOR),
        groups=tuple(
            doctor.DoctorGroup(name=name, title=msg(f"web.doctor.group_{name}"), facts=facts)
            for name, facts in groups.items()
        ),
    )


def _errors() -> Iterator[Sample]:
    for name in ("not_found", "forbidden"):
        yield _inside(f"error-{name}", "errors/inside.html", errors.error_view(name), None)
    for name in ("not_found", "internal", "unavailable"):
        view = errors.error_view(name, word="5yq2hn7r3k4wz6xa" if name == "internal" else None)
        yield Sample(name=f"door-{name}", template="errors/door.html", view=view, frame=OUTSIDE)
    host = errors.error_view("host", line='allowed_hosts = ["nest.example"]')
    yield Sample(name="door-host", template="errors/door.html", view=host, frame=OUTSIDE)
