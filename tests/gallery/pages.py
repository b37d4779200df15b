"""The samples of all pages, by name: `queue`, `queue-empty`, ..."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from medianest.accounts.types import Scope
from medianest.admin.types import Fact, Group, Verdict
from medianest.core.actor import NOBODY, Role
from medianest.core.i18n import Message, msg
from medianest.downloads.errors import Refused
from medianest.downloads.failed import Cause
from medianest.downloads.files.naming_trials import Trial
from medianest.downloads.sites.queries import Figures
from medianest.downloads.types import Action, Counts, Download, ErrorCode, Preset
from medianest.downloads.ytdlp.versions import Copy, Status
from medianest.web import details, errors
from medianest.web.acts import Relation
from medianest.web.devices import place
from medianest.web.frame import Avatar, Frame, Place, Theme
from medianest.web.pages import (
    account,
    backups,
    docs,
    doctor,
    home,
    jobs,
    library,
    links,
    names,
    phone,
    queue,
    setup,
    sign_in,
    sites,
    tokens,
    verbs,
)
from medianest.web.pages.admin import Room, rooms
from medianest.web.pages.failures import cause_rows
from medianest.web.pages.plex_account import PlexLink
from medianest.web.presets import preset_choices
from medianest.web.quotas import meters
from medianest.web.rows import Row, row, tally
from medianest.web.site_cookies import CookiesForm, cookies_view
from medianest.web.sites import tiles
from medianest.web.tiles import tile_groups
from tests.gallery import (
    asking,
    channels,
    deciding,
    household,
    inbox,
    lists,
    plans,
    plex,
    plex_titles,
    problems,
    samples,
    status,
)
from tests.gallery.journal import samples_of_the_journal
from tests.gallery.openapi import OPENAPI
from tests.gallery.samples import NOW, ROBIN

INSIDE = Frame(
    csrf_token="sample",
    avatar=Avatar(letter="R", tone=1),
    may_administer=True,
    may_download=True,
    may_ask=True,
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
    yield from _links()
    yield from _sites()
    yield from _downloads()
    yield from _home_and_library()
    yield from _in_plex()
    yield from _asking()
    yield from _status()
    yield from _inbox()
    yield from _notifications()
    yield from _phone()
    yield from _door()
    yield from _account()
    yield from _admin()
    yield from _people()
    yield from _plans()
    yield from _errors()


def _inside(name: str, template: str, view: object, place: Place | None, **frame: object) -> Sample:
    return Sample(name=name, template=template, view=view, frame=replace(INSIDE, place=place, **frame))  # type: ignore[arg-type]


def _shown(item: Download) -> Row:
    who = Relation.OWNER if item.owner == ROBIN else Relation.ADMIN
    return row(item, who, _mark(item))


def _mark(item: Download) -> str | None:
    return "/plex/titles/1" if item in (samples.MERGING, samples.AURORA, samples.HERE) else None


def _queue() -> Iterator[Sample]:
    counts = tally(Counts(running=2, queued=1, waiting=1, paused=1, failed=2, completed=128))
    none = tally(Counts())
    full = queue.QueueView(
        shows=queue.Shows.ALL,
        counts=counts,
        chips=queue.chips(queue.Shows.ALL, counts),
        sections=queue.sections(_shown(item) for item in samples.ALL),
        path="/queue?show=all",
        sites=tiles(samples.SITES, {"tube.example": 3, "podcast.example": 1}),
    )
    empty = replace(full, counts=none, sites=(), chips=queue.chips(queue.Shows.ALL, none), sections=queue.sections(()))
    other = queue.sections(row(item, Relation.OTHER) for item in samples.ALL)
    yield _inside("queue", "queue/page.html", full, Place.QUEUE)
    causes = (
        Cause(
            code=ErrorCode.NEEDS_UPDATE, count=12, newest_at=samples.NOW, retryable=False, action=Action.UPDATE_YTDLP
        ),
        Cause(code=ErrorCode.MEMBERS_ONLY, count=1, newest_at=samples.NOW, retryable=False, action=Action.SIGN_IN),
    )
    failures = replace(full, shows=queue.Shows.FAILED, causes=cause_rows(causes), sites=())
    yield _inside("queue-failed", "queue/page.html", failures, Place.QUEUE)
    yield _inside("queue-lists", "queue/page.html", replace(full, lists=lists.rows()), Place.QUEUE)
    yield _inside("queue-empty", "queue/page.html", empty, Place.QUEUE, under_way=0)
    yield _inside("queue-offline", "queue/page.html", replace(full, down=status.OFFLINE), Place.QUEUE)
    yield _inside("queue-other", "queue/page.html", replace(full, sections=other), Place.QUEUE)


def _sites() -> Iterator[Sample]:
    places = rooms(Room.SITES, alarms=2)
    here = Counts(completed=118, failed=2, waiting=3)
    figures = (Figures(site=site, counts=here, waiting=3, cookies=None) for site in samples.SITES)
    views = tuple(map(sites.site_view, figures))
    ask = CookiesForm.of_any_site()
    yield _inside(
        "sites",
        "admin/sites.html",
        sites.SitesView(places=places, sites=views, more=None, form=ask, bytes_per_s=2_500_000),
        Place.ADMIN,
    )
    bad = CookiesForm.of_any_site("tube", name_error=msg("web.cookies.want_host"))
    none = sites.SitesView(places=places, sites=(), more=None, form=bad, bytes_per_s=None)
    yield _inside("sites-empty", "admin/sites.html", none, Place.ADMIN)
    cookies = samples.COOKIES
    one = sites.MannersView(
        site=views[2],
        per_site="1",
        pause_s="30",
        usual_per_site=2,
        usual_pause_s=5,
        cookies=cookies_view(cookies),
        form=CookiesForm.of_site(views[2].tile.name, cookies),
    )
    yield _inside("site", "admin/site.html", one, Place.ADMIN)
    error = msg("downloads.cookies_bad_line", line=12)
    form = CookiesForm.of_site(views[2].tile.name, None, error=error)
    yield _inside("site-no-cookies", "admin/site.html", replace(one, cookies=None, form=form), Place.ADMIN)
    wrong = replace(one, pause_s="long", pause_s_error=msg("web.sites.want_number", least=0, most=3600))
    yield _inside("site-wrong", "admin/site.html", wrong, Place.ADMIN)


def _links() -> Iterator[Sample]:
    refused = links.refusal("http://10.0.0.7/film.mp4", Refused(ErrorCode.BLOCKED_ADDRESS))
    for name, found in {
        "link": samples.PREVIEW,
        "link-here": replace(samples.PREVIEW, duplicate_of="railway"),
        "link-live": replace(samples.PREVIEW, is_live=True, duration_s=None, estimated_bytes=None),
    }.items():
        view = links.LinkView(preview=links.preview_view(found, samples.OFFERS, remembered=Preset.P1080))
        yield _inside(name, "queue/link.html", view, Place.QUEUE, link=found.url)
    for name, template, shown in lists.samples_of_lists():
        yield _inside(name, template, shown, Place.QUEUE)
    view = links.LinkView(refusal=refused)
    yield _inside("link-refused", "queue/link.html", view, Place.QUEUE, link="http://10.0.0.7/film.mp4")


def _downloads() -> Iterator[Sample]:
    for item in (samples.FETCHING, samples.RECORDING, samples.PREMIERE,
                 samples.MERGING, samples.COOLING, samples.PAUSED, samples.MEMBERS, samples.FULL,
                 samples.HERE, samples.SOUND, samples.CANCELLED):  # fmt: skip
        who = Relation.OWNER if item.owner == ROBIN else Relation.ADMIN
        log = details.log_view(item, samples.LOG)
        view = details.download_view(item, who, log=log, in_plex=_mark(item))
        yield _inside(f"download-{item.id}", "download/page.html", view, Place.QUEUE)
    other = details.download_view(samples.HERE, Relation.OTHER, log=None)
    yield _inside("download-other", "download/page.html", other, Place.QUEUE)
    yield _inside("delete", "download/delete.html", verbs.delete_view(samples.HERE), Place.QUEUE)


def _home_and_library() -> Iterator[Sample]:
    arrived = tuple(_shown(item) for item in samples.ARRIVED)
    under_way = tuple(_shown(item) for item in (samples.FETCHING, samples.MERGING, samples.COOLING, samples.PAUSED))
    links = tile_groups(samples.TILES, replace(NOBODY, role=Role.ADMIN))
    way = home.WayView(downloads=under_way, asked=asking.ROWS[:2])
    full = home.HomeView(feature=arrived[0], way=way, arrived=arrived[1:], links=links[:1])
    nothing = home.HomeView(feature=None, way=home.WayView(), arrived=())
    yield _inside("home", "home/page.html", full, Place.HOME)
    yield _inside("home-groups", "home/page.html", replace(full, links=links), Place.HOME)
    yield _inside(
        "home-quiet", "home/page.html", replace(full, way=home.WayView(asked=way.asked)), Place.HOME, under_way=0
    )
    yield _inside("home-first", "home/page.html", replace(full, feature=None, arrived=()), Place.HOME)
    yield _inside("home-empty", "home/page.html", nothing, Place.HOME, under_way=0)
    for name, (begun, new) in plex_titles.home_shelves():
        shown = replace(full, begun=begun, new=new, wishes=asking.ROWS[:3])
        yield _inside(f"home-plex{name}", "home/page.html", shown, Place.HOME)
    for name, line in status.LINES.items():
        shown = replace(full, way=replace(way, services=line))
        yield _inside(f"home-services-{name}", "home/page.html", shown, Place.HOME)
    alone = replace(nothing, way=home.WayView(services=status.LINES["well"]))
    yield _inside("home-services-alone", "home/page.html", alone, Place.HOME, under_way=0)
    shelf = library.LibraryView(total=128, chips=library.chips("all"), rows=arrived, more="/library?cursor=x")
    yield _inside("library", "library/page.html", shelf, Place.LIBRARY)
    yield _inside("library-empty", "library/page.html", replace(shelf, total=0, rows=()), Place.LIBRARY)


def _in_plex() -> Iterator[Sample]:
    for name, view in plex_titles.server_pages():
        yield _inside(name, "plex/page.html", view, Place.LIBRARY)
    for name, shelf in plex_titles.shelf_pages():
        yield _inside(name, "plex/shelf.html", shelf, Place.HOME)
    for name, title in plex_titles.title_pages():
        yield _inside(name, "plex/title.html", title, Place.LIBRARY)


def _asking() -> Iterator[Sample]:
    for name, (template, view) in asking.samples_of_asking():
        yield _inside(name, template, view, Place.ASK)
    for name, view in deciding.decide_pages():
        yield _inside(name, "requests/decide.html", view, Place.ASK)
    for name, view in deciding.decide_once_pages():
        yield Sample(name=name, template="requests/decide_once.html", view=view, frame=OUTSIDE)
    for name, (template, view) in problems.samples_of_problems():
        yield _inside(name, template, view, Place.ASK)
    for name, view in asking.overseerr_pages():
        yield _inside(name, "admin/overseerr.html", view, Place.ADMIN)


def _status() -> Iterator[Sample]:
    for name, view in status.samples_of_status():
        yield _inside(name, "status/page.html", view, Place.STATUS)


def _inbox() -> Iterator[Sample]:
    for name, view in inbox.samples_of_inbox():
        yield _inside(name, "inbox/page.html", view, Place.INBOX, unread=view.unread)


def _notifications() -> Iterator[Sample]:
    for name, view in channels.samples_of_notifications():
        yield _inside(name, "notifications/page.html", view, Place.ACCOUNT)
    for name, one in channels.samples_of_channels():
        yield _inside(name, "notifications/channel.html", one, Place.ACCOUNT)
    for name, link in channels.samples_of_links():
        yield Sample(name=name, template="notifications/letter_link.html", view=link, frame=OUTSIDE)
    yield _inside("webhook-made", "notifications/webhook_made.html", channels.MADE, Place.ACCOUNT)


def _phone() -> Iterator[Sample]:
    home = "https://nest.example"
    how = phone.PhoneView(
        is_safe=True, may_download=True, api=f"{home}/api/v1/downloads", bookmarklet=f"javascript:{home}/share?url="
    )
    yield _inside("phone", "phone/page.html", how, Place.ACCOUNT)
    yield _inside("phone-plain", "phone/page.html", replace(how, is_safe=False, may_download=False), Place.ACCOUNT)
    address = "videos.example/watch/" + 12 * "a-very-long-name-"
    presets = preset_choices(samples.OFFERS, {}, remembered=None)
    shared = phone.SharedView(url=f"https://{address}", address=address, presets=presets)
    yield _inside("shared", "phone/share.html", shared, Place.QUEUE)
    yield Sample(name="offline", template="phone/offline.html", view=None, frame=OUTSIDE)


def _door() -> Iterator[Sample]:
    wrong = msg("accounts.wrong_password")
    yield Sample(name="sign-in", template="sign_in/page.html", view=sign_in.SignInView(), frame=OUTSIDE)
    yield Sample(
        name="sign-in-wrong",
        template="sign_in/page.html",
        view=sign_in.SignInView(name="robin", error=wrong),
        frame=OUTSIDE,
    )
    again = sign_in.AgainView(next="/admin/backups", back="/admin/backups", name="Robin", by_plex=False)
    yield Sample(name="again", template="sign_in/again.html", view=again, frame=OUTSIDE)
    both = replace(again, by_plex=True)
    yield Sample(name="again-plex", template="sign_in/again.html", view=both, frame=OUTSIDE)
    for name, view in {
        "plex": sign_in.SignInView(by_plex=True),
        "plex-wrong": sign_in.SignInView(by_plex=True, error=wrong),
    }.items():
        yield Sample(name=f"sign-in-{name}", template="sign_in/page.html", view=view, frame=OUTSIDE)
    for name, (template, way) in plex.samples_at_the_door():
        yield Sample(name=name, template=template, view=way, frame=OUTSIDE)
    yield Sample(name="setup", template="setup/page.html", view=setup.SetupView(token="t"), frame=OUTSIDE)
    yield Sample(name="setup-plex", template="setup/plex.html", view=None, frame=OUTSIDE)
    nobody = sign_in.SignInView(is_set_up=False)
    yield Sample(name="sign-in-nobody", template="sign_in/page.html", view=nobody, frame=OUTSIDE)
    used = setup.SetupView(token="t", is_open=False, error=msg("accounts.setup_closed"))
    yield Sample(name="setup-used", template="setup/page.html", view=used, frame=OUTSIDE)
    short = setup.SetupView(token="t", name="Robin", password_error=msg("accounts.password_too_short", least=10))
    yield Sample(name="setup-wrong", template="setup/page.html", view=short, frame=OUTSIDE)


def _account() -> Iterator[Sample]:
    def session(
        id: str, icon: str, browser: str, system: str, hours: float, *, here: bool = False
    ) -> account.SessionRow:
        device = msg("web.account.device", browser=browser, system=system)
        return account.SessionRow(
            id=id, icon=icon, device=device, place=place("192.168.1.34"), seen_at=NOW - timedelta(hours=hours),
            is_this=here, end_path=f"/account/sessions/{id}/end",
        )  # fmt: skip

    def token(id: str, label: str, scopes: tuple[str, ...], *, used: bool) -> account.TokenRow:
        return account.TokenRow(
            id=id, label=label, scopes=tuple(msg(f"web.scope.{scope}") for scope in scopes),
            created_at=NOW - timedelta(days=200), used_at=NOW - timedelta(hours=3) if used else None,
            revoke_path=f"/account/tokens/{id}/revoke",
        )  # fmt: skip

    view = account.AccountView(
        name="robin",
        display_name="Robin",
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
        themes=account.themes(Theme.AUTO),
        languages=(
            account.LanguageChoice(code="en", name="English", chosen=True),
            account.LanguageChoice(code="de", name="Deutsch", chosen=False),
            account.LanguageChoice(code="ar", name="العربية", chosen=False),
        ),
        usage=meters(plans.SOME),
        plex=PlexLink(name="olga", linked_at=NOW - timedelta(days=3)),
        others_path="/account/sessions/others",
    )
    yield _inside("account", "account/page.html", view, Place.ACCOUNT)
    yield _inside(
        "account-new",
        "account/page.html",
        replace(view, tokens=(), sessions=view.sessions[:1], languages=(), others_path=None, usage=(), plex=PlexLink()),
        Place.ACCOUNT,
    )
    scopes = tokens.scopes(Role.ADMIN, chosen=(Scope.READ,))
    form = tokens.NewTokenView(label="", scopes=scopes)
    yield _inside("token-new", "account/new_token.html", form, Place.ACCOUNT)
    wrong = replace(form, label_error=msg("accounts.name_missing"), scopes_error=msg("accounts.scope_missing"))
    yield _inside("token-wrong", "account/new_token.html", wrong, Place.ACCOUNT)
    made = tokens.TokenMadeView(label="Phone shortcut", secret="mn_k3v9qz7w2x5c8b1n4m6a0s9d8f7g6h5j")
    yield _inside("token-made", "account/token_made.html", made, Place.ACCOUNT)
    yield _inside("docs", "docs/page.html", docs.docs_view(OPENAPI), Place.ACCOUNT)


def _admin() -> Iterator[Sample]:
    yield _inside("jobs", "admin/jobs.html", _jobs(), Place.ADMIN)
    for name, view in samples_of_the_journal():
        yield _inside(name, "admin/journal.html", view, Place.ADMIN)
    yield from _names()
    yield _inside("doctor", "admin/doctor.html", _doctor(Verdict.WRONG), Place.ADMIN)
    yield _inside("doctor-fine", "admin/doctor.html", _doctor(Verdict.FINE), Place.ADMIN)
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


def _people() -> Iterator[Sample]:
    for name, (template, view) in plex.samples_inside():
        yield _inside(name, template, view, Place.ADMIN)
    for name, (template, view) in household.samples_of_people():
        yield _inside(name, template, view, Place.ADMIN)
    for name, (template, view) in household.samples_of_the_door():
        yield Sample(name=name, template=template, view=view, frame=OUTSIDE)


def _plans() -> Iterator[Sample]:
    for name, (template, view) in plans.samples_of_plans():
        yield _inside(name, template, view, Place.ADMIN)
    for name, standings in {"link-room": plans.SOME, "link-no-room": plans.NOTHING_LEFT}.items():
        found = replace(samples.PREVIEW, standings=standings, estimated_bytes=1700 * 10**6)
        view = links.LinkView(preview=links.preview_view(found, samples.OFFERS, remembered=None))
        yield _inside(name, "queue/link.html", view, Place.QUEUE, link=found.url)


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
            job("purge_sessions", msg("web.jobs.every_minutes", n=10), "waiting", msg("web.jobs.runs")),
            job(
                "purge_invitations",
                msg("web.jobs.every_hours", n=1),
                "down",
                msg("core.job_failed", error="no answer from the disk"),
            ),
            job("purge_idempotency_keys", msg("web.jobs.every_days", n=1), "unknown", msg("web.jobs.never"), ran=False),
        ),
        dead_letters=(letter,),
        given_up=(
            jobs.GivenUpRow(
                channel="webhook",
                name=msg("web.channels.kind_webhook"),
                error="503 Service Unavailable: upstream connect error or disconnect/reset before headers",
                count=12,
                newest_at=NOW - timedelta(hours=2),
            ),
        ),
        causes=(
            jobs.LetterCauseRow(
                listener="library",
                error="OSError",
                title=msg("web.letters.letter", listener="library", kind="OSError"),
                count=12,
                newest_at=NOW - timedelta(days=2),
            ),
        ),
    )


def _names() -> Iterator[Sample]:
    trials = tuple(
        Trial(title="t", now=f"tube.example/{name} [x{place}].mp4", then=f"{name} (2026)/{name} (2026).mp4")
        for place, name in enumerate(("The Ems by canoe", "Eleven hours of aurora in eleven minutes " * 3))
    )
    view = names.NamesView(
        places=rooms(Room.NAMES),
        text="{title} ({year})/{title} ({year})",
        ready_made=names.ready_made("plex-movies"),
        trials=trials,
        line='template = "plex-movies"',
    )
    yield _inside("names", "admin/names.html", view, Place.ADMIN)
    wrong = replace(view, trials=(), text="{titel}", wrong=msg("config.template_field", what="title"))
    yield _inside("names-wrong", "admin/names.html", wrong, Place.ADMIN)
    yield _inside("names-empty", "admin/names.html", replace(view, trials=()), Place.ADMIN)


def _doctor(worst: Verdict) -> doctor.DoctorView:
    bad = worst is Verdict.WRONG
    path = "/srv/media"
    wrong = msg("doctor.folder_of_other", path=path, owner="0:0", mode="755", user="1000")
    fine = msg("doctor.folder_fine", path=path, kind="ext4")
    mend = msg("doctor.mend_owner", uid=1000, gid=1000, path=path) if bad else None

    def fact(group: Group, title: str, finding: str, verdict: Verdict = Verdict.FINE) -> Fact:
        return Fact(id=title, group=group, verdict=verdict, title=Message(title), finding=Message(finding))

    return doctor.doctor_view(
        [
            Fact(
                id="media", group=Group.PATHS, verdict=worst, title=msg("doctor.media_dir"),
                finding=wrong if bad else fine, mend=mend,
            ),
            fact(Group.PATHS, "Room for media", "612 GB of 4 TB free"),
            fact(Group.VERSIONS, "yt-dlp", "2026.10.26, 25 days old", Verdict.LOOK if bad else Verdict.FINE),
            fact(Group.VERSIONS, "ffmpeg", "7.1"),
            fact(Group.SURROUNDINGS, "Clock", "0.2 s off"),
        ],
        Status(
            copy=Copy(version="2026.10.26", ejs="0.8.0", folder=Path("ytdlp"), installed_at=None),
            back_to="2026.9.30", policy="stable", checked_at=NOW, updating=bad,
            trouble=msg("downloads.ytdlp_too_slow", module="pip") if bad else None,
        ),
    )  # fmt: skip


def _errors() -> Iterator[Sample]:
    for name in ("not_found", "forbidden"):
        yield _inside(f"error-{name}", "errors/inside.html", errors.error_view(name), None)
    for name in ("not_found", "internal", "unavailable"):
        view = errors.error_view(name, word="5yq2hn7r3k4wz6xa" if name == "internal" else None)
        yield Sample(name=f"door-{name}", template="errors/door.html", view=view, frame=OUTSIDE)
    host = errors.error_view("host", line='allowed_hosts = ["nest.example"]')
    yield Sample(name="door-host", template="errors/door.html", view=host, frame=OUTSIDE)
    network = errors.error_view("network", line='allowed_networks = ["203.0.113.9"]')
    yield Sample(name="door-network", template="errors/door.html", view=network, frame=OUTSIDE)
