"""E-mail addresses on the pages: added, confirmed by who reads there, left by one click."""

import re
from collections.abc import Iterator

import httpx
import pytest

from medianest.core.config import NotificationsSettings
from medianest.notifications import channel_queries
from medianest.notifications.letter_links import LetterLinks
from medianest.notifications.types import Channel
from tests.fakes.post_office import PostOffice
from tests.web.house import House, enter, submit

PAGE, ADD = "/account/notifications", "/account/channels/email"
BOB = "bob@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def office(house: House) -> Iterator[PostOffice]:
    """The house has a mail server, and an address of its own."""
    with PostOffice() as office:
        said = NotificationsSettings(
            smtp_host="127.0.0.1", smtp_port=office.port, smtp_security="none", mail_from="nest@nest.example"
        )
        server = house.settings.server.model_copy(update={"public_url": "https://nest.example"})
        house.settings = house.settings.model_copy(update={"notifications": said, "server": server})
        yield office


async def of_bob(house: House) -> list[Channel]:
    return list(await house.services.db.read(channel_queries.channels, house.cast.bob.id))


async def asked(house: House, browser: httpx.AsyncClient, office: PostOffice) -> str:
    """Bob added his address, and is no longer there; the path of the link in the letter."""
    await enter(browser, house.cast.bob)
    page = await submit(browser, ADD, on=PAGE, address=BOB)
    assert "A letter is on its way" in page.text
    browser.cookies.clear()
    found = re.search(rb"https://nest\.example(/confirm/[\w.-]+)", office.raw[-1].replace(b"=\r\n", b""))
    assert found is not None
    return found[1].decode()


async def test_an_address_is_confirmed_by_who_reads_there_without_signing_in(
    house: House, browser: httpx.AsyncClient, office: PostOffice
) -> None:
    path = await asked(house, browser, office)
    question = await browser.get(path)
    assert "b…@example.org" in question.text
    assert BOB not in question.text
    assert (await of_bob(house))[0].confirmed_at is None
    assert "The address is confirmed" in (await submit(browser, path, on=path)).text
    [channel] = await of_bob(house)
    assert channel.confirmed_at is not None
    assert "The address is confirmed" in (await browser.get(path)).text


async def test_a_confirmation_needs_the_form_of_our_page(
    house: House, browser: httpx.AsyncClient, office: PostOffice
) -> None:
    path = await asked(house, browser, office)
    assert (await browser.post(path)).status_code == 403
    assert (await of_bob(house))[0].confirmed_at is None


async def test_a_mail_program_ends_the_letters_by_one_click(
    house: House, browser: httpx.AsyncClient, office: PostOffice
) -> None:
    """RFC 8058: a POST from anywhere, without a cookie, that is not redirected."""
    await asked(house, browser, office)
    path = LetterLinks(lambda: house.settings).leave((await of_bob(house))[0].id)
    page = await browser.get(path)
    assert "b…@example.org" in page.text
    assert PAGE in page.text
    assert len(await of_bob(house)) == 1
    browser.cookies.clear()
    for _ in range(2):
        answer = await browser.post(path, data=ONE_CLICK, headers={"origin": "https://mail.example"})
        assert (answer.status_code, "No more letters" in answer.text) == (200, True)
        assert await of_bob(house) == []
    assert "Nothing more is sent" in (await browser.get(path)).text


async def test_by_hand_it_ends_by_the_button_of_the_page(
    house: House, browser: httpx.AsyncClient, office: PostOffice
) -> None:
    await asked(house, browser, office)
    path = LetterLinks(lambda: house.settings).leave((await of_bob(house))[0].id)
    assert (await submit(browser, path, on=path)).status_code == 200
    assert await of_bob(house) == []


async def test_a_link_is_good_for_one_thing(house: House, browser: httpx.AsyncClient, office: PostOffice) -> None:
    path = await asked(house, browser, office)
    word = path.removeprefix("/confirm/")
    leave = LetterLinks(lambda: house.settings).leave((await of_bob(house))[0].id).removeprefix("/unsubscribe/")
    for wrong in (f"/unsubscribe/{word}", f"/confirm/{leave}", f"{path}x", f"/confirm/9{word}"):
        assert (await browser.get(wrong)).status_code == 404
    assert (await browser.post(f"/unsubscribe/{word}", data=ONE_CLICK)).status_code == 404
    assert len(await of_bob(house)) == 1


@pytest.mark.parametrize("word", ["x", "%EF%BF%BE", "x" * 500, "1.e30.x", "%00", "..%2f", "a.b.c", "{{7*7}}"])
async def test_hostile_words_find_nothing(house: House, browser: httpx.AsyncClient, word: str) -> None:
    for kind in ("confirm", "unsubscribe"):
        answer = await browser.get(f"/{kind}/{word}")
        assert answer.status_code == 404
    assert (await browser.post(f"/unsubscribe/{word}", data=ONE_CLICK)).status_code == 404


@pytest.mark.parametrize(
    "address", ["", "bob", "bob@example.org\r\nBcc: eve@example.org", "<b>@example.org", "x" * 300]
)
async def test_what_is_no_address_comes_back(
    house: House, browser: httpx.AsyncClient, office: PostOffice, address: str
) -> None:
    await enter(browser, house.cast.bob)
    answer = await submit(browser, ADD, on=PAGE, address=address)
    assert answer.status_code == 422
    assert 'id="address-wrong"' in answer.text
    assert office.connections == 0


async def test_the_page_says_what_a_server_answered_that_would_not(
    house: House, browser: httpx.AsyncClient, office: PostOffice
) -> None:
    office.say(rcpt=["550 5.7.1 not <b>here</b>"])
    await enter(browser, house.cast.bob)
    page = await submit(browser, ADD, on=PAGE, address=BOB)
    assert "550 5.7.1 not &lt;b&gt;here&lt;/b&gt;" in page.text


async def test_without_a_mail_server_the_page_says_so_and_offers_nothing(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    page = (await browser.get(PAGE)).text
    assert "no mail server yet" in page
    assert f'action="{ADD}"' not in page
    assert (await submit(browser, ADD, on=PAGE, address=BOB)).status_code == 409
