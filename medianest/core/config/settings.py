"""The settings tree: what can be set, between which limits, and what holds when nothing is set.

pydantic checks the values, because it reports all that is wrong instead of the first. Its companion pydantic-settings
is not used: it does not tell which source a value came from, and a person needs to know that to mend it.
"""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from functools import reduce
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo

from medianest.core.actor import Role
from medianest.core.config import values
from medianest.core.config.found import Name
from medianest.core.config.monitors import MonitorSettings
from medianest.core.config.path_maps import PathMap
from medianest.core.config.presets import PresetDefaults, PresetName, Presets
from medianest.core.config.section import RELOADABLE, ListedSection, Section
from medianest.core.config.services import ServiceSettings

GIB = 1024**3
BYTES_MOST = 2**53
DATA_DIR_DEFAULT = Path("data")

Bytes = Annotated[int, Field(ge=1, le=BYTES_MOST)]
BytesOrNone = Annotated[int, Field(ge=0, le=BYTES_MOST)]
Seconds = Annotated[int, Field(ge=1, le=31 * 86400)]
Days = Annotated[int, Field(ge=1, le=3650)]


class ServerSettings(Section):
    host: values.Host = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8484
    public_url: values.PublicUrl = None
    base_path: values.BasePath = ""
    allowed_hosts: values.Hosts = ()
    trusted_proxies: values.Networks = ()
    allowed_networks: values.Networks = ()
    metrics_allow: values.Networks = ()
    cors_origins: values.Origins = ()

    @property
    def public_address(self) -> str | None:
        """Where the household opens the portal, with the base path."""
        if not self.public_url:
            return None
        return urlsplit(self.public_url)._replace(path=self.base_path).geturl()


class PathsSettings(Section):
    data_dir: values.Folder = DATA_DIR_DEFAULT
    media_dir: values.Folder = Path("media")

    @property
    def database(self) -> Path:
        return self.data_dir / "medianest.db"

    @property
    def key_file(self) -> Path:
        return self.data_dir / "secret.key"

    @property
    def backups_dir(self) -> Path:
        return self.data_dir / "backups"


class DownloadsSettings(Section):
    workers: Annotated[int, Field(ge=1, le=16), RELOADABLE] = 2
    per_site: Annotated[int, Field(ge=1, le=16), RELOADABLE] = 2
    site_pause_s: Annotated[int, Field(ge=0, le=3600), RELOADABLE] = 5
    window: Annotated[values.Hours, RELOADABLE] = None
    min_free_bytes: Annotated[BytesOrNone, RELOADABLE] = 2 * GIB
    min_free_data_bytes: Annotated[BytesOrNone, RELOADABLE] = GIB // 4
    allow_private_hosts: Annotated[values.HostPorts, RELOADABLE] = frozenset()
    rate_limit_bytes_per_s: Annotated[BytesOrNone, RELOADABLE] = 0
    rate_limit_hours: Annotated[values.RateHours, RELOADABLE] = ()
    default_preset: Annotated[PresetName, RELOADABLE] = "best"
    defaults: Annotated[PresetDefaults, RELOADABLE] = Field(default_factory=PresetDefaults)
    presets: Annotated[Presets, RELOADABLE] = Field(default_factory=dict)
    ytdlp: Annotated[Literal["off", "stable", "nightly"], RELOADABLE] = "stable"
    max_attempts: Annotated[int, Field(ge=1, le=100), RELOADABLE] = 6
    max_list_entries: Annotated[int, Field(ge=1, le=100_000), RELOADABLE] = 10_000
    max_file_bytes: Annotated[Bytes, RELOADABLE] = 100 * GIB
    max_job_s: Annotated[Seconds, RELOADABLE] = 24 * 3600
    max_cpu_s: Annotated[Seconds, RELOADABLE] = 6 * 3600
    max_memory_bytes: Annotated[Bytes, RELOADABLE] = 2 * GIB
    idle_timeout_s: Annotated[Seconds, RELOADABLE] = 120
    keep_warm_s: Annotated[int, Field(ge=0, le=86400), RELOADABLE] = 300

    @property
    def private_endpoints(self) -> frozenset[tuple[str, int]]:
        """`allow_private_hosts` by the name that `core.outbound` has for it."""
        return self.allow_private_hosts


class PlexSettings(Section):
    enabled: bool = True
    server_url: values.PublicUrl = None
    token: values.Secret = SecretStr("")
    new_people: Literal["member", "child", "guest", "nobody"] = "member"
    path_map: Annotated[PathMap, RELOADABLE] = ()
    tv_url: values.Origin = "https://plex.tv"
    app_url: values.Origin = "https://app.plex.tv"


class OverseerrSettings(Section):
    url: Annotated[values.PublicUrl, RELOADABLE] = None
    api_key: Annotated[values.HeaderSecret, RELOADABLE] = SecretStr("")
    webhook_secret: Annotated[values.HeaderSecret, RELOADABLE] = SecretStr("")
    webhook_allow: Annotated[values.Networks, RELOADABLE] = ()
    household_user_id: Annotated[int, Field(ge=0, le=2**31), RELOADABLE] = 0


class UptimeKumaSettings(Section):
    url: values.PublicUrl = None
    username: values.Words = ""
    password: values.Secret = SecretStr("")
    totp_secret: values.Secret = SecretStr("")
    status_page: values.Words = ""
    api_key: values.Secret = SecretStr("")
    alert_after_s: Annotated[int, Field(ge=0, le=86400), RELOADABLE] = 60
    flapping_s: Annotated[int, Field(ge=0, le=86400), RELOADABLE] = 600
    quiet_hours: Annotated[values.Hours, RELOADABLE] = None
    push_token: values.PushToken = SecretStr("")
    push_every_s: Annotated[int, Field(ge=10, le=3600), RELOADABLE] = 50


class NotificationsSettings(Section):
    allow_private_hosts: Annotated[values.HostPorts, RELOADABLE] = frozenset()
    keep_days: Annotated[Days, RELOADABLE] = 30
    push_contact: Annotated[values.Words, RELOADABLE] = ""
    smtp_host: Annotated[values.HostOrNone, RELOADABLE] = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535), RELOADABLE] = 587
    smtp_security: Annotated[Literal["starttls", "tls", "none"], RELOADABLE] = "starttls"
    smtp_username: Annotated[values.Words, RELOADABLE] = ""
    smtp_password: Annotated[values.Secret, RELOADABLE] = SecretStr("")
    mail_from: Annotated[values.Words, RELOADABLE] = ""

    @property
    def keep(self) -> timedelta:
        return timedelta(days=self.keep_days)


class PicturesSettings(Section):
    cache_bytes: Annotated[Bytes, RELOADABLE] = GIB // 2
    tmdb_url: values.Origin = "https://image.tmdb.org"


class AccountsSettings(Section):
    session_idle_days: Days = 30
    session_absolute_days: Days = 180

    @property
    def session_idle(self) -> timedelta:
        return timedelta(days=self.session_idle_days)

    @property
    def session_absolute(self) -> timedelta:
        return timedelta(days=self.session_absolute_days)


class JournalSettings(Section):
    keep_days: Annotated[Days, RELOADABLE] = 400

    @property
    def keep(self) -> timedelta:
        return timedelta(days=self.keep_days)


class BackupsSettings(Section):
    daily_at: values.TimeOfDay = time(3, 30)
    keep: Annotated[int, Field(ge=1, le=1000), RELOADABLE] = 14
    passphrase: Annotated[values.Secret, RELOADABLE] = SecretStr("")


class LogSettings(Section):
    level: Annotated[Literal["debug", "info", "warning", "error"], RELOADABLE] = "info"
    format: Annotated[Literal["console", "json"], RELOADABLE] = "console"


class TileSettings(ListedSection):
    """A link of the house: a tile on the home page that leads to another service."""

    title: values.Title
    url: values.WebUrl
    icon: values.Icon = "globe"
    description: values.Words = ""
    group: values.Words = ""
    roles: values.Roles = frozenset(Role)
    order: Annotated[int, Field(ge=-1000, le=1000)] = 0

    def clash(self, other: ListedSection) -> str | None:
        """The key in which this tile repeats another that some of the same people see."""
        assert isinstance(other, TileSettings)
        if self.roles.isdisjoint(other.roles):
            return None
        if self.title.casefold() == other.title.casefold():
            return "title"
        return "url" if self.url == other.url else None


class Settings(Section):
    """Everything that can be set. A reload makes a new one; nobody changes this one."""

    server: ServerSettings = Field(default_factory=ServerSettings)
    paths: PathsSettings = Field(default_factory=PathsSettings)
    downloads: DownloadsSettings = Field(default_factory=DownloadsSettings)
    plex: PlexSettings = Field(default_factory=PlexSettings)
    overseerr: OverseerrSettings = Field(default_factory=OverseerrSettings)
    uptime_kuma: UptimeKumaSettings = Field(default_factory=UptimeKumaSettings)
    notifications: NotificationsSettings = Field(default_factory=NotificationsSettings)
    pictures: PicturesSettings = Field(default_factory=PicturesSettings)
    accounts: AccountsSettings = Field(default_factory=AccountsSettings)
    journal: JournalSettings = Field(default_factory=JournalSettings)
    backups: BackupsSettings = Field(default_factory=BackupsSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    tiles: tuple[TileSettings, ...] = ()
    monitors: tuple[MonitorSettings, ...] = ()
    apprise: tuple[ServiceSettings, ...] = ()


LISTS: Mapping[str, type[ListedSection]] = MappingProxyType(
    {"tiles": TileSettings, "monitors": MonitorSettings, "apprise": ServiceSettings}
)
"""What is written as a list of tables, such as [[tiles]]; a reload takes such a list over as a whole."""


def changed_names(before: Settings, after: Settings) -> frozenset[Name]:
    """The settings in which two trees differ; a list of tables is one setting."""
    names = [*(name for name, _ in fields()), *((name,) for name in LISTS)]
    return frozenset(name for name in names if _value(before, name) != _value(after, name))


def reloadable_names() -> frozenset[Name]:
    return frozenset(name for name, info in fields() if RELOADABLE in info.metadata) | {(name,) for name in LISTS}


def reloaded(current: Settings, new: Settings) -> Settings:
    """The current settings with what may be reloaded from the new ones."""
    update: dict[str, dict[str, object]] = {}
    for section, key in (name for name, info in fields() if RELOADABLE in info.metadata):
        update.setdefault(section, {})[key] = _value(new, (section, key))
    sections = {name: getattr(current, name).model_copy(update=keys) for name, keys in update.items()}
    return current.model_copy(update=sections | {name: getattr(new, name) for name in LISTS})


def _value(settings: Settings, name: Name) -> object:
    return reduce(getattr, name, settings)


def fields() -> Iterator[tuple[Name, FieldInfo]]:
    """Every setting of a section with what is declared of it."""
    for section, info in Settings.model_fields.items():
        if section not in LISTS:
            assert isinstance(info.annotation, type)
            assert issubclass(info.annotation, Section)
            yield from _fields_of(section, info.annotation)


def columns() -> Iterator[tuple[Name, FieldInfo]]:
    """Every setting of a table in a list."""
    for name, row in LISTS.items():
        yield from _fields_of(name, row)


def _fields_of(name: str, section: type[Section]) -> Iterator[tuple[Name, FieldInfo]]:
    for key, info in section.model_fields.items():
        yield (name, key), info
