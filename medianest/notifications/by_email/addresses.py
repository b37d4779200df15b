"""People's e-mail addresses: asked whether they are theirs, confirmed by who reads there, and left by one click."""

from collections.abc import Callable
from datetime import timedelta

from medianest.accounts import queries as accounts
from medianest.core.actor import Actor
from medianest.core.buckets import Buckets, Rate
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.errors import Conflict, TooMany
from medianest.core.i18n import msg
from medianest.core.resilience import CircuitOpen
from medianest.core.security import new_id
from medianest.notifications import channel_queries
from medianest.notifications.by_email import target
from medianest.notifications.channels import Channels, NewChannel
from medianest.notifications.composing import Composer
from medianest.notifications.letter_links import CONFIRM, LEAVE, LetterLinks, NoSuchLink
from medianest.notifications.sending import Sender
from medianest.notifications.targets import Targets
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Channel, ChannelKind, Sent

_ASKED = Rate(burst=4, every=timedelta(minutes=15))
"""How often somebody may have an address asked, and how often one address is asked by all together."""


class Addresses:
    """Nothing but one question is sent to an address until who reads there said that it is theirs."""

    def __init__(
        self,
        db: Database,
        settings: Callable[[], Settings],
        targets: Targets,
        channels: Channels,
        sender: Sender,
        composer: Composer,
        links: LetterLinks,
    ) -> None:
        self._db = db
        self._settings = settings
        self._targets = targets
        self._channels = channels
        self._sender = sender
        self._composer = composer
        self._links = links
        self._by_person = Buckets(_ASKED)
        self._by_address = Buckets(_ASKED)

    @property
    def is_open(self) -> bool:
        """Whether letters can be sent, and the links in them followed."""
        settings = self._settings()
        return bool(settings.notifications.smtp_host and settings.server.public_address)

    async def add(self, actor: Actor, address: str) -> tuple[Channel, Sent]:
        """The channel, and how the letter went that asks there; once more where that was not answered yet.

        Raises Invalid, Conflict `no_letters`, TooMany, and what `Channels.add` raises.
        """
        if not self.is_open:
            raise Conflict(msg("notifications.no_letters"), code="no_letters")
        new = target.new(actor.id or "", address)
        self._count(actor.id or "", new.target)
        channel = await self._waiting(actor, new) or await self._channels.add(actor, new)
        return channel, await self._ask(channel)

    async def asked(self, word: str) -> Channel:
        """The channel that a link of such a letter is about. Raises NoSuchLink."""
        return await self._of(CONFIRM, word)

    async def confirm(self, actor: Actor, word: str) -> Channel:
        """Who follows the link reads there; a second time changes nothing. Raises NoSuchLink."""
        return await self._channels.confirm(actor, (await self._of(CONFIRM, word)).id)

    async def left(self, word: str) -> Channel | None:
        """The channel that a link of a letter ends; None where that is over already. Raises NoSuchLink."""
        return await self._db.read(channel_queries.channel, self._links.read(LEAVE, word))

    async def leave(self, actor: Actor, word: str) -> None:
        """From now on nothing is sent there; a second time changes nothing. Raises NoSuchLink."""
        id = self._links.read(LEAVE, word)
        async with self._db.transaction() as session:
            channel = await session.run_sync(channel_queries.channel, id)
            if channel is not None:
                await self._channels.remove_in(session, actor, channel)

    async def _of(self, kind: str, word: str) -> Channel:
        channel = await self._db.read(channel_queries.channel, self._links.read(kind, word))
        if channel is None or channel.kind is not ChannelKind.EMAIL:
            raise NoSuchLink(msg("notifications.no_such_link"))
        return channel

    async def _waiting(self, actor: Actor, new: NewChannel) -> Channel | None:
        """The person's own channel to that address, where it is there and not confirmed."""
        digest = self._targets.digest(new.kind, *new.unique)
        found = await self._db.read(channel_queries.channel_to, digest)
        return found if found and found.confirmed_at is None and found.user_id == actor.id else None

    def _count(self, user_id: str, address: str) -> None:
        wait = self._by_person.take(user_id) or self._by_address.take(address.lower())
        if wait is not None:
            raise TooMany(msg("notifications.too_many_letters"), code="too_many_letters", retry_after=wait)

    async def _ask(self, channel: Channel) -> Sent:
        user = await self._db.read(accounts.user, channel.user_id)
        sealed = await self._db.read(channel_queries.sealed, channel.id)
        assert user is not None
        try:
            answer = await self._sender.send(channel, sealed or b"", self._composer.question(new_id(), channel, user))
        except CircuitOpen as error:
            return Sent(is_well=False, said=error.message)
        except Undelivered as error:
            return Sent(is_well=False, said=error.said, answer=error.answer)
        return Sent(is_well=True, said=msg("notifications.asked"), answer=answer)
