"""What each command does."""

import argparse
import asyncio
import gc
import json
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

from medianest.admin.types import Sent
from medianest.cli import words
from medianest.core.config import Settings, Sources, load
from medianest.core.i18n import Catalogue, Message, msg


def serve(asked: argparse.Namespace) -> None:
    gc.disable()  # what a start loads stays anyway; the server enables it as soon as it can answer
    given = sources(asked)
    settings = load(given)

    from medianest.cli import serving  # the whole portal
    from medianest.core import instance

    instance.prepare(settings.paths.data_dir, create=True)
    instance.become_owner(settings.paths.data_dir)
    with instance.InstanceLock(settings.paths.data_dir):
        serving.run(settings, given)


def check_config(asked: argparse.Namespace) -> None:
    given = sources(asked)
    load(given)
    file = given.file
    words.say(msg("cli.config_fine", file=file) if file else msg("cli.config_none"))


def create_admin(asked: argparse.Namespace) -> None:
    settings = load(sources(asked))
    made = _do(
        settings,
        "create-admin",
        {"name": asked.name, "password": _password(asked)},
        create=True,
    )
    words.say(msg("cli.admin_created", name=made["name"]))


def reset_password(asked: argparse.Namespace) -> None:
    settings = load(sources(asked))
    changed = _do(settings, "reset-password", {"name": asked.name, "password": _password(asked)})
    words.say(msg("cli.password_reset", name=changed["name"]))


def create_token(asked: argparse.Namespace) -> None:
    wanted = {"user": asked.user, "label": asked.label, "scopes": asked.scope}
    print(_do(load(sources(asked)), "token.create", wanted)["secret"])


def list_tokens(asked: argparse.Namespace) -> None:
    for token in _do(load(sources(asked)), "token.list", {}):
        scopes = ",".join(token["scopes"])
        print(token["id"], token["user"], token["label"], scopes, token["last_used_at"] or "-", sep="\t")


def revoke_token(asked: argparse.Namespace) -> None:
    _do(load(sources(asked)), "token.revoke", {"id": asked.id})
    words.say(msg("cli.token_revoked"))


def backup(asked: argparse.Namespace) -> None:
    settings = load(sources(asked))
    wanted = {"passphrase": words.secret(from_input=asked.passphrase_stdin)}
    if asked.target is None:
        print(settings.paths.backups_dir / _do(settings, "backup.make", wanted)["name"])
        return

    from medianest.admin.receive import receive

    print(receive(asked.target, lambda file: Sent(**_do(settings, "backup.send", wanted, sink=file))))


def restore(asked: argparse.Namespace) -> None:
    settings = load(sources(asked))
    passphrase = words.secret(from_input=asked.passphrase_stdin)

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
    words.say(kept if done.kept_in else msg("cli.restored", made_at=made_at))


def doctor(asked: argparse.Namespace) -> None:
    settings = load(sources(asked))

    from medianest.core import control

    try:
        facts = control.ask(settings.paths.data_dir, "doctor", {})
    except control.NotRunning:
        from medianest.cli import examining  # all that it looks at

        facts = examining.examine(settings)
    catalogue = words.catalogue()
    told = [_in_words(fact, catalogue) for fact in facts]
    if asked.json:
        print(json.dumps(told, indent=1, default=str))
        return
    for fact in told:
        verdict = catalogue.text(f"cli.{fact['verdict']}")
        print(f"{verdict:<8}{fact['title']}: {fact['finding']}", fact["mend"] or "")


def tell_of_ytdlp(asked: argparse.Namespace) -> None:
    _tell(_do(load(sources(asked)), "ytdlp.status", {}))


def update_ytdlp(asked: argparse.Namespace) -> None:
    _tell(_do(load(sources(asked)), "ytdlp.update", {}))


def roll_back_ytdlp(asked: argparse.Namespace) -> None:
    _tell(_do(load(sources(asked)), "ytdlp.rollback", {}))


def _tell(ytdlp: Mapping[str, Any]) -> None:
    """How yt-dlp stands, one thing a line."""
    say, trouble = words.say, ytdlp["trouble"]
    say(msg("cli.ytdlp_bundled" if ytdlp["bundled"] else "cli.ytdlp_fresh", **ytdlp, n=ytdlp["age_days"] or 0))
    say(msg(f"cli.ytdlp_{ytdlp['policy']}", checked_at=ytdlp["checked_at"] or "-"))
    if ytdlp["back_to"]:
        say(msg("cli.ytdlp_back_to", version=ytdlp["back_to"]))
    if trouble:
        say(Message(trouble["id"], trouble["values"]))


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
    return words.password(from_input=asked.password_stdin)


def sources(asked: argparse.Namespace) -> Sources:
    given = {"--data-dir": asked.data_dir, "--host": asked.host, "--port": asked.port}
    options = {name: value for name, value in given.items() if value is not None}
    return Sources(config_file=asked.config, environ=dict(os.environ), options=options)
