"""Lists, and several links at once, in every state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.core.actor import Actor, Role, Via
from medianest.core.i18n import msg
from medianest.downloads.failures import REMEDIES
from medianest.downloads.lists.types import Choice, EntryFate, ListEntry, ListState, ListWait, Playlist
from medianest.downloads.types import Counts, ErrorCode, Failure, Judged, Preset, Preview, PreviewEntry, State
from medianest.web.pages import links, playlists
from medianest.web.playlists import ListRow, list_row
from medianest.web.presets import preset_choices
from medianest.web.several import queued_view, several_view
from tests.gallery import samples, status
from tests.gallery.samples import GRANDMA, NOW, ROBIN

_READER = Actor(id=ROBIN.id, name=ROBIN.name, role=Role.MEMBER, permissions=frozenset(), via=Via.WEB)
_TITLES = (
    "Husum at low water",
    "Tromsø, polar night",
    "Travemünde, the long pier and the four-masted barque that never leaves",
    "[Private video]",
    "Narvik, ore and rails",
    "A boatbuilder’s shed",
)


def _preview() -> Preview:
    entries = tuple(
        PreviewEntry(
            number=number,
            title=title,
            duration_s=None if number == 4 else 2700.0 + 60 * number,
            is_here=number == 1,
            trouble=ErrorCode.PRIVATE if number == 4 else None,
        )
        for number, title in enumerate(_TITLES, 1)
    )
    whole = {"title": "Harbours of the north, complete", "duration_s": 112_800.0, "is_playlist": True}
    return replace(
        samples.PREVIEW, **whole, url="https://tube.example/playlist?list=harbours", entry_count=42, entries=entries,
        estimated_bytes=58 * 10**9, bytes_by_preset={Preset.BEST: 92 * 10**9, Preset.P1080: 58 * 10**9},
    )  # type: ignore[arg-type]  # fmt: skip


READING = Playlist(
    id="harbours", url="https://tube.example/playlist?list=harbours", title="Harbours of the north, complete",
    site="tube.example", preset=Preset.P1080, choice=Choice(), state=ListState.EXPANDING, waits_for=None,
    next_attempt_at=None, entry_count=412, read=120, is_read=False, is_cut=False, chosen=120, queued=96, here=20,
    unavailable=4, attempts=1, failure=None, owner=ROBIN, created_at=NOW - timedelta(minutes=1), finished_at=None,
    downloads=Counts(queued=94, running=2),
)  # fmt: skip
COMING = replace(
    READING, id="rivers", title="Slow Rivers: all of them", state=ListState.COMPLETED, is_read=True, entry_count=36,
    read=36, chosen=36, queued=30, here=6, unavailable=0,
    downloads=Counts(queued=11, running=1, completed=17, failed=1),
)  # fmt: skip
FULL = replace(
    READING, id="lectures", title="Lectures on the physics of sound", state=ListState.WAITING, owner=GRANDMA,
    waits_for=ListWait.ROOM, next_attempt_at=NOW + timedelta(hours=9), is_read=True, chosen=64, queued=10, here=0,
    unavailable=0, downloads=Counts(completed=10),
)  # fmt: skip
STOPPED = replace(COMING, state=ListState.STOPPED, downloads=Counts(completed=17, cancelled=13))
_TROUBLE = REMEDIES[ErrorCode.LOGIN_REQUIRED]
FAILED = replace(
    READING, state=ListState.FAILED, read=0, chosen=0, queued=0, here=0, unavailable=0, downloads=Counts(),
    failure=Failure(code=ErrorCode.LOGIN_REQUIRED, retryable=_TROUBLE.retryable, action=_TROUBLE.action),
)  # fmt: skip

_FATES = (
    (EntryFate.HERE, None, "a", State.COMPLETED),
    (EntryFate.QUEUED, None, "b", State.COMPLETED),
    (EntryFate.QUEUED, None, "c", State.RUNNING),
    (EntryFate.UNAVAILABLE, ErrorCode.PRIVATE, None, None),
    (EntryFate.QUEUED, None, "e", State.FAILED),
    (EntryFate.LISTED, None, None, None),
)
ENTRIES = tuple(
    ListEntry(
        number=number, title=title, duration_s=2700.0, fate=fate, error=error, download_id=id, download_state=state
    )
    for number, (title, (fate, error, id, state)) in enumerate(zip(_TITLES, _FATES, strict=True), 1)
)


def rows() -> tuple[ListRow, ...]:
    """What the queue's page shows of them."""
    return tuple(list_row(playlist, _READER) for playlist in (READING, COMING, FULL))


def samples_of_lists() -> Iterator[tuple[str, str, object]]:
    """The name, the template and the view of each."""
    yield from _asked()
    for name, playlist in {"": READING, "-coming": COMING, "-full": FULL, "-stopped": STOPPED}.items():
        view = playlists.playlist_view(playlist, list_row(playlist, _READER), ENTRIES, has_more=not name)
        yield f"playlist{name}", "playlist/page.html", view
    failed = playlists.playlist_view(FAILED, list_row(FAILED, _READER), ())
    yield "playlist-failed", "playlist/page.html", failed
    yield "playlist-stop", "question/page.html", playlists.stop_view(COMING)


def _asked() -> Iterator[tuple[str, str, object]]:
    listing = links.link_view(_preview(), samples.OFFERS, remembered=Preset.P1080)
    yield "link-list", "queue/link.html", listing
    video = replace(samples.PREVIEW, playlist_url="https://tube.example/playlist?list=harbours")
    yield "link-in-list", "queue/link.html", links.link_view(video, samples.OFFERS, remembered=None)
    judged = (
        Judged(url="https://tube.example/watch?v=husum"),
        Judged(url="http://10.0.0.7/film.mp4", refusal=msg("outbound.blocked", host="10.0.0.7")),
        Judged(url="https://tube.example/playlist?list=harbours", refusal=msg("downloads.list_by_itself")),
        Judged(url="https://podcast.example/episodes/the-very-long-name-of-an-episode-about-nothing-at-all.mp3"),
    )
    presets = preset_choices(samples.OFFERS, {}, remembered=None)
    yield "links", "queue/link.html", links.LinkView(several=several_view(judged, presets, left_out=3))
    offline = several_view(judged[:1], presets, left_out=0)
    yield "links-offline", "queue/link.html", links.LinkView(several=offline, down=status.OFFLINE_WANTED)
    became = (replace(judged[0], download_id="a", is_new=True), *judged[1:3], replace(judged[3], download_id="b"))
    yield "links-queued", "queue/link.html", links.LinkView(several=queued_view(became))
    yield "links-paste", "queue/several.html", None
