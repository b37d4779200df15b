"""What the portal and its child process say to each other: one JSON object a line, commands down, events up.

A child is set up once, and says `Ready` where it then had the time to load all that a link needs. It enters a folder,
and answers each command there with any number of events, of which the last is one of `FINAL`.
The portal decodes strictly and within limits, for a child has met strangers.
"""

from typing import Annotated, TypeVar

import msgspec

from medianest.downloads.recipes import Recipe
from medianest.downloads.types import ErrorCode, Stage

LINE_MOST = 64 * 1024
MEDIA = "media"
T = TypeVar("T")
Side = Annotated[str, msgspec.Meta(pattern=r"^(\.[A-Za-z0-9-]{1,24}){1,2}$")]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one child may use; `memory_bytes` counts it and its own children together."""

    cpu_s: int = 4 * 3600
    file_bytes: int = 1 << 40
    open_files: int = 256
    memory_bytes: int = 1536 << 20
    nice: int = 5


class Setup(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="setup"):
    """The first line: limits, the programs that may be started, and the folder of yt-dlp if it is not the bundled."""

    limits: Limits
    ffmpeg: str
    deno: str | None
    ytdlp: str | None = None


class Enter(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="enter"):
    """Work in this folder from now on, and never in another one: said again, it is the same under another name.

    There is no answer; what comes next fails where somebody else writes there.
    """

    folder: str


class Cookies(msgspec.Struct, frozen=True, kw_only=True):
    """Cookies of the link's site (`cookies`), for all that is asked (`always`) or once the site wants to know us."""

    text: str
    always: bool = False


class Introduce(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="introduce"):
    """Say which yt-dlp this is; ends with `Introduced` or `Failed`."""


class Probe(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="probe"):
    """Ask the site what the link is, and how large each recipe would make it; ends with `Probed` or `Failed`."""

    url: str
    proxy: str
    recipes: dict[str, Recipe] = {}
    cookies: Cookies | None = None


class ReadList(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="list"):
    """Say what a list consists of: `Described`, then its entries from number `start` to number `most`.

    Ends with `ListRead` or `Failed`.
    """

    url: str
    proxy: str
    start: int = 1
    most: int
    cookies: Cookies | None = None


class Fetch(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="fetch"):
    """Bring the media into the working folder, from where it stopped; ends with `Fetched` or `Failed`.

    Of a broadcast that `ends`, what is recorded already is all that is wanted.
    """

    url: str
    proxy: str
    recipe: Recipe = Recipe()
    ends: bool = False
    cookies: Cookies | None = None


class End(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="end"):
    """Be content with what is recorded of the broadcast that the `Fetch` under way brings; else it says nothing."""


Command = Setup | Enter | Probe | ReadList | Fetch | Introduce | End


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What names can be made of, as far as the site says it; `date` has eight digits."""

    uploader: str = ""
    date: str = ""
    playlist: str = ""
    index: int | None = None
    series: str = ""
    season: int | None = None
    episode: int | None = None
    artist: str = ""
    album: str = ""
    track: str = ""


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """What a link is, in the words of its site, cut to sane lengths.

    `begins_at` is when a broadcast begins, in seconds since 1970.
    """

    title: str
    site: str
    extractor: str
    source_id: str
    webpage_url: str
    duration_s: float | None = None
    estimated_bytes: dict[str, int | None] = {}
    is_playlist: bool = False
    entry_count: int | None = None
    is_live: bool = False
    live_status: str | None = None
    begins_at: float | None = None
    about: About = About()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a list, by its number there; `trouble` says why it is not to be had, as far as the list shows.

    `at` is when it came out, in seconds since 1970, where the list tells.
    """

    number: int
    title: str
    webpage_url: str
    extractor: str = ""
    source_id: str = ""
    duration_s: float | None = None
    at: float | None = None
    trouble: ErrorCode | None = None


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="ready"):
    """It has loaded all that a link needs, and waits; it knows nothing of anybody yet."""


class Probed(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="probed"):
    """The answer to `Probe`."""

    info: Info


class Described(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="described"):
    """What a `Fetch` or a `ReadList` learned when it had to ask the site."""

    info: Info


class Listed(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="listed"):
    """Some entries of a list, in its order; those of a `Probe` are its first."""

    entries: list[Entry]


class ListRead(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="list_read"):
    """The list was read up to its end, or up to where it was to be cut."""

    entry_count: int
    is_cut: bool = False


class Pictured(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="pictured"):
    """A picture lies in the working folder; `tone` is its hue in twelfths of the circle, None for a grey one."""

    file: str
    tone: int | None = None


class Staged(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="stage"):
    """A `Fetch` has come to this stage."""

    stage: Stage


class Progressed(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="progress"):
    """How far a `Fetch` is, over all its parts; at most four times a second."""

    downloaded_bytes: int
    total_bytes: int | None = None
    speed_bytes_per_s: float | None = None
    eta_s: int | None = None
    percent: float | None = None
    recorded_s: float | None = None


class Warned(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="warning"):
    """A side job failed (`downloads.warning.CODE`); the main one goes on."""

    code: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="signed_in"):
    """The cookies went along, and are these now; nothing where they are too many to say."""

    cookies: str


class Fetched(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="fetched"):
    """The finished, checked file lies under `OUT` in the working folder.

    `sides` are the ends of the names of what lies beside it, as `MEDIA` and such an end.
    """

    file: str
    size_bytes: int
    info: Info
    sides: tuple[Side, ...] = ()


class Introduced(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="introduced"):
    """The versions as the modules themselves say them, where these lie, and how many extractors there are."""

    version: str
    ejs: str
    places: list[str]
    extractors: int


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="failed"):
    """The command failed; `detail` is the site's own words."""

    code: ErrorCode
    detail: str = ""
    retry_after_s: int | None = None


ChildEvent = (
    Ready
    | Probed
    | Described
    | Listed
    | ListRead
    | Pictured
    | Staged
    | Progressed
    | Warned
    | SignedIn
    | Fetched
    | Introduced
    | Failed
)
FINAL = (Probed, ListRead, Fetched, Introduced, Failed)
OUT = "out"

_encoder = msgspec.json.Encoder()
_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_events: msgspec.json.Decoder[ChildEvent] = msgspec.json.Decoder(ChildEvent)


def line(message: Command | ChildEvent) -> bytes:
    return _encoder.encode(message) + b"\n"


def command(raw: bytes) -> Command:
    """The command of a line. Raises ValueError for anything else."""
    return _commands.decode(raw)


def event(raw: bytes) -> ChildEvent:
    """The event of a line. Raises ValueError for anything else."""
    return _events.decode(raw)
