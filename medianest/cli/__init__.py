"""The commands (contract.md, Commands): what is typed becomes settings and one call, what went wrong one sentence.

Heavy things are imported by the command that needs them: `check-config` and `--help` answer without the database and
the web framework.
"""

from medianest.cli.entry import main
from medianest.cli.words import DONE, FAILED, WRONG

__all__ = ["DONE", "FAILED", "WRONG", "main"]
