"""Backups in the data folder."""

from datetime import datetime
from http import HTTPStatus

from medianest.admin import types
from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import Given, Served
from medianest.api.windows import window
from medianest.api.wire import List, Output, Paged, to_json
from medianest.http.given import CurrentActor


class Backup(Output, frozen=True, kw_only=True):
    """A verified backup; a sealed one opens with its passphrase only."""

    name: str
    made_at: datetime
    size_bytes: int
    sealed: bool


async def listing(request: AnyRequest, services: Served, asked: Given[Paged]) -> Answer:
    """The backups, newest first."""
    page = window(await services.backups.listing(), asked, lambda backup: backup.name)
    items = [_backup(known) for known in page.items]
    return answers.tagged(request, to_json(List(items=items, next_cursor=page.next_cursor)))


async def create(services: Served, actor: CurrentActor) -> Answer:
    """Make a verified backup now, sealed with the passphrase of the settings if there is one."""
    passphrase = services.settings().backups.passphrase.get_secret_value()
    made = await services.backups.make(actor, passphrase=passphrase)
    return answers.json(_backup(made), status=HTTPStatus.CREATED)


def _backup(known: types.Backup) -> Backup:
    return Backup(name=known.name, made_at=known.made_at, size_bytes=known.size_bytes, sealed=known.sealed)
