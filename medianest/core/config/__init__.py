"""The settings: one TOML file, the environment, secret files and options become one frozen tree, or a list of problems.

`settings` is the tree, `values` the kinds of value, `file`, `toml` and `sources` read into what `found` holds,
`loading` lays one over the other, `contradictions` sees what does not go together, `reload` does so again while the
portal runs.
"""

from medianest.core.config.loading import Sources, load
from medianest.core.config.monitors import MonitorSettings
from medianest.core.config.presets import PresetSettings
from medianest.core.config.problems import ConfigProblems, Origin, Problem
from medianest.core.config.services import ServiceSettings
from medianest.core.config.settings import (
    AccountsSettings,
    BackupsSettings,
    DownloadsSettings,
    JournalSettings,
    LogSettings,
    NotificationsSettings,
    OverseerrSettings,
    PathsSettings,
    PicturesSettings,
    PlexSettings,
    ServerSettings,
    Settings,
    TileSettings,
    UptimeKumaSettings,
)

__all__ = [
    "AccountsSettings",
    "BackupsSettings",
    "ConfigProblems",
    "DownloadsSettings",
    "JournalSettings",
    "LogSettings",
    "MonitorSettings",
    "NotificationsSettings",
    "Origin",
    "OverseerrSettings",
    "PathsSettings",
    "PicturesSettings",
    "PlexSettings",
    "PresetSettings",
    "Problem",
    "ServerSettings",
    "ServiceSettings",
    "Settings",
    "Sources",
    "TileSettings",
    "UptimeKumaSettings",
    "load",
]
