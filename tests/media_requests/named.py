"""The server that the settings name: none, until a test says which."""

from dataclasses import dataclass, field

from medianest.core.config import MonitorSettings, OverseerrSettings, PathsSettings, Settings
from tests.fakes.overseerr import Overseerr


@dataclass
class Named:
    """Settings that hold at that moment."""

    paths: PathsSettings
    overseerr: OverseerrSettings = field(default_factory=OverseerrSettings)
    monitors: tuple[MonitorSettings, ...] = ()

    def lead_to(self, server: Overseerr, **more: object) -> None:
        self.overseerr = OverseerrSettings(url=server.base, api_key=server.key, **more)  # type: ignore[arg-type]

    def settings(self) -> Settings:
        return Settings(paths=self.paths, overseerr=self.overseerr, monitors=self.monitors)
