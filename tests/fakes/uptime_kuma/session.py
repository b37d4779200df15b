"""One connection: Engine.IO 4 and Socket.IO 5 as Uptime Kuma speaks them, and the calls that it knows."""

import asyncio
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.fakes.uptime_kuma.state import BEFORE_LOGIN

if TYPE_CHECKING:
    from tests.fakes.uptime_kuma.server import UptimeKuma

PING_EVERY_S = 25.0
_CALL = re.compile(r"42(\d*)(\[.*)", re.DOTALL)
_NOT_IN = {"ok": False, "msg": "You are not logged in."}


class Session:
    """It tells nothing until somebody comes in, and after `41` nothing any more, although the connection is there."""

    def __init__(self, kuma: "UptimeKuma", connection: ServerConnection) -> None:
        self._kuma = kuma
        self._connection = connection
        self.is_in = False
        self.is_over = False

    async def run(self) -> None:
        shake = {"sid": "x" * 20, "upgrades": [], "pingInterval": 25000, "pingTimeout": 20000, "maxPayload": 1000000}
        pinging = asyncio.create_task(self._ping())
        with suppress(ConnectionClosed):
            await self._connection.send("0" + json.dumps(shake))
            if await self._connection.recv() == "40":
                await self._connection.send('40{"sid":"y"}')
                await self._greet()
                async for frame in self._connection:
                    await self._take(str(frame))
        pinging.cancel()

    async def tell(self, name: str, *told: Any) -> None:
        await self.send("42" + json.dumps([name, *told]))

    async def send(self, frame: str) -> None:
        if not self.is_over:
            with suppress(ConnectionClosed):
                await self._connection.send(frame)

    async def throw_out(self) -> None:
        """As all others are when somebody changes the password."""
        await self.tell("refresh")
        await self.send("41")
        self.is_over = True

    async def _greet(self) -> None:
        kuma = self._kuma
        if not kuma.accounts.is_set_up:
            await self.tell("setup")
        await self.tell("info", BEFORE_LOGIN)
        if kuma.accounts.open_to_all:
            await self._let_in_at_once()
        elif kuma.dialect.is_new:
            await self.tell("loginRequired")

    async def _let_in_at_once(self) -> None:
        if not self._kuma.dialect.is_new:
            await self.tell("autoLogin")
        await self._let_in()
        if self._kuma.dialect.is_new:
            await self.tell("autoLogin")

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            await self.send("2")

    async def _take(self, frame: str) -> None:
        if not (found := _CALL.fullmatch(frame)):
            return
        name, *said = json.loads(found[2])
        self._kuma.calls.append(name)
        if name in self._kuma.muted or name not in ("login", "loginByToken", "logout", "getMonitorList"):
            return
        await self._answer(found[1], name, said)

    async def _answer(self, number: str, name: str, said: list[Any]) -> None:
        accounts = self._kuma.accounts
        if name == "logout":
            self.is_in = False
            return await self.send(f"43{number}[]")
        if name == "getMonitorList":
            if self.is_in:
                await self.tell("monitorList", self._kuma.state.listed())
            return await self.send(f"43{number}" + json.dumps([{"ok": True} if self.is_in else _NOT_IN]))
        told = accounts.login(said[0]) if name == "login" else accounts.login_by_token(said[0])
        is_late = self._kuma.dialect.is_new and told.get("ok")
        if not is_late:
            await self.send(f"43{number}" + json.dumps([told]))
        if told.get("ok"):
            await self._let_in()
        if is_late:
            await self.send(f"43{number}" + json.dumps([told]))
        return None

    async def _let_in(self) -> None:
        """All that there is; the answer to the login comes before it of 1.23, and after it of 2.x."""
        self.is_in = True
        for told in self._kuma.played or self._kuma.state.burst():
            await self.tell(*told)
