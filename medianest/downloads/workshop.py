"""What every run needs, in one hand."""

from dataclasses import dataclass, field
from datetime import datetime

from medianest.core.config import DownloadsSettings
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.line.window import rate_at
from medianest.downloads.reserve import Reserve
from medianest.downloads.sites.cookie_jars import CookieJars
from medianest.downloads.spawn import Tools
from medianest.downloads.ytdlp.copies import Copies


@dataclass(slots=True, kw_only=True)
class Workshop:
    """The queue's settings (swapped by a reload), its proxy, the programs that children may start, its folders.

    `copies` are those of yt-dlp: each work takes one when it begins, and its child from the `reserve`.
    """

    settings: DownloadsSettings
    egress: Egress
    tools: Tools
    workspace: Workspace
    copies: Copies
    cookies: CookieJars
    reserve: Reserve = field(init=False)

    def __post_init__(self) -> None:
        self.reserve = Reserve(self.tools, self.copies, lambda: self.settings)

    def rate_at(self, now: datetime) -> int | None:
        """How many bytes a second all downloads together may fetch; None is as many as come."""
        settings = self.settings
        return rate_at(settings.rate_limit_hours, settings.rate_limit_bytes_per_s, now.astimezone())
