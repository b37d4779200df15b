"""What a database at rest may hold of this feature, besides tables and indexes."""

from medianest.core import tallies
from medianest.downloads.models import COUNTED_BY, COUNTS, DownloadRow

TRIGGERS = frozenset(tallies.triggers(COUNTS.name, DownloadRow.__tablename__, COUNTED_BY))
"""The triggers of ours, word for word: what else a backup brought would run as the portal."""
