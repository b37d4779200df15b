"""Pages that did not change are not made again, and no page is taken for another's."""

import asyncio

import httpx
import pytest

from medianest.accounts.types import NewUser, UserChange
from medianest.core.actor import SYSTEM, Role
from medianest.core.live import Signal
from medianest.http.etags import matches
from tests.http.portal import Portal


async def test_an_unchanged_page_is_a_304_that_makes_nothing(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    first = await http.get("/people", headers=fields)
    assert first.headers["etag"].startswith('W/"')
    again = await http.get("/people", headers=fields | {"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == "private, no-cache"
    assert portal.changes == ["made"]
    head = await http.head("/people", headers=fields | {"if-none-match": first.headers["etag"]})
    assert head.status_code == 304


async def test_a_committed_change_of_what_is_shown_makes_it_anew(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    etag = (await http.get("/people", headers=fields)).headers["etag"]
    await portal.accounts.people.create(SYSTEM, NewUser(name="Eve", role=Role.GUEST))
    again = await http.get("/people", headers=fields | {"if-none-match": etag})
    assert again.status_code == 200
    assert again.headers["etag"] != etag


async def test_what_shows_live_state_changes_with_it(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    etag = (await http.get("/live", headers=fields)).headers["etag"]
    assert (await http.get("/live", headers=fields | {"if-none-match": etag})).status_code == 304
    portal.live.publish(Signal(kind="k", subject_id="1", audience=frozenset(), data=None))
    assert (await http.get("/live", headers=fields | {"if-none-match": etag})).status_code == 200


async def test_each_person_session_role_and_language_has_tags_of_its_own(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    async def tag(fields: dict[str, str]) -> str:
        return str((await http.get("/live", headers=fields)).headers["etag"])

    _, bob = await portal.enter(portal.cast.bob)
    _, bobs_phone = await portal.enter(portal.cast.bob)
    _, dora = await portal.enter(portal.cast.dora)
    tags = [await tag(bob), await tag(bobs_phone), await tag(dora), await tag(bob | {"accept-language": "de"})]
    await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(role=Role.GUEST))
    tags.append(await tag(bob))
    assert len(set(tags)) == 5


async def test_a_stranger_with_anothers_tag_learns_nothing(portal: Portal, http: httpx.AsyncClient) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    etag = (await http.get("/people", headers=fields)).headers["etag"]
    refused = await http.get("/people", headers={"if-none-match": etag})
    assert refused.status_code == 401
    assert "etag" not in refused.headers
    assert (await http.get("/people", headers={"if-none-match": "*"})).status_code == 401


async def test_a_form_is_never_kept_longer_than_the_cookie_it_goes_with(http: httpx.AsyncClient) -> None:
    first = await http.get("/form")
    assert "etag" not in first.headers
    cookie = {"cookie": first.headers["set-cookie"].partition(";")[0]}
    second = await http.get("/form", headers=cookie)
    known = {"if-none-match": second.headers["etag"]}
    assert second.text == first.text
    assert (await http.get("/form", headers=cookie | known)).status_code == 304
    without_cookie = await http.get("/form", headers=known)
    assert without_cookie.status_code == 200
    assert without_cookie.text != first.text


async def test_a_change_during_the_making_is_seen_next_time(portal: Portal, http: httpx.AsyncClient) -> None:
    """The versions are read before the data, so that a tag never claims more than the answer shows."""
    _, fields = await portal.enter(portal.cast.bob)
    for number in range(5):
        shown, _ = await asyncio.gather(
            http.get("/people", headers=fields),
            portal.accounts.people.create(SYSTEM, NewUser(name=f"Guest {number}", role=Role.GUEST)),
        )
        later = await http.get("/people", headers=fields)
        assert later.headers["etag"] == shown.headers["etag"] or later.status_code == 200


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ('W/"a"', True),
        ('"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        (" * ", True),
        ('W/"b"', False),
        ("a", False),
        ('"a', False),
        ("", False),
        (None, False),
        ('"' * 50_000, False),
        ('W/"' * 5000, False),
    ],
)
def test_tags_are_compared_weakly(field: str | None, known: bool) -> None:
    assert matches(field, 'W/"a"') is known
