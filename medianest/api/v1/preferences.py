"""What somebody wants to be told by which channel, and when; and their channels."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.wire import Input, List, Output
from medianest.core.actor import Actor
from medianest.core.errors import FieldError, Forbidden, Invalid
from medianest.core.i18n import msg
from medianest.notifications import channel_queries, choosing, types
from medianest.notifications.preferring import Change
from medianest.notifications.types import ChannelKind, Digest, Manners, Notice

_QUIET = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")
Hours = Annotated[str, Meta(max_length=11)]
Zone = Annotated[str, Meta(max_length=60)]


class NotificationPreferences(Output, frozen=True, kw_only=True):
    """Of what you hear by which kind of channel; quiet hours such as `22:00-07:00` are in your time zone.

    An empty time zone is that of the house.
    """

    wanted: Mapping[Notice, Mapping[ChannelKind, bool]]
    quiet_hours: str | None
    time_zone: str
    digest: Digest


class PreferencesChange(Input, frozen=True, kw_only=True):
    """What changes; what is left out stays as it is."""

    wanted: Mapping[Notice, Mapping[ChannelKind, bool]] = {}
    quiet_hours: Hours | UnsetType | None = UNSET
    time_zone: Zone | UnsetType = UNSET
    digest: Digest | UnsetType = UNSET


class NotificationChannel(Output, frozen=True, kw_only=True):
    """A way to tell you; where it leads is not told. `answer` is what the other side said last, where it fails."""

    id: str
    kind: ChannelKind
    label: str
    confirmed: bool
    created_at: datetime
    last_sent_at: datetime | None
    failing_since: datetime | None
    answer: str


async def show(services: Served, reader: CurrentReader) -> Answer:
    """What you chose, and what holds where you chose nothing."""
    return answers.json(_shown(reader.actor, await services.db.read(channel_queries.preferences, _own(reader.actor))))


async def change(services: Served, reader: CurrentReader, given: Given[PreferencesChange]) -> Answer:
    """Choose. Only in person, or by an administrator's own token."""
    actor = reader.actor
    now = (await services.db.read(channel_queries.preferences, _own(actor))).manners
    choices = {(notice, kind): on for notice, kinds in given.wanted.items() for kind, on in kinds.items()}
    wanted = Change(choices=choices, manners=_manners(now, given))
    return answers.json(_shown(actor, await services.telling.preferring.change(actor, wanted)))


async def channels(services: Served, reader: CurrentReader) -> Answer:
    """By what you are told outside of the portal."""
    found = await services.db.read(channel_queries.channels, _own(reader.actor))
    return answers.json(List(items=[_channel(one) for one in found]))


def _own(actor: Actor) -> str:
    if actor.id is None:
        raise Forbidden(msg("accounts.in_person_only"))
    return actor.id


def _shown(actor: Actor, preferences: types.Preferences) -> NotificationPreferences:
    assert actor.role is not None
    wanted = {
        notice: {kind: choosing.is_wanted(preferences, notice, kind) for kind in ChannelKind}
        for notice in choosing.concerning(actor.role)
    }
    manners = preferences.manners
    return NotificationPreferences(
        wanted=wanted,
        quiet_hours=channel_queries.said_of(manners.quiet) or None,
        time_zone=manners.zone,
        digest=manners.digest,
    )


def _manners(now: Manners, given: PreferencesChange) -> Manners:
    if given.quiet_hours is not UNSET:
        said = given.quiet_hours or ""
        if said and not _QUIET.fullmatch(said):
            wrong = msg("notifications.two_times")
            raise Invalid(wrong, fields=(FieldError(field="quiet_hours", message=wrong),))
        now = replace(now, quiet=channel_queries.quiet_of(said))
    if given.time_zone is not UNSET:
        now = replace(now, zone=given.time_zone)
    return now if given.digest is UNSET else replace(now, digest=given.digest)


def _channel(channel: types.Channel) -> NotificationChannel:
    return NotificationChannel(
        id=channel.id,
        kind=channel.kind,
        label=channel.label,
        confirmed=channel.confirmed_at is not None,
        created_at=channel.created_at,
        last_sent_at=channel.last_sent_at,
        failing_since=channel.failing_since,
        answer=channel.answer if channel.failing_since else "",
    )
