"""The commands (contract.md, Commands): what is typed becomes settings and one call, what went wrong one sentence.

Heavy things are imported by the command that needs them: `check-config` and `--help` answer without the database and
the web framework.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from medianest.core.config import ConfigProblems, Sources, load
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Catalogue, Catalogues, Message, msg

DONE, FAILED, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except ConfigProblems as error:
        catalogue = _catalogue()
        for problem in error.problems:
            print(problem.line(catalogue), file=sys.stderr)
        return WRONG
    except MediaNestError as error:
        return _fail(error.message)
    except OSError as error:
        return _fail(msg("cli.system", reason=error.strerror or type(error).__name__, file=error.filename or "?"))
    except KeyboardInterrupt:
        return FAILED


def serve(asked: argparse.Namespace) -> int:
    sources = _sources(asked)
    settings = load(sources)

    from medianest import app  # type: ignore[attr-defined]  # the whole portal
    from medianest.core import instance

    instance.prepare(settings.paths.data_dir, create=True)
    instance.become_owner(settings.paths.data_dir)
    with instance.InstanceLock(settings.paths.data_dir):
        return int(app.run(settings, sources))


def check_config(asked: argparse.Namespace) -> int:
    sources = _sources(asked)
    load(sources)
    file = sources.file
    print(_catalogue().say(msg("cli.config_fine", file=file) if file else msg("cli.config_none")))
    return DONE


def _sources(asked: argparse.Namespace) -> Sources:
    given = {"--data-dir": asked.data_dir, "--host": asked.host, "--port": asked.port}
    options = {name: value for name, value in given.items() if value is not None}
    return Sources(config_file=asked.config, environ=dict(os.environ), options=options)


def _catalogue() -> Catalogue:
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Catalogues().of(wanted.split(".")[0].replace("_", "-"))


def _fail(message: Message) -> int:
    print(_catalogue().say(message), file=sys.stderr)
    return FAILED


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, and where to read on."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, _catalogue().text("cli.usage", reason=message, command=self.prog) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="medianest", description="A household's front door to its media.", allow_abbrev=False)
    parser.set_defaults(host=None, port=None)
    _add_sources(parser, default=None)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: object, sentence: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=sentence, description=sentence, allow_abbrev=False)
        _add_sources(added, default=argparse.SUPPRESS)
        added.set_defaults(run=run)
        return added

    serving = command("serve", serve, "run everything")
    serving.add_argument("--host", metavar="H", help="the address to listen on")
    serving.add_argument("--port", metavar="N", help="the port to listen on")
    command("check-config", check_config, "tell everything that is wrong with the settings")
    return parser


def _add_sources(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, default=default, help="the file of settings")
    parser.add_argument("--data-dir", metavar="DIR", default=default, help="the folder of database, key and backups")
