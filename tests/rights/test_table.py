"""The table of who may, at 100 %: everybody asks the real application for everything, their own and another's."""

import difflib
from pathlib import Path

import pytest

from medianest.core import journal
from medianest.core.actor import SYSTEM, Role
from medianest.http import authorisation
from tests.fakes.plex import Plex
from tests.rights.asking import WHO, Questions, Route, Who, answer
from tests.rights.house import House, Newcomers, open_house

pytestmark = pytest.mark.slow
PROXIED = 'trusted_proxies = ["127.0.0.1"]'
TABLE = Path(__file__).parent / "table.txt"


def written() -> list[str]:
    """The lines of the table that are about routes."""
    return [line.rstrip() for line in TABLE.read_text().splitlines() if line.startswith(("GET", "POST", "P", "D"))]


def routes(house: House) -> list[Route]:
    """Every route of both faces, as the router has it."""
    return [Route(method=row.method, path=row.path) for row in authorisation.table(house.routes)]


async def questions(house: House) -> Questions:
    """There is a backup, and an entry of the journal that a listener could not take; somebody looks after the house."""
    newcomers = Newcomers(house)
    newcomers.person(Role.ADMIN)
    leaving = newcomers.person(Role.GUEST)
    await newcomers.come_in()
    backup = await house.portal.backups.make(SYSTEM)
    await house.portal.accounts.people.remove(SYSTEM, leaving)
    return Questions(house, backup=backup.name, entry_id=await house.portal.db.read(journal.newest_id))


def whose(route: Route, who: Who) -> tuple[bool, ...]:
    """Somebody asks for a thing of theirs, and then for another's; where nothing is anybody's, once."""
    return (True, False) if route.is_personal and who.role else (False,)


async def found(house: House) -> list[str]:
    """The table as the application answers."""
    asked = await questions(house)
    rows = {
        route: [[asked.ask(route, who, own=own) for own in whose(route, who)] for who in WHO] for route in routes(house)
    }
    await asked.newcomers.come_in()
    lines = []
    async with house.client() as client:
        for route, cells in rows.items():
            letters = ["".join([await answer(client, question) for question in cell]) for cell in cells]
            lines.append(f"{route!s:<60} {' '.join(f'{told:<2}' for told in letters)}".rstrip())
    return lines


async def test_everybody_is_answered_as_the_table_says(tmp_path: Path, plex: Plex) -> None:
    async with open_house(tmp_path, server=PROXIED, tv_url=plex.tv.base) as house:
        lines = await found(house)
    differences = [line for line in difflib.ndiff(written(), lines) if line[0] in "-+"]
    assert not differences, f"{TABLE.name} says (-), the application does (+):\n" + "\n".join(differences)


def test_the_heading_of_the_table_names_its_columns() -> None:
    heading = next(line for line in TABLE.read_text().splitlines() if line.startswith(" " * 60))
    assert heading.split() == [who.column for who in WHO]
