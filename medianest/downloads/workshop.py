"""What every run needs, in one hand."""

from dataclasses import dataclass

from medianest.core.config import DownloadsSettings
from medianest.downloads.egress import Egress
from medianest.downloads.spawn import Tools
from medianest.downloads.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Workshop:
    """The queue's settings (swapped by a reload), its proxy, the programs that children may start, its folders."""

    settings: DownloadsSettings
    egress: Egress
    tools: Tools
    workspace: Workspace
