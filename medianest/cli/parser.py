"""How the commands are written."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

from medianest.accounts.types import Scope
from medianest.cli import commands, words

Adding: TypeAlias = Callable[..., argparse.ArgumentParser]


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, and where to read on."""

    def error(self, message: str) -> NoReturn:
        self.exit(words.WRONG, words.catalogue().text("cli.usage", reason=message, command=self.prog) + "\n")


def parser() -> argparse.ArgumentParser:
    whole = _Parser(prog="medianest", description="A household's front door to its media.", allow_abbrev=False)
    whole.set_defaults(host=None, port=None)
    _add_sources(whole, default=None)
    add = whole.add_subparsers(metavar="COMMAND", required=True).add_parser
    serving = _command(add, "serve", commands.serve, "run everything")
    serving.add_argument("--host", metavar="H", help="the address to listen on")
    serving.add_argument("--port", metavar="N", help="the port to listen on")
    _command(add, "check-config", commands.check_config, "tell everything that is wrong with the settings")
    for name, run, sentence in (
        ("create-admin", commands.create_admin, "make somebody an administrator"),
        ("reset-password", commands.reset_password, "give somebody a new password, and sign them out everywhere"),
    ):
        person = _command(add, name, run, sentence)
        person.add_argument("name", metavar="NAME")
        person.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _add_token_commands(_command(add, "token", None, "make, list and end API tokens"))
    _add_backup_commands(add)
    _add_ytdlp_commands(_command(add, "ytdlp", None, "see, update and roll back the yt-dlp in use"))
    examining = _command(add, "doctor", commands.doctor, "look at everything that MediaNest stands on")
    examining.add_argument("--json", action="store_true", help="for programs")
    return whole


def _add_token_commands(parser: argparse.ArgumentParser) -> None:
    add = parser.add_subparsers(metavar="create|list|revoke", required=True).add_parser
    making = _command(add, "create", commands.create_token, "make a token, and print it once")
    making.add_argument("--user", metavar="NAME", required=True, help="whose it is")
    making.add_argument("--label", metavar="TEXT", required=True, help="what it is for")
    scopes = [scope.value for scope in Scope]
    making.add_argument("--scope", choices=scopes, action="append", required=True, help="what it may; repeat for more")
    _command(add, "list", commands.list_tokens, "list the tokens of everybody")
    _command(add, "revoke", commands.revoke_token, "end a token").add_argument("id", metavar="ID")


def _add_backup_commands(add: Adding) -> None:
    making = _command(add, "backup", commands.backup, "make a verified backup of database and keys in a single file")
    making.add_argument(
        "target", metavar="FILE or DIR", type=Path, nargs="?", help="default: the data folder's backups"
    )
    putting_back = _command(add, "restore", commands.restore, "put a backup in the place of what is there")
    putting_back.add_argument("file", metavar="FILE", type=Path)
    for command in (making, putting_back):
        command.add_argument("--passphrase-stdin", action="store_true", help="seal with, or open by, a passphrase")


def _add_ytdlp_commands(parser: argparse.ArgumentParser) -> None:
    add = parser.add_subparsers(metavar="status|update|rollback", required=True).add_parser
    _command(add, "status", commands.tell_of_ytdlp, "tell which one is in use, and how old it is")
    _command(add, "update", commands.update_ytdlp, "install, try out and take a newer one, if there is one")
    _command(add, "rollback", commands.roll_back_ytdlp, "go back to the one before, and refuse this one")


def _command(add: Adding, name: str, run: object, sentence: str) -> argparse.ArgumentParser:
    added = add(name, help=sentence, description=sentence, allow_abbrev=False)
    _add_sources(added, default=argparse.SUPPRESS)
    added.set_defaults(run=run)
    return added


def _add_sources(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, default=default, help="the file of settings")
    parser.add_argument("--data-dir", metavar="DIR", default=default, help="the folder of database, key and backups")
