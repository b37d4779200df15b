"""Household devices by REST: a program approves them, lists them and takes it back."""

from medianest.accounts.types import Scope
from medianest.core.journal_pages import Sought, page
from tests.api.portal import Portal
from tests.people import HOME

DEVICES = "/api/v1/household-devices"


async def test_a_device_is_approved_shown_once_used_listed_and_revoked(portal: Portal) -> None:
    program, accounts = await portal.program(portal.cast.alice, Scope.ADMIN), portal.services.accounts
    keyed = {"json": {"label": " Tablet "}, "headers": {"idempotency-key": "one"}}
    answer = await program.post(DEVICES, **keyed)
    made = answer.json()
    secret = made.pop("secret")
    assert (answer.status_code, made.pop("cookie")) == (201, "medianest-device")
    assert made == {"id": made["id"], "label": "Tablet", "created_at": made["created_at"], "last_used_at": None}
    assert (await program.post(DEVICES, **keyed)).json()["code"] == "already_done"
    listed = await program.get(DEVICES)
    assert listed.json() == {"items": [made], "next_cursor": None}
    assert secret not in listed.text

    await accounts.devices.enter(secret, portal.cast.gus.id, "", HOME)
    assert (await program.get(DEVICES)).json()["items"][0]["last_used_at"]
    assert (await program.delete(f"{DEVICES}/{made['id']}")).status_code == 204
    assert (await program.delete(f"{DEVICES}/{made['id']}")).status_code == 404
    assert (await program.get(DEVICES)).json()["items"] == []
    assert await accounts.devices.profiles(secret) == []
    told = await portal.services.db.read(page, Sought(subject=("device", made["id"])))
    assert [(entry.kind, entry.via) for entry in told.items] == [("device.revoked", "api"), ("device.approved", "api")]


async def test_the_secret_of_a_device_shows_profiles_in_a_browser(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    made = (await alice.post(DEVICES, json={"label": "Wall"})).json()
    shown = await portal.services.accounts.devices.profiles(made["secret"])
    assert {profile.name for profile in shown} == {"Dora", "Gus"}


async def test_devices_come_in_pages_and_an_unchanged_list_is_not_sent_again(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    ids = [(await alice.post(DEVICES, json={"label": label})).json()["id"] for label in ("One", "Two", "Three")]
    first = (await alice.get(f"{DEVICES}?limit=2")).json()
    second = await alice.get(f"{DEVICES}?limit=2&cursor={first['next_cursor']}")
    assert [item["id"] for item in (*first["items"], *second.json()["items"])] == ids
    whole = await alice.get(DEVICES)
    known = {"if-none-match": whole.headers["etag"]}
    assert (await alice.get(DEVICES, headers=known)).status_code == 304
    await alice.delete(f"{DEVICES}/{ids[0]}")
    assert (await alice.get(DEVICES, headers=known)).status_code == 200


async def test_a_device_without_a_name_is_refused(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    for wrong in ({}, {"label": ""}, {"label": "  "}, {"label": "x" * 300}, {"label": "x", "secret": "y"}):
        answer = await alice.post(DEVICES, json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
    assert (await alice.get(DEVICES)).json()["items"] == []


async def test_only_administrators_and_their_programs_may(portal: Portal) -> None:
    for client in (await portal.browser(portal.cast.bob), await portal.program(portal.cast.alice, Scope.READ)):
        assert (await client.get(DEVICES)).status_code == 403
        assert (await client.post(DEVICES, json={"label": "x"})).status_code == 403
        assert (await client.delete(f"{DEVICES}/x")).status_code == 403
