"""The commands (contract.md, Commands): what is typed becomes settings and one call, what went wrong one sentence.

Heavy things are imported by the command that needs them: `check-config` and `--help` answer without the database and
the web framework.
"""

import argparse
import asyncio
import getpass
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeAlias

from medianest.accounts.types import Scope
from medianest.admin.types import Programs, Sent
from medianest.core.config import ConfigProblems, Settings, Sources, load
from medianest.core.errors import Invalid, MediaNestError, Unavailable
from medianest.core.i18n import Catalogue, Catalogues, Message, msg

Adding: TypeAlias = Callable[..., argparse.ArgumentParser]

DONE, FAILED, WRONG = 0, 1, 2
SECRET_MOST = 4096


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        asked.run(asked)
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
    return DONE


def serve(asked: argparse.Namespace) -> None:
    sources = _sources(asked)
    settings = load(sources)

    from medianest import app  # the whole portal
    from medianest.core import instance

    instance.prepare(settings.paths.data_dir, create=True)
    instance.become_owner(settings.paths.data_dir)
    with instance.InstanceLock(settings.paths.data_dir):
        app.run(settings, sources)


def check_config(asked: argparse.Namespace) -> None:
    sources = _sources(asked)
    load(sources)
    file = sources.file
    _say(msg("cli.config_fine", file=file) if file else msg("cli.config_none"))


def create_admin(asked: argparse.Namespace) -> None:
    settings = load(_sources(asked))
    made = _do(settings, "create-admin", {"name": asked.name, "password": _password(asked)}, create=True)
    _say(msg("cli.admin_created", name=made["name"]))


def reset_password(asked: argparse.Namespace) -> None:
    settings = load(_sources(asked))
    changed = _do(settings, "reset-password", {"name": asked.name, "password": _password(asked)})
    _say(msg("cli.password_reset", name=changed["name"]))


def create_token(asked: argparse.Namespace) -> None:
    wanted = {"user": asked.user, "label": asked.label, "scopes": asked.scope}
    print(_do(load(_sources(asked)), "token.create", wanted)["secret"])


def list_tokens(asked: argparse.Namespace) -> None:
    for token in _do(load(_sources(asked)), "token.list", {}):
        scopes = ",".join(token["scopes"])
        print(token["id"], token["user"], token["label"], scopes, token["last_used_at"] or "-", sep="\t")


def revoke_token(asked: argparse.Namespace) -> None:
    _do(load(_sources(asked)), "token.revoke", {"id": asked.id})
    _say(msg("cli.token_revoked"))


def backup(asked: argparse.Namespace) -> None:
    settings = load(_sources(asked))
    wanted = {"passphrase": _secret(asked.passphrase_stdin)}
    if asked.target is None:
        print(settings.paths.backups_dir / _do(settings, "backup.make", wanted)["name"])
        return

    from medianest.admin.receive import receive

    print(receive(asked.target, lambda file: Sent(**_do(settings, "backup.send", wanted, sink=file))))


def restore(asked: argparse.Namespace) -> None:
    settings = load(_sources(asked))
    passphrase = _secret(asked.passphrase_stdin)

    from medianest.admin import restore as restoring  # the database
    from medianest.core import instance
    from medianest.migrations import upgrade

    data_dir = settings.paths.data_dir
    with asked.file.open("rb") as source:
        instance.prepare(data_dir, create=True)
        with instance.as_owner(data_dir), instance.InstanceLock(data_dir):
            done = restoring.restore(source, settings.paths, passphrase=passphrase, newest_revision=upgrade.newest())
    made_at = done.contents.made_at.strftime("%Y-%m-%d %H:%M UTC")
    kept = msg("cli.restored_over", made_at=made_at, kept=done.kept_in)
    _say(kept if done.kept_in else msg("cli.restored", made_at=made_at))


def doctor(asked: argparse.Namespace) -> None:
    settings = load(_sources(asked))

    from medianest.core import control

    try:
        facts = control.ask(settings.paths.data_dir, "doctor", {})
    except control.NotRunning:
        facts = _examine(settings)
    catalogue = _catalogue()
    told = [_in_words(fact, catalogue) for fact in facts]
    if asked.json:
        print(json.dumps(told, indent=1, default=str))
        return
    for fact in told:
        verdict = catalogue.text(f"cli.{fact['verdict']}")
        print(f"{verdict:<8}{fact['title']}: {fact['finding']}", fact["mend"] or "")


def _examine(settings: Settings) -> Sequence[Mapping[str, Any]]:
    """The doctor's facts where no portal runs, as the folder's owner sees them."""
    from medianest.admin import commands
    from medianest.admin import doctor as examining
    from medianest.core import instance
    from medianest.downloads import spawn

    if settings.paths.data_dir.is_dir():
        instance.become_owner(settings.paths.data_dir)
    try:
        tools = spawn.find_tools()
        programs = Programs(ffmpeg=tools.ffmpeg, deno=tools.deno)
    except Unavailable:
        programs = Programs(ffmpeg=None, deno=None)
    return [commands.fact_values(fact) for fact in asyncio.run(examining.examine(settings, programs))]


def _in_words(fact: Mapping[str, Any], catalogue: Catalogue) -> Mapping[str, Any]:
    """A fact whose messages are said."""
    messages = {name: fact[name] for name in ("title", "finding", "mend")}
    return {**fact, **{name: told and catalogue.text(told["id"], **told["values"]) for name, told in messages.items()}}


def _do(
    settings: Settings, verb: str, params: Mapping[str, Any], *, sink: BinaryIO | None = None, create: bool = False
) -> Any:
    """Have the running portal do it, or do it here where none runs."""
    from medianest.core import control, instance

    def alone() -> Any:
        from medianest.admin import at_rest  # the database
        from medianest.migrations import upgrade

        async def act() -> Any:
            await upgrade.run(settings.paths.database, settings.paths.backups_dir)
            async with at_rest.handlers(settings, revision=upgrade.newest()) as handlers:
                return await handlers[verb](params, control.Into(sink))

        return asyncio.run(act())

    instance.prepare(settings.paths.data_dir, create=create)
    return control.ask_or_do(settings.paths.data_dir, verb, params, alone, sink=sink)


def _password(asked: argparse.Namespace) -> str:
    """From standard input, or typed twice."""
    if asked.password_stdin:
        return _secret(True)
    if not sys.stdin.isatty():
        raise Invalid(msg("cli.no_terminal"))
    first = getpass.getpass(_catalogue().text("cli.password"))
    if getpass.getpass(_catalogue().text("cli.password_again")) != first:
        raise Invalid(msg("cli.passwords_differ"))
    return first


def _secret(from_input: bool) -> str:
    """The first line of standard input; empty where none is to be read."""
    if not from_input:
        return ""
    try:
        secret = sys.stdin.buffer.readline(SECRET_MOST).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        secret = ""
    if not secret:
        raise Invalid(msg("cli.no_secret"))
    return secret


def _sources(asked: argparse.Namespace) -> Sources:
    given = {"--data-dir": asked.data_dir, "--host": asked.host, "--port": asked.port}
    options = {name: value for name, value in given.items() if value is not None}
    return Sources(config_file=asked.config, environ=dict(os.environ), options=options)


def _catalogue() -> Catalogue:
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Catalogues().of(wanted.split(".")[0].replace("_", "-"))


def _say(message: Message) -> None:
    print(_catalogue().say(message))


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
    add = parser.add_subparsers(metavar="COMMAND", required=True).add_parser
    serving = _command(add, "serve", serve, "run everything")
    serving.add_argument("--host", metavar="H", help="the address to listen on")
    serving.add_argument("--port", metavar="N", help="the port to listen on")
    _command(add, "check-config", check_config, "tell everything that is wrong with the settings")
    for name, run, sentence in (
        ("create-admin", create_admin, "make somebody an administrator"),
        ("reset-password", reset_password, "give somebody a new password, and sign them out everywhere"),
    ):
        person = _command(add, name, run, sentence)
        person.add_argument("name", metavar="NAME")
        person.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _add_token_commands(_command(add, "token", None, "make, list and end API tokens"))
    _add_backup_commands(add)
    examining = _command(add, "doctor", doctor, "look at everything that MediaNest stands on")
    examining.add_argument("--json", action="store_true", help="for programs")
    return parser


def _add_token_commands(parser: argparse.ArgumentParser) -> None:
    add = parser.add_subparsers(metavar="create|list|revoke", required=True).add_parser
    making = _command(add, "create", create_token, "make a token, and print it once")
    making.add_argument("--user", metavar="NAME", required=True, help="whose it is")
    making.add_argument("--label", metavar="TEXT", required=True, help="what it is for")
    scopes = [scope.value for scope in Scope]
    making.add_argument("--scope", choices=scopes, action="append", required=True, help="what it may; repeat for more")
    _command(add, "list", list_tokens, "list the tokens of everybody")
    _command(add, "revoke", revoke_token, "end a token").add_argument("id", metavar="ID")


def _add_backup_commands(add: Adding) -> None:
    making = _command(add, "backup", backup, "make a verified backup of database and keys in a single file")
    making.add_argument(
        "target", metavar="FILE or DIR", type=Path, nargs="?", help="default: the data folder's backups"
    )
    putting_back = _command(add, "restore", restore, "put a backup in the place of what is there")
    putting_back.add_argument("file", metavar="FILE", type=Path)
    for command in (making, putting_back):
        command.add_argument("--passphrase-stdin", action="store_true", help="seal with, or open by, a passphrase")


def _command(add: Adding, name: str, run: object, sentence: str) -> argparse.ArgumentParser:
    added = add(name, help=sentence, description=sentence, allow_abbrev=False)
    _add_sources(added, default=argparse.SUPPRESS)
    added.set_defaults(run=run)
    return added


def _add_sources(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, default=default, help="the file of settings")
    parser.add_argument("--data-dir", metavar="DIR", default=default, help="the folder of database, key and backups")
