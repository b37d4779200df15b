"""Where every command begins and ends: its exit code, and its sentence where it failed."""

import sys
from collections.abc import Sequence

from medianest.cli import words
from medianest.cli.parser import parser
from medianest.cli.words import DONE, FAILED, WRONG
from medianest.core.config import ConfigProblems
from medianest.core.errors import MediaNestError
from medianest.core.i18n import msg


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    asked = parser().parse_args(arguments)
    try:
        asked.run(asked)
    except ConfigProblems as error:
        catalogue = words.catalogue()
        for problem in error.problems:
            print(problem.line(catalogue), file=sys.stderr)
        return WRONG
    except MediaNestError as error:
        words.complain(error.message)
        return FAILED
    except OSError as error:
        words.complain(msg("cli.system", reason=error.strerror or type(error).__name__, file=error.filename or "?"))
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    return DONE
