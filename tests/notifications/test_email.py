"""People are told by letter: over TLS alone, again until it arrives, and nowhere that nobody confirmed."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from medianest.accounts.types import User, UserChange
from medianest.core.actor import NOBODY, SYSTEM
from medianest.core.errors import Conflict, Invalid, TooMany
from medianest.core.event import people
from medianest.media_requests.events import RequestAvailable
from medianest.notifications import channel_queries
from medianest.notifications.by_email.client import is_between_us
from medianest.notifications.by_email.letters import one_line
from medianest.notifications.by_email.target import checked_address
from medianest.notifications.errors import NoSuchChannel
from medianest.notifications.letter_links import NoSuchLink
from medianest.notifications.types import Channel, ChannelKind, Delivery, DeliveryState
from tests.fakes.post_office import Certificate, PostOffice
from tests.notifications.sending import Telling

BOB = "bob@example.org"
ACCOUNTS = {"nest": "a long secret"}


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A server's own, which this machine trusts."""
    made = Certificate(folder=tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


@pytest.fixture
def office(certificate: Certificate) -> Iterator[PostOffice]:
    with PostOffice(certificate=certificate, accounts=ACCOUNTS) as office:
        yield office


def led_to(telling: Telling, office: PostOffice, **said: Any) -> None:
    """The portal hands its letters to this server."""
    usual = {
        "smtp_host": "localhost",
        "smtp_port": office.port,
        "smtp_username": "nest",
        "smtp_password": ACCOUNTS["nest"],
        "mail_from": "Our Nest <nest@nest.example>",
    }
    telling.allow(**{**usual, **said})


def link(letter: EmailMessage, kind: str) -> str:
    """The last part of the address of a link in the letter."""
    plain = letter.get_body(("plain",))
    assert plain is not None
    found = re.search(rf"https://nest\.example/{kind}/([\w.-]+)", plain.get_content())
    assert found is not None
    return found[1]


def html(letter: EmailMessage) -> str:
    body = letter.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def lettered(telling: Telling, office: PostOffice, user: User | None = None, **said: Any) -> Channel:
    """Bob, or somebody else, is told by letter, and said that the address is theirs."""
    led_to(telling, office, **said)
    actor = await telling.actor(user or telling.cast.bob)
    addresses = telling.notifications.addresses
    channel, sent = await addresses.add(actor, BOB)
    assert sent.is_well, sent
    await addresses.confirm(NOBODY, link(office.letters(BOB)[-1], "confirm"))
    return channel


async def told(telling: Telling, channel: Channel, title: str = "Harbour lights") -> Delivery:
    """How telling Bob of his wish went."""
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob, title))
        return (await telling.until_over(channel.id))[-1]


def about_wish(user: User, title: str = "Harbour lights") -> RequestAvailable:
    """A letter's usual news."""
    return RequestAvailable(actor=SYSTEM, subject_id="r1", audience=people([user.id]), title=title, owner_id=user.id)


async def test_a_letter_arrives_in_text_and_html_with_the_head_that_mail_programs_go_by(
    telling: Telling, office: PostOffice
) -> None:
    channel = await lettered(telling, office)
    delivery = await told(telling, channel)
    assert delivery.state is DeliveryState.DELIVERED
    letter = office.letters(BOB)[-1]
    assert "Harbour lights" in letter["Subject"]
    assert letter["From"] == "Our Nest <nest@nest.example>"
    assert letter["To"] == BOB
    assert letter["Message-ID"] == f"<{delivery.id}@nest.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == "<notifications.nest.example>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"] == f"<https://nest.example/unsubscribe/{link(letter, 'unsubscribe')}>"
    assert b"\r\nList-Unsubscribe: <https://nest.example/unsubscribe/" in office.raw[-1]
    assert "https://nest.example/requests/r1" in text(letter)
    assert 'href="https://nest.example/requests/r1"' in html(letter)
    assert office.logins[-1] == ("nest", ACCOUNTS["nest"], True)


async def test_greylisting_is_waited_out_with_the_same_message_id(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    office.tried.clear()
    office.say(data=["451 4.7.1 come back later", "451 4.7.1 not yet"])
    delivery = await told(telling, channel)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 3)
    assert [letter["Message-ID"] for letter in office.tried] == [f"<{delivery.id}@nest.example>"] * 3
    assert len(office.letters(BOB)) == 2


async def test_a_refusal_for_good_is_final_and_said_word_for_word(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    office.say(rcpt=["550 5.1.1 nobody of that name"])
    delivery = await told(telling, channel)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 1)
    assert delivery.error == "550 5.1.1 nobody of that name"


async def test_one_address_that_is_refused_holds_up_no_others(telling: Telling, office: PostOffice) -> None:
    """The circuit is the server's, which answers well."""
    channel = await lettered(telling, office)
    bob = await telling.actor(telling.cast.bob)
    for _ in range(8):
        office.say(rcpt=["550 5.1.1 nobody of that name"])
        trial = await telling.notifications.channels.try_out(bob, channel.id)
        assert trial.answer == "550 5.1.1 nobody of that name"
    assert (await telling.notifications.channels.try_out(bob, channel.id)).is_well


async def test_a_server_that_was_away_gets_the_letter_when_it_is_back(
    telling: Telling, certificate: Certificate
) -> None:
    with PostOffice(certificate=certificate, accounts=ACCOUNTS) as office:
        channel = await lettered(telling, office)
        port = office.port
    bob = await telling.actor(telling.cast.bob)
    away = await telling.notifications.channels.try_out(bob, channel.id)
    assert (away.is_well, away.said.id) == (False, "notifications.fault_connect")
    with PostOffice(certificate=certificate, accounts=ACCOUNTS, port=port) as office:
        assert (await told(telling, channel)).state is DeliveryState.DELIVERED
        assert len(office.letters(BOB)) == 1


async def test_a_wrong_password_is_final_and_points_at_the_settings(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    led_to(telling, office, smtp_password="wrong")
    bob = await telling.actor(telling.cast.bob)
    trial = await telling.notifications.channels.try_out(bob, channel.id)
    assert (trial.is_well, trial.said.id) == (False, "notifications.login_refused")
    assert trial.answer.startswith("535")
    assert "wrong" not in trial.answer
    delivery = await told(telling, channel)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 1)


async def test_where_starttls_is_stripped_no_password_and_no_letter_is_sent(
    telling: Telling, certificate: Certificate, office: PostOffice
) -> None:
    channel = await lettered(telling, office)
    with PostOffice(accounts=ACCOUNTS) as between:
        led_to(telling, between)
        bob = await telling.actor(telling.cast.bob)
        trial = await telling.notifications.channels.try_out(bob, channel.id)
        assert (trial.is_well, trial.said.id) == (False, "notifications.no_starttls")
        assert between.connections == 1
        assert (between.logins, between.tried) == ([], [])


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    telling: Telling, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await lettered(telling, office)
    monkeypatch.delenv("SSL_CERT_FILE")
    telling.notifications = telling.built()
    bob = await telling.actor(telling.cast.bob)
    logins = list(office.logins)
    trial = await telling.notifications.channels.try_out(bob, channel.id)
    assert (trial.is_well, trial.said.id) == (False, "notifications.fault_tls")
    assert office.logins == logins


async def test_a_certificate_of_another_name_is_not_believed(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    led_to(telling, office, smtp_host="127.0.0.1")
    bob = await telling.actor(telling.cast.bob)
    trial = await telling.notifications.channels.try_out(bob, channel.id)
    assert (trial.is_well, trial.said.id) == (False, "notifications.fault_tls")


@pytest.mark.parametrize(
    ("security", "address", "is_secret"),
    [
        ("none", "192.168.1.5", True),
        ("none", "::1", True),
        ("none", "9.9.9.9", False),
        ("none", "2606:4700::1", False),
        ("starttls", "9.9.9.9", True),
        ("tls", "9.9.9.9", True),
    ],
)
def test_a_password_crosses_the_internet_only_in_tls(security: str, address: str, is_secret: bool) -> None:
    assert is_between_us(security, ip_address(address)) is is_secret


async def test_tls_from_the_first_byte(telling: Telling, certificate: Certificate) -> None:
    with PostOffice(certificate=certificate, is_wrapped=True) as office:
        await lettered(telling, office, smtp_security="tls", smtp_username="")
        assert len(office.letters(BOB)) == 1


async def test_a_relay_of_the_house_without_tls_and_name(telling: Telling) -> None:
    with PostOffice() as office:
        await lettered(telling, office, smtp_security="none", smtp_username="")
        assert len(office.letters(BOB)) == 1


async def test_a_server_that_takes_no_names_says_so(telling: Telling) -> None:
    with PostOffice() as office:
        led_to(telling, office, smtp_security="none")
        bob = await telling.actor(telling.cast.bob)
        _, sent = await telling.notifications.addresses.add(bob, BOB)
        assert (sent.is_well, sent.said.id) == (False, "notifications.no_login")


@pytest.mark.parametrize("host", ["169.254.169.254", "metadata.google.internal", "224.0.0.1"])
async def test_an_address_that_nobody_may_reach_is_not_connected_to(
    telling: Telling, office: PostOffice, host: str
) -> None:
    led_to(telling, office, smtp_host=host)
    bob = await telling.actor(telling.cast.bob)
    _, sent = await telling.notifications.addresses.add(bob, BOB)
    assert (sent.is_well, sent.said.id) == (False, "notifications.fault_name")


@pytest.mark.parametrize("sender", ["", "Nest", "a@b.example, c@d.example", "nest@"])
async def test_without_a_sender_nothing_is_sent(telling: Telling, office: PostOffice, sender: str) -> None:
    led_to(telling, office, mail_from=sender)
    bob = await telling.actor(telling.cast.bob)
    _, sent = await telling.notifications.addresses.add(bob, BOB)
    assert (sent.is_well, sent.said.id) == (False, "notifications.no_sender")
    assert office.connections == 0


async def test_nothing_is_sent_to_an_address_that_nobody_confirmed(telling: Telling, office: PostOffice) -> None:
    led_to(telling, office)
    bob = await telling.actor(telling.cast.bob)
    channel, sent = await telling.notifications.addresses.add(bob, BOB)
    assert sent.is_well
    assert channel.confirmed_at is None
    sink = await lettered(telling, office, telling.cast.carol)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob), about_wish(telling.cast.carol))
        await telling.until_over(sink.id)
    assert await telling.deliveries(channel.id) == []
    assert not (await telling.notifications.channels.try_out(bob, channel.id)).is_well
    letters = [letter["Subject"] for letter in office.letters(BOB)]
    assert letters == ["Is this address yours?"] * 2 + ["“Harbour lights” is there."]


async def test_the_question_has_no_way_out_but_to_do_nothing(telling: Telling, office: PostOffice) -> None:
    led_to(telling, office)
    await telling.notifications.addresses.add(await telling.actor(telling.cast.bob), BOB)
    [letter] = office.letters(BOB)
    assert letter["List-Unsubscribe"] is None
    assert "unsubscribe" not in text(letter) + html(letter)
    assert "Bob" in text(letter)


async def test_an_address_is_asked_again_until_it_is_confirmed_but_not_often(
    telling: Telling, office: PostOffice
) -> None:
    led_to(telling, office)
    bob, addresses = await telling.actor(telling.cast.bob), telling.notifications.addresses
    first, _ = await addresses.add(bob, BOB)
    again, _ = await addresses.add(bob, BOB.upper())
    assert again.id == first.id
    await addresses.confirm(NOBODY, link(office.letters(BOB)[0], "confirm"))
    with pytest.raises(Conflict):
        await addresses.add(bob, BOB)
    await addresses.add(bob, "other@example.org")
    with pytest.raises(TooMany):
        await addresses.add(bob, "third@example.org")
    carol = await telling.actor(telling.cast.carol)
    await addresses.add(carol, BOB)
    with pytest.raises(TooMany):
        await addresses.add(carol, BOB)


async def test_by_one_click_nothing_more_is_sent_there(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    await told(telling, channel)
    word, addresses = link(office.letters(BOB)[-1], "unsubscribe"), telling.notifications.addresses
    assert (await addresses.left(word)) is not None
    await addresses.leave(NOBODY, word)
    await addresses.leave(NOBODY, word)
    assert await addresses.left(word) is None
    bob = await telling.actor(telling.cast.bob)
    with pytest.raises(NoSuchChannel):
        await telling.notifications.channels.try_out(bob, channel.id)


async def test_the_words_of_links_are_good_for_one_thing(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    await told(telling, channel)
    question, news = office.letters(BOB)
    addresses = telling.notifications.addresses
    confirm, leave = link(question, "confirm"), link(news, "unsubscribe")
    for word in (leave, "", "x", confirm[:-1] + "x", "1." + confirm, "…", "a.b.c", "é" * 400):
        with pytest.raises(NoSuchLink):
            await addresses.confirm(NOBODY, word)
    for word in (confirm, "", "x", "a.b.c"):
        with pytest.raises(NoSuchLink):
            await addresses.leave(NOBODY, word)
    await addresses.leave(NOBODY, leave)
    with pytest.raises(NoSuchLink):
        await addresses.confirm(NOBODY, confirm)


async def test_who_is_suspended_while_the_server_thinks_gets_nothing(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    office.halt()
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        await telling.until(lambda session: channel_queries.deliveries(session, channel.id)[:1] != [])
        await telling.accounts.people.change(SYSTEM, telling.cast.bob.id, UserChange(suspended=True))
        [delivery] = await telling.until_over(channel.id)
    office.go_on()
    assert delivery.state is DeliveryState.DROPPED


@pytest.mark.parametrize(
    "title",
    [
        "{{7*7}} {user.__class__} %n ${x} {title}",
        "Hi\r\nBcc: eve@example.org",
        "Hi\r\n\r\n<script>alert(1)</script>",
        "Hi\n.\r\nQUIT\r\n",
        "a\u2028b\x00c\x85d",
        "=?utf-8?q?hello?=",
        "=?utf-8?q?Hi=0D=0ABcc:_eve@example.org?=",
        "“Zwölf Boxkämpfer” jagen Viktor quer über den großen Sylter Deich " * 3,
        "第七の封印 · Седьмая печать · الختم السابع 🎬",
        "x" * 5000,
    ],
)
async def test_whatever_something_is_called_it_is_text(telling: Telling, office: PostOffice, title: str) -> None:
    channel = await lettered(telling, office)
    delivery = await told(telling, channel, title)
    assert delivery.state is DeliveryState.DELIVERED
    letter = office.letters(BOB)[-1]
    assert letter["Subject"] == one_line(f"“{title}” is there.")[:200].rstrip()
    assert letter["Bcc"] is None
    assert "<script" not in html(letter)
    assert one_line(title) in one_line(text(letter))
    assert all(len(line) <= 998 for line in office.raw[-1].split(b"\r\n"))
    assert office.raw[-1].isascii()


async def test_a_letter_in_arabic_runs_from_the_right(telling: Telling, office: PostOffice) -> None:
    await telling.accounts.people.change(SYSTEM, telling.cast.bob.id, UserChange(language="ar"))
    channel = await lettered(telling, office)
    await told(telling, channel, "Harbour lights")
    letter = office.letters(BOB)[-1]
    assert '<html lang="ar" dir="rtl">' in html(letter)
    assert "Harbour lights" in letter["Subject"]
    assert "لا" in text(letter) or "إيقاف" in text(letter)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (" Bob@Example.ORG ", "Bob@example.org"),
        ("bob+nest@bücher.example", "bob+nest@xn--bcher-kva.example"),
        ("o'hara.x@a-b.example.co.uk", "o'hara.x@a-b.example.co.uk"),
        ("bo\u0308b@example.org", "böb@example.org"),
        ("用户.一@例え.example", "用户.一@xn--r8jz45g.example"),
    ],
)
def test_an_address_is_taken(typed: str, taken: str) -> None:
    assert checked_address(typed) == taken


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "bob",
        "bob@",
        "@example.org",
        "bob@@example.org",
        "bob@eve@example.org",
        "bob@example.org,eve@example.org",
        "bob@example.org\r\nBcc: eve@example.org",
        "bob\n@example.org",
        "bob@exam\u2028ple.org",
        "<bob@example.org>",
        "Bob <bob@example.org>",
        "bob..x@example.org",
        ".bob@example.org",
        '"bob x"@example.org',
        "bob@localhost",
        "bob@127.0.0.1",
        "bob@2130706433",
        "bob@[127.0.0.1]",
        "bob@metadata.google.internal",
        "bob@nas.localhost",
        "bob@-x.example",
        "bob@ex_ample.org",
        "bob@example..org",
        "b\u00a0b@example.org",
        "b\u200bb@example.org",
        "b\ud800b@example.org",
        "ø" * 33 + "@example.org",
        "x" * 65 + "@example.org",
        "x@" + "y." * 130 + "org",
        "x" * 100_000,
        "a" * 50_000 + "@" + "b" * 50_000,
    ],
)
def test_what_is_no_address_is_not(typed: str) -> None:
    with pytest.raises(Invalid):
        checked_address(typed)


async def test_where_letters_go_stands_nowhere_in_the_database(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office)
    assert (channel.kind, channel.label) == (ChannelKind.EMAIL, "b…@example.org")
    kept = b"".join(path.read_bytes() for path in telling.db.path.parent.glob("*.db*"))
    assert BOB.encode() not in kept


async def test_without_a_server_or_an_address_of_its_own_the_portal_takes_no_addresses(telling: Telling) -> None:
    assert not telling.notifications.addresses.is_open
    with pytest.raises(Conflict):
        await telling.notifications.addresses.add(await telling.actor(telling.cast.bob), BOB)
