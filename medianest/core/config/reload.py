"""Taking over changed settings while the portal runs: on SIGHUP, or when the file is saved."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from medianest.core.config.found import Name
from medianest.core.config.loading import Sources, load
from medianest.core.config.problems import ConfigProblems, Problem
from medianest.core.config.settings import Settings, changed_names, reloadable_names, reloaded

POLL_EVERY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """What came of reading the settings anew; `settings` are those that hold now.

    With `problems` nothing changed. `changed` is in force; `waiting` differs too, but only a restart takes it over.
    """

    settings: Settings
    changed: frozenset[Name] = frozenset()
    waiting: frozenset[Name] = frozenset()
    problems: tuple[Problem, ...] = ()


Subscriber: TypeAlias = Callable[[Reload], Awaitable[None]]
_Signature: TypeAlias = tuple[int, int, int] | None


@dataclass(slots=True)
class Reloader:
    """Watches the sources of the settings, and tells its subscribers of every attempt to reload them."""

    sources: Sources
    settings: Settings
    poll_every: timedelta = POLL_EVERY
    _subscribers: list[Subscriber] = field(default_factory=list)
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _file: Path = field(init=False)
    _seen: _Signature = field(init=False)

    def __post_init__(self) -> None:
        self._file = self.sources.possible_file
        self._seen = self._signature()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Have `subscriber` called, in order of subscription, after each reload, the refused ones too."""
        self._subscribers.append(subscriber)

    async def run(self) -> None:
        """Watch until cancelled. A file counts as saved when it stood still for one round."""
        loop = asyncio.get_running_loop()
        with suppress(RuntimeError, ValueError):  # outside the main thread there are no signals
            loop.add_signal_handler(signal.SIGHUP, self._asked.set)
        try:
            await self._watch()
        finally:
            loop.remove_signal_handler(signal.SIGHUP)

    async def reload(self) -> Reload:
        """Read the settings anew and tell everybody; what is wrong changes nothing."""
        self._seen = self._signature()
        try:
            new = await asyncio.to_thread(load, self.sources)
        except ConfigProblems as error:
            outcome = Reload(settings=self.settings, problems=error.problems)
        else:
            outcome = self._take(new)
        for subscriber in self._subscribers:
            await subscriber(outcome)
        return outcome

    def _take(self, new: Settings) -> Reload:
        differing = changed_names(self.settings, new)
        self.settings = reloaded(self.settings, new)
        changed = differing & reloadable_names()
        return Reload(settings=self.settings, changed=changed, waiting=differing - changed)

    async def _watch(self) -> None:
        before = self._seen
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.poll_every.total_seconds()):
                    await self._asked.wait()
            signature = self._signature()
            if self._asked.is_set() or (signature != self._seen and signature == before):
                self._asked.clear()
                await self.reload()
            before = signature

    def _signature(self) -> _Signature:
        """What changes when the file is saved, made or removed."""
        try:
            found = self._file.stat()
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
