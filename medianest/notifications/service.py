"""Telling people as a whole: the one object through which the rest of the house has it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from medianest.accounts import queries as accounts
from medianest.accounts.rights import require_admin
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.config import ServiceSettings, Settings
from medianest.core.db import Database
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job
from medianest.core.journal import Listener
from medianest.core.security import load_or_create_key
from medianest.notifications import digesting, sends
from medianest.notifications.by_apprise import target as apprise
from medianest.notifications.by_email.addresses import Addresses
from medianest.notifications.by_push import target as push
from medianest.notifications.by_webhook import target as webhook
from medianest.notifications.channels import Channels, forget_unconfirmed
from medianest.notifications.errors import NoSuchService
from medianest.notifications.inbox import Inbox
from medianest.notifications.letter_links import CONFIRM_LASTS
from medianest.notifications.preferring import Preferring
from medianest.notifications.sending import Sender
from medianest.notifications.types import Channel, ChannelKind
from medianest.plex.titles.service import Titles

_DIGESTS_EVERY = timedelta(minutes=10)
_PURGED_EVERY = timedelta(hours=6)


class Notifications:
    """Inbox, channels and what people chose; `settings` are those that hold at that moment."""

    def __init__(
        self,
        db: Database,
        settings: Callable[[], Settings],
        inbox: Inbox,
        channels: Channels,
        addresses: Addresses,
        preferring: Preferring,
        sender: Sender,
        mail_trouble: Callable[[], Awaitable[tuple[Message, str] | None]],
        titles: Titles,
    ) -> None:
        """`mail_trouble` tells why the mail server would take no letter, and what it said; None where it would."""
        self._db = db
        self._settings = settings
        self._sender = sender
        self._titles = titles
        self.inbox = inbox
        self.channels = channels
        self.addresses = addresses
        self.preferring = preferring
        self.mail_trouble = mail_trouble

    async def add_webhook(self, actor: Actor, *, url: str, label: str) -> tuple[Channel, str]:
        """The channel, and the secret that what it is sent is signed with. Raises Refused, and what `add` raises."""
        new, secret = webhook.new(actor.id or "", url, label, self._settings().notifications.allow_private_hosts)
        return await self.channels.add(actor, new), secret

    async def add_push(self, actor: Actor, *, endpoint: str, p256dh: str, auth: str, label: str) -> Channel:
        """The browser of this session is told from now on. Raises Refused, Invalid, and what `put` raises."""
        allow = self._settings().notifications.allow_private_hosts
        return await self.channels.put(actor, push.new(endpoint, p256dh, auth, label, allow))

    @cached_property
    def push_key(self) -> str:
        """What browsers must know to be told: the portal's public key for push services."""
        from medianest.notifications.by_push.vapid import Vapid  # cryptography

        return Vapid(lambda: load_or_create_key(self._settings().paths.key_file)).public

    async def add_apprise(self, actor: Actor, name: str) -> Channel:
        """Be told by a service that the administrator set up. Raises NoSuchService, and what `add` raises."""
        service = next((one for one in await self._services(actor) if one.name == name), None)
        if service is None:
            raise NoSuchService(msg("notifications.no_such_service"))
        return await self.channels.add(actor, apprise.new(actor.id or "", service))

    async def services(self, actor: Actor) -> Sequence[str]:
        """The names of the services that this person may choose, and did not yet."""
        theirs = await self._services(actor)
        return [one.name for one in theirs if not await self.channels.has(apprise.new(actor.id or "", one))]

    async def _services(self, actor: Actor) -> Sequence[ServiceSettings]:
        listed = self._settings().apprise
        user = await self._db.read(accounts.user, actor.id) if listed and actor.id else None
        return [one for one in listed if user and one.is_for(user.name, user.role)]

    async def again(self, actor: Actor, kind: ChannelKind, error: str) -> int:
        """Send once more what was given up for this reason; how many that were. Raises Forbidden."""
        require_admin(actor)
        async with self._db.transaction() as session:
            return await sends.again(session, kind, error)

    async def again_to(self, actor: Actor, channel_id: str, *, delivery_id: str | None = None) -> int:
        """Send once more what was given up of one's own, or this one of it, while it is kept; how many that were.

        Raises NoSuchChannel.
        """
        channel = await self.channels.one(actor, channel_id)
        async with self._db.transaction() as session:
            return await sends.again_to(session, channel.id, since=self.kept_since, id=delivery_id)

    @property
    def kept_since(self) -> datetime:
        """What was over before then is forgotten."""
        return clock.now() - self._settings().notifications.keep

    def listeners(self) -> Sequence[Listener]:
        return self.inbox.listeners()

    def runs(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What runs by itself, by its name."""
        return {"notifications": self._sender.run}

    def jobs(self) -> Sequence[Job]:
        return [
            Job(name="purge_deliveries", every=_PURGED_EVERY, run=self._purge),
            Job(name="digests", every=_DIGESTS_EVERY, run=self.sum_up),
        ]

    async def sum_up(self) -> None:
        """Have all summaries made that are due; a second time at once none is."""
        now, n = clock.now(), 1
        while n:
            async with self._db.transaction() as session:
                n = await digesting.announce_due(session, self._titles, now=now)

    async def _purge(self) -> Message | None:
        async with self._db.transaction() as session:
            await forget_unconfirmed(session, before=clock.now() - CONFIRM_LASTS)
        before = self.kept_since
        n = 0
        while True:
            async with self._db.transaction() as session:
                batch = await sends.purge(session, before=before)
            n += batch
            if not batch:
                return msg("notifications.purged", n=n) if n else None
