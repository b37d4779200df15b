"""What somebody wants to be told, as a program of theirs reads and sets it."""

import pytest

from medianest.accounts.types import Scope
from tests.api.portal import Portal

PREFERENCES = "/api/v1/notifications/preferences"


async def test_preferences_are_read_changed_in_parts_and_read_again(portal: Portal) -> None:
    alice = await portal.program(portal.cast.alice, Scope.ADMIN)
    before = (await alice.get(PREFERENCES)).json()
    assert before["wanted"]["upkeep"] == {"push": True, "email": True, "webhook": True, "apprise": True}
    assert (before["quiet_hours"], before["time_zone"], before["digest"]) == (None, "", "off")
    change = {"wanted": {"upkeep": {"email": False}}, "quiet_hours": "22:00-07:00", "time_zone": "Europe/Berlin"}
    answer = await alice.put(PREFERENCES, json=change)
    assert answer.status_code == 200, answer.text
    after = (await alice.get(PREFERENCES)).json()
    assert after == answer.json()
    assert after["wanted"]["upkeep"]["email"] is False
    assert after["wanted"]["upkeep"]["push"] is True
    assert (after["quiet_hours"], after["time_zone"]) == ("22:00-07:00", "Europe/Berlin")
    assert (await alice.put(PREFERENCES, json={"quiet_hours": None})).json()["quiet_hours"] is None


async def test_a_members_matrix_has_nothing_of_the_house(portal: Portal) -> None:
    bob = await portal.program(portal.cast.bob, Scope.READ)
    assert not {"upkeep", "to_decide", "strangers"} & (await bob.get(PREFERENCES)).json()["wanted"].keys()


async def test_a_token_of_lesser_scope_changes_nothing(portal: Portal) -> None:
    bob = await portal.program(portal.cast.bob, Scope.READ)
    assert (await bob.put(PREFERENCES, json={"digest": "daily"})).status_code == 403
    assert (await bob.get(PREFERENCES)).json()["digest"] == "off"


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_hours": "22:00"},
        {"quiet_hours": "24:00-07:00"},
        {"time_zone": "Mars/Olympus"},
        {"digest": "hourly"},
        {"wanted": {"nonsense": {"push": True}}},
        {"wanted": {"upkeep": {"pigeon": True}}},
        {"volume": 11},
    ],
)
async def test_what_there_is_not_is_refused(portal: Portal, wrong: dict[str, object]) -> None:
    alice = await portal.program(portal.cast.alice, Scope.ADMIN)
    assert (await alice.put(PREFERENCES, json=wrong)).status_code == 422
