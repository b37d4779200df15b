"""A furnished household for looking at pages: its people, and downloads in every state."""

from datetime import UTC, datetime, timedelta

from medianest.core.circuit import Circuit
from medianest.core.circuit import State as CircuitState
from medianest.core.config import TileSettings
from medianest.core.config.values import ICONS
from medianest.downloads.presets import Offer
from medianest.downloads.sites.cookies import Use
from medianest.downloads.sites.health import Site
from medianest.downloads.sites.queries import CookieFacts
from medianest.downloads.types import (
    Action,
    Broadcast,
    Download,
    ErrorCode,
    Failure,
    Person,
    Preset,
    Preview,
    Progress,
    Stage,
    State,
    StoredFile,
    Wait,
)

NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
ROBIN = Person(id="robin", name="Robin")
GRANDMA = Person(id="grandma", name="Grandma")
KIDS = Person(id="kids", name="The kids")
_MB, _GB = 10**6, 10**9


def _download(id: str, title: str, site: str, tone: int | None, owner: Person, **other: object) -> Download:
    values: dict[str, object] = {
        "url": f"https://{site}/watch/{id}",
        "has_picture": True,
        "duration_s": 2531.0,
        "preset": Preset.P1080,
        "priority": 0,
        "position": 1,
        "stage": None,
        "progress": Progress(),
        "attempts": 1,
        "next_attempt_at": None,
        "failure": None,
        "warnings": (),
        "file": None,
        "followers": (),
        "created_at": NOW - timedelta(hours=2),
        "started_at": NOW - timedelta(hours=1),
        "finished_at": None,
    }
    return Download(id=id, title=title, site=site, tone=tone, owner=owner, **(values | other))  # type: ignore[arg-type]


def _here(id: str, title: str, site: str, tone: int | None, owner: Person, **other: object) -> Download:
    values: dict[str, object] = {
        "state": State.COMPLETED,
        "progress": Progress(percent=100.0, downloaded_bytes=1200 * _MB, total_bytes=1200 * _MB),
        "file": StoredFile(path=f"{site}/{title}.mp4", size_bytes=1200 * _MB),
        "finished_at": NOW - timedelta(minutes=56),
    }
    return _download(id, title, site, tone, owner, **(values | other))


def _failed(id: str, title: str, site: str, tone: int, owner: Person, failure: Failure) -> Download:
    return _download(id, title, site, tone, owner, state=State.FAILED, failure=failure, finished_at=NOW)


FETCHING = _download(
    "rivers", "The Ems by canoe, from spring to sea", "tube.example", 5, ROBIN,
    state=State.RUNNING, stage=Stage.FETCHING,
    progress=Progress(
        percent=64.2, downloaded_bytes=1900 * _MB, total_bytes=2900 * _MB, speed_bytes_per_s=8.2e6, eta_s=183
    ),
)  # fmt: skip
RECORDING = _download(
    "parliament", "The debate, as it is held", "tube.example", 3, ROBIN, state=State.RUNNING, stage=Stage.FETCHING,
    duration_s=None, broadcast=Broadcast.LIVE,
    progress=Progress(downloaded_bytes=310 * _MB, speed_bytes_per_s=4.1e5, recorded_s=754.0),
)  # fmt: skip
PREMIERE = _download(
    "first-night", "The first night", "tube.example", 8, KIDS, state=State.WAITING, duration_s=None,
    waits_for=Wait.PREMIERE, broadcast=Broadcast.UPCOMING, begins_at=NOW + timedelta(days=4000),
    next_attempt_at=NOW + timedelta(days=7),
    failure=Failure(code=ErrorCode.NOT_YET, retryable=True, action=Action.NONE),
)  # fmt: skip
MERGING = _download(
    "concert", "Abschlusskonzert des Landesjugendsinfonieorchesters, Generalprobenmitschnitt", "kulturscheune.example",
    9, GRANDMA, state=State.RUNNING, stage=Stage.MERGING, progress=Progress(percent=100.0, downloaded_bytes=3 * _GB),
)  # fmt: skip
COOLING = _download(
    "planets", "Why Saturn keeps its rings", "tube.example", 10, KIDS, state=State.WAITING,
    progress=Progress(percent=22.0, downloaded_bytes=110 * _MB), next_attempt_at=NOW + timedelta(minutes=10),
    waits_for=Wait.SITE, failure=Failure(code=ErrorCode.RATE_LIMITED, retryable=True, action=Action.RETRY),
)  # fmt: skip
QUEUED = _download("physics", "Four colours, one siphon", "vids.example", 6, KIDS, state=State.QUEUED, started_at=None)
PAUSED = _download(
    "night-trains", "Sleeper to Narvik", "vids.example", 9, ROBIN, state=State.PAUSED,
    progress=Progress(percent=41.0, downloaded_bytes=410 * _MB),
)  # fmt: skip
MEMBERS = _failed(
    "bread", "The loaf that needs no kneading", "tube.example", 2, ROBIN,
    Failure(code=ErrorCode.MEMBERS_ONLY, retryable=False, action=Action.SIGN_IN),
)  # fmt: skip
FULL = _failed(
    "greenhouse", "A greenhouse from old windows", "vids.example", 4, GRANDMA,
    Failure(code=ErrorCode.DISK_FULL, retryable=True, action=Action.FREE_SPACE),
)  # fmt: skip
HERE = _here("railway", "Night shift on the model railway", "vids.example", 4, ROBIN, followers=(KIDS,), attempts=2)
AURORA = _here("aurora", "Eleven hours of aurora in eleven minutes", "tube.example", 6, GRANDMA, duration_s=660.0)
SOUND = _here(
    "harbour",
    "Harbour at dusk, for falling asleep",
    "podcast.example",
    0,
    ROBIN,
    preset=Preset.AUDIO_MP3,
    is_sound=True,
)
BIRTHDAY = _here("birthday", "Birthday, all takes", "vids.example", 2, KIDS, duration_s=3484.0)
SPOKEN = _here(
    "spoken", "Stories for the long drive", "podcast.example", None, ROBIN, has_picture=False,
    preset=Preset.AUDIO_ORIGINAL, is_sound=True,
)  # fmt: skip
PLAIN = _here("plain", "A recording without any picture", "vids.example", None, KIDS, has_picture=False)
CANCELLED = _download(
    "workbench", "A dovetail box in one evening", "tube.example", 2, KIDS, state=State.CANCELLED, finished_at=NOW
)

OFFERS = [
    *(Offer(name=preset, label=None, is_default=preset is Preset.BEST) for preset in Preset),
    Offer(name="archive", label="For the archive, in Matroska", is_default=False),
]

ALL = (FETCHING, RECORDING, MERGING, COOLING, PREMIERE, QUEUED, PAUSED, MEMBERS, FULL, HERE, AURORA, CANCELLED)
ARRIVED = (AURORA, HERE, SOUND, BIRTHDAY, SPOKEN, PLAIN)

PREVIEW = Preview(
    id="preview", url="https://tube.example/watch?v=harbours", title="Harbours of the north, complete",
    site="tube.example", has_picture=True, tone=0, duration_s=7344.0, estimated_bytes=1400 * _MB, duplicate_of=None,
    is_playlist=False, entry_count=None, is_live=False,
    bytes_by_preset={Preset.BEST: 1400 * _MB, Preset.P1080: 980 * _MB, Preset.AUDIO_MP3: 174 * _MB},
)  # fmt: skip

SITES = (
    Site(
        name="tube.example", since=NOW - timedelta(hours=2), cause=ErrorCode.BOT_CHECK,
        circuit=Circuit(state=CircuitState.OPEN, opened=2, until=(NOW + timedelta(minutes=10)).timestamp()),
    ),
    Site(name="vids.example", last_good_at=NOW - timedelta(minutes=3)),
    Site(name="media.ndr.example", last_good_at=NOW - timedelta(hours=30), per_site=1, pause_s=30),
    Site(name="podcast.example", held_at=NOW - timedelta(hours=1)),
)  # fmt: skip

COOKIES = CookieFacts(
    use=Use.WHEN_NEEDED, number=14, set_at=NOW - timedelta(days=9), runs_out_at=NOW + timedelta(days=160),
    accepted_at=NOW - timedelta(hours=3), refused_at=None,
)  # fmt: skip

TILES = (
    TileSettings(title="Photos", url="https://photos.example", icon="photo", description="All albums since 2004"),
    TileSettings(title="Calendar", url="https://calendar.example", icon="calendar", description="Who is where"),
    TileSettings(title="Cloud", url="https://cloud.example", icon="cloud"),
    TileSettings(title="Router", url="http://192.168.1.1", icon="network", group="House"),
    TileSettings(
        title="Haushaltsverwaltungsoberfläche", url="http://nas:5000", icon="server", group="House",
        description="Speicherplatz, Benutzerkonten, Sicherungskopien, Systemaktualisierungen",
    ),
    *(
        TileSettings(title=icon.title(), url=f"https://{icon}.example", icon=icon, group="Every picture")
        for icon in ICONS
    ),
)  # fmt: skip

LOG = """\
21:04:11  looking at https://vids.example/watch/railway
21:04:13  found: Night shift on the model railway, 42 min, 1080p
21:04:13  fetching 1.2 GB, video and sound apart
21:06:40  the line broke at 61 %; another try
21:06:45  going on at 61 %
21:08:02  putting picture and sound together
21:08:09  moved to vids.example/Night shift on the model railway.mp4
"""
