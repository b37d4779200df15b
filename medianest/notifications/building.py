"""Telling people, put together: inbox, channels, and what is sent to them; transports are imported when needed."""

from collections.abc import Callable
from functools import partial

from medianest.accounts import queries as accounts
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.i18n import Catalogues
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.security import load_or_create_key, new_id
from medianest.media_requests.decision_links import DecisionLinks
from medianest.notifications.by_email import knocking
from medianest.notifications.by_email.addresses import Addresses
from medianest.notifications.channels import Channels
from medianest.notifications.composing import Composer
from medianest.notifications.inbox import Inbox
from medianest.notifications.letter_links import LetterLinks
from medianest.notifications.preferring import Preferring
from medianest.notifications.sending import Sender, Transports
from medianest.notifications.sends import USUAL, Patience
from medianest.notifications.service import Notifications
from medianest.notifications.targets import Targets
from medianest.notifications.transport import Transport
from medianest.notifications.types import ChannelKind
from medianest.plex.titles.service import Titles


def build(
    db: Database,
    live: Live,
    metrics: Metrics,
    settings: Callable[[], Settings],
    catalogues: Catalogues,
    decisions: DecisionLinks,
    titles: Titles,
    *,
    patience: Patience = USUAL,
) -> Notifications:
    """`settings` are those that hold at that moment."""
    targets = Targets(lambda: settings().paths.key_file)
    links = LetterLinks(settings)
    composer = Composer(settings, catalogues, decisions, links, titles)
    ways = transports(settings, db, catalogues)
    sender = Sender(db, metrics, targets, composer, ways, owner=new_id(), patience=patience)
    channels = Channels(db, targets, sender, composer)
    addresses = Addresses(db, settings, targets, channels, sender, composer, links)
    knock = partial(knocking.trouble, settings, catalogues)
    return Notifications(db, settings, Inbox(db, live), channels, addresses, Preferring(db), sender, knock, titles)


def transports(settings: Callable[[], Settings], db: Database, catalogues: Catalogues) -> Transports:
    """How each kind of channel is sent to."""

    def webhooks() -> Transport:
        from medianest.notifications.by_webhook.client import Webhooks  # HTTP

        return Webhooks(lambda: settings().notifications.allow_private_hosts)

    def push() -> Transport:
        from medianest.notifications.by_push.client import WebPush  # HTTP, cryptography
        from medianest.notifications.by_push.vapid import Vapid

        return WebPush(Vapid(lambda: load_or_create_key(settings().paths.key_file)), settings)

    def services() -> Transport:
        from medianest.notifications.by_apprise.client import Services  # a child process

        return Services(lambda: settings().apprise, lambda user_id: db.read(accounts.user, user_id))

    def letters() -> Transport:
        from medianest.notifications.by_email.client import Mailer  # SMTP
        from medianest.notifications.by_email.letters import Letters  # as above

        return Mailer(settings, Letters(settings, catalogues))

    return {
        ChannelKind.PUSH: push,
        ChannelKind.EMAIL: letters,
        ChannelKind.WEBHOOK: webhooks,
        ChannelKind.APPRISE: services,
    }
