"""The server that fetches films and series: how it stands, how it tells us news, and as whom people ask there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar.params import FromPath
from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.v1.people import Person
from medianest.api.wire import Input, List, Output
from medianest.http import links
from medianest.http.given import CurrentAsking
from medianest.media_requests.people import Asker
from medianest.media_requests.reach.types import Found

Account = Annotated[int, Meta(ge=1, le=2**31, description="The number of an account at the server.")]


class OverseerrServer(Output, frozen=True, kw_only=True):
    """How it stands, as far as is known without asking; `heard_at` is when its webhook was last heard.

    Who has neither a linked Plex account nor an account by `people` asks as `household_user_id`, where that is not 0.
    """

    is_set_up: bool
    url: str | None
    is_away: bool
    away_since: datetime | None
    is_refused: bool
    household_user_id: int
    heard_at: datetime | None


class OverseerrLook(Output, frozen=True, kw_only=True):
    """What a look at it found: `here`, or what is wrong."""

    found: Found
    version: str


class OverseerrWebhook(Output, frozen=True, kw_only=True):
    """What to write on the server's page Settings, Notifications, Webhook."""

    url: str
    header: str
    payload: str


class NewOverseerrWebhook(Input, frozen=True, kw_only=True):
    """Whether to `replace` a webhook that leads elsewhere."""

    replace: bool = False


class OverseerrDelivery(Output, frozen=True, kw_only=True):
    """Whether a test of the webhook arrived here."""

    arrived: bool


class OverseerrAccount(Output, frozen=True, kw_only=True):
    """An account at the server."""

    id: int
    name: str


class OverseerrAsker(Output, frozen=True, kw_only=True):
    """Somebody who may ask; who `is_linked` with Plex asks as themselves, whatever `account` was set for them."""

    user: Person
    is_linked: bool
    account: int | None


class AskerChange(Input, frozen=True, kw_only=True):
    """As which account of the server's they ask; null takes that back."""

    account: Account | None


async def show(services: Served) -> Answer:
    """How it stands with the server."""
    standing, settings = services.overseerr.standing, services.settings().overseerr
    told = OverseerrServer(
        is_set_up=standing.is_set_up,
        url=settings.url,
        is_away=standing.is_away,
        away_since=standing.away_since,
        is_refused=standing.is_refused,
        household_user_id=settings.household_user_id,
        heard_at=services.overseerr.hints.heard_at,
    )
    return answers.json(told)


async def test(services: Served, reader: CurrentReader) -> Answer:
    """Look at the server now: which of name, route, TLS, path, key and version is wrong."""
    look = await services.overseerr.look(reader.actor)
    return answers.json(OverseerrLook(found=look.found, version=look.version))


async def webhook(services: Served, reader: CurrentReader, asking: CurrentAsking) -> Answer:
    """What leads the server's webhook here, where that is to be set up by hand."""
    asking.shows_secret = True
    text = services.overseerr.webhook.text(reader.actor, links.absolute(asking, "", services.settings().server))
    return answers.json(OverseerrWebhook(url=text.url, header=text.header, payload=text.payload))


async def set_up_webhook(
    services: Served, reader: CurrentReader, asking: CurrentAsking, given: Given[NewOverseerrWebhook]
) -> Answer:
    """Have the server post its news here from now on, and send a test."""
    here = links.absolute(asking, "", services.settings().server)
    arrived = await services.overseerr.webhook.set_up(reader.actor, here, replace=given.replace)
    return answers.json(OverseerrDelivery(arrived=arrived))


async def accounts(services: Served, reader: CurrentReader) -> Answer:
    """The accounts that there are at the server, by name."""
    found = await services.overseerr.people.there(reader.actor)
    return answers.json(List(items=[OverseerrAccount(id=one.id, name=one.name) for one in found]))


async def people(services: Served, reader: CurrentReader) -> Answer:
    """Everybody who may ask, and as whom."""
    found: Sequence[Asker] = await services.overseerr.people.askers(reader.actor)
    return answers.json(List(items=[_asker(one) for one in found]))


async def map_person(services: Served, reader: CurrentReader, id: FromPath[str], given: Given[AskerChange]) -> Answer:
    """Have somebody ask as this account, if they have none of their own."""
    return answers.json(_asker(await services.overseerr.people.map(reader.actor, id, given.account)))


def _asker(known: Asker) -> OverseerrAsker:
    user = Person(id=known.user.id, name=known.user.display_name)
    return OverseerrAsker(user=user, is_linked=known.is_linked, account=known.mapped_to)
