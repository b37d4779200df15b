"""The built-in presets as a portal without settings has them."""

from medianest.core.config import DownloadsSettings
from medianest.downloads import presets

BUILT_IN = presets.recipes(DownloadsSettings())
