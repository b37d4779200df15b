"""What the commands ask of a portal, running or not: each verb takes JSON values and answers with some."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from medianest.accounts.service import Accounts
from medianest.accounts.types import Scope, Token
from medianest.admin.backups import Backups
from medianest.admin.types import Fact
from medianest.core import clock
from medianest.core.actor import SYSTEM, Via
from medianest.core.control import Handler, Params, Stream
from medianest.downloads.ytdlp.updates import Ytdlp
from medianest.downloads.ytdlp.versions import Status

COMMAND_LINE = replace(SYSTEM, name="command line", via=Via.CLI)


class Commands:
    """The verbs over the portal's services; `examine` is the doctor."""

    def __init__(
        self, accounts: Accounts, backups: Backups, ytdlp: Ytdlp, examine: Callable[[], Awaitable[Sequence[Fact]]]
    ) -> None:
        self._accounts = accounts
        self._backups = backups
        self._ytdlp = ytdlp
        self._examine = examine

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "create-admin": self._create_admin,
            "reset-password": self._reset_password,
            "token.create": self._create_token,
            "token.list": self._list_tokens,
            "token.revoke": self._revoke_token,
            "backup.make": self._make_backup,
            "backup.send": self._send_backup,
            "ytdlp.status": self._tell_of_ytdlp,
            "ytdlp.update": self._update_ytdlp,
            "ytdlp.rollback": self._roll_back_ytdlp,
            "doctor": self._doctor,
        }

    async def _create_admin(self, params: Params, stream: Stream) -> Any:
        user = await self._accounts.create_admin(COMMAND_LINE, params["name"], params["password"])
        return {"name": user.name}

    async def _reset_password(self, params: Params, stream: Stream) -> Any:
        user = await self._accounts.people.reset_password(COMMAND_LINE, params["name"], params["password"])
        return {"name": user.name}

    async def _create_token(self, params: Params, stream: Stream) -> Any:
        scopes = frozenset(map(Scope, params["scopes"]))
        token, secret = await self._accounts.create_token(COMMAND_LINE, params["label"], scopes, owner=params["user"])
        return {"id": token.id, "secret": secret}

    async def _list_tokens(self, params: Params, stream: Stream) -> Any:
        return [_token(token) for token in await self._accounts.list_tokens(COMMAND_LINE, everyone=True)]

    async def _revoke_token(self, params: Params, stream: Stream) -> Any:
        await self._accounts.revoke_token(COMMAND_LINE, params["id"])

    async def _make_backup(self, params: Params, stream: Stream) -> Any:
        backup = await self._backups.make(COMMAND_LINE, passphrase=params["passphrase"])
        return {"name": backup.name}

    async def _send_backup(self, params: Params, stream: Stream) -> Any:
        sent = await self._backups.send(COMMAND_LINE, stream, passphrase=params["passphrase"])
        return {"name": sent.name, "size_bytes": sent.size_bytes, "sha256": sent.sha256}

    async def _tell_of_ytdlp(self, params: Params, stream: Stream) -> Any:
        return ytdlp_values(await self._ytdlp.status())

    async def _update_ytdlp(self, params: Params, stream: Stream) -> Any:
        return ytdlp_values(await self._ytdlp.update(COMMAND_LINE))

    async def _roll_back_ytdlp(self, params: Params, stream: Stream) -> Any:
        return ytdlp_values(await self._ytdlp.roll_back(COMMAND_LINE))

    async def _doctor(self, params: Params, stream: Stream) -> Any:
        return [fact_values(fact) for fact in await self._examine()]


def ytdlp_values(status: Status) -> Mapping[str, Any]:
    """How yt-dlp stands as JSON values; what went wrong as a message's id and values."""
    return {
        "version": status.copy.version,
        "ejs": status.copy.ejs,
        "age_days": status.age_days(clock.now().date()),
        "bundled": status.is_bundled,
        "back_to": status.back_to,
        "policy": status.policy,
        "checked_at": status.checked_at.isoformat() if status.checked_at else None,
        "trouble": status.trouble and {"id": status.trouble.id, "values": dict(status.trouble.values)},
    }


def fact_values(fact: Fact) -> Mapping[str, Any]:
    """A fact as JSON values; its messages as their ids and values."""
    messages = {"title": fact.title, "finding": fact.finding, "mend": fact.mend}
    return {
        "id": fact.id,
        "group": fact.group,
        "verdict": fact.verdict,
        **{name: told and {"id": told.id, "values": dict(told.values)} for name, told in messages.items()},
        "data": dict(fact.data),
    }


def _token(token: Token) -> Mapping[str, Any]:
    return {
        "id": token.id,
        "user": token.user_name,
        "label": token.label,
        "scopes": sorted(token.scopes),
        "created_at": token.created_at.isoformat(),
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
    }
