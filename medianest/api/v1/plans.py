"""Plans: named bundles of quotas, for roles and for people."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from medianest.accounts import types
from medianest.accounts.plans import ACTIVE_MOST, BYTES_MOST, DOWNLOADS_MOST, WINDOW_DAYS_MOST
from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.windows import window
from medianest.api.wire import Input, List, Output, Paged, Query, Word
from medianest.core.actor import Role
from medianest.http.given import CurrentActor

Name = Annotated[str, Meta(min_length=1, max_length=200)]
DownloadsBegun = Annotated[int, Meta(ge=0, le=DOWNLOADS_MOST)]
BytesReceived = Annotated[int, Meta(ge=0, le=BYTES_MOST)]
AtOnce = Annotated[int, Meta(ge=0, le=ACTIVE_MOST)]
Days = Annotated[int, Meta(ge=1, le=WINDOW_DAYS_MOST)]
Roles = Annotated[tuple[Role, ...], Meta(max_length=len(Role))]


class Quotas(Output, frozen=True, kw_only=True):
    """What a plan allows: downloads begun and bytes received within the days of the window, downloads at once.

    Null is no limit.
    """

    downloads: int | None
    bytes: int | None
    active: int | None
    window_days: int


class Plan(Output, frozen=True, kw_only=True):
    """A plan, the roles that have it, and how many people have it as their own."""

    id: str
    name: str
    quotas: Quotas
    roles: Sequence[Role]
    people: int


class QuotasWanted(Input, frozen=True, kw_only=True):
    """Limits; null is none, and what is left out stays as it is (in a new plan: no limit, and seven days)."""

    downloads: DownloadsBegun | UnsetType | None = UNSET
    bytes: BytesReceived | UnsetType | None = UNSET
    active: AtOnce | UnsetType | None = UNSET
    window_days: Days | UnsetType = UNSET


class NewPlan(Input, frozen=True, kw_only=True):
    """A plan to be; a role that had another plan has this one then."""

    name: Name
    quotas: QuotasWanted = QuotasWanted()
    roles: Roles = ()


class PlanChange(Input, frozen=True, kw_only=True):
    """What changes; `roles` are then exactly those that have it."""

    name: Name | UnsetType = UNSET
    quotas: QuotasWanted = QuotasWanted()
    roles: Roles | UnsetType = UNSET


class Removal(Query, frozen=True, kw_only=True):
    """The plan that takes its place, for roles and people; without one they have none of that kind."""

    instead: Word | None = None


async def listing(services: Served, actor: CurrentActor, asked: Given[Paged]) -> Answer:
    """All plans by name."""
    page = window(await services.accounts.plans.listing(actor), asked, lambda known: known.plan.id)
    return answers.json(List(items=[_shape(known) for known in page.items], next_cursor=page.next_cursor))


async def create(services: Served, actor: CurrentActor, given: Given[NewPlan]) -> Answer:
    """Make a plan."""
    quotas = types.Quotas(**_set(given.quotas))
    new = types.NewPlan(name=given.name, quotas=quotas, roles=frozenset(given.roles))
    return answers.json(_shape(await services.accounts.plans.create(actor, new)), status=HTTPStatus.CREATED)


async def change(services: Served, actor: CurrentActor, id: FromPath[str], given: Given[PlanChange]) -> Answer:
    """Change a plan for everybody who has it, from now on."""
    change = types.PlanChange(
        name=given.name,
        roles=UNSET if given.roles is UNSET else frozenset(given.roles),
        **_set(given.quotas),
    )
    return answers.json(_shape(await services.accounts.plans.change(actor, id, change)))


async def delete(services: Served, actor: CurrentActor, id: FromPath[str], asked: Given[Removal]) -> Answer:
    """Remove a plan; who had it has `instead`, else what their role has, else no limits."""
    await services.accounts.plans.remove(actor, id, instead=asked.instead)
    return answers.nothing()


def _set(wanted: QuotasWanted) -> dict[str, Any]:
    """The limits that were given."""
    return {name: value for name, value in asdict(wanted).items() if value is not UNSET}


def _shape(known: types.PlanInUse) -> Plan:
    quotas = known.plan.quotas
    return Plan(
        id=known.plan.id,
        name=known.plan.name,
        quotas=Quotas(
            downloads=quotas.downloads, bytes=quotas.bytes, active=quotas.active, window_days=quotas.window_days
        ),
        roles=known.roles,
        people=known.people,
    )
