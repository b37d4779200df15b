"""Letters to addresses in other scripts than ASCII: by servers that know them, and said plainly where one does not."""

import pytest

from medianest.core.actor import NOBODY
from medianest.core.outbound.addresses import readable_host
from medianest.notifications.by_email.target import veiled
from medianest.notifications.types import DeliveryState
from tests.fakes.post_office import PostOffice
from tests.notifications.sending import Telling
from tests.notifications.test_email import led_to, link, told
from tests.notifications.test_when import PLAIN

ADDRESS, WIRE = "пошта@bücher.example", "пошта@xn--bcher-kva.example"


async def test_an_address_of_another_script_is_asked_and_told(telling: Telling) -> None:
    with PostOffice() as office:
        led_to(telling, office, **PLAIN)
        bob = await telling.actor(telling.cast.bob)
        channel, sent = await telling.notifications.addresses.add(bob, ADDRESS)
        assert (sent.is_well, channel.label) == (True, "п…@bücher.example")
        await telling.notifications.addresses.confirm(NOBODY, link(office.letters(WIRE)[-1], "confirm"))
        delivery = await told(telling, channel)
        assert delivery.state is DeliveryState.DELIVERED
        letter = office.letters(WIRE)[-1]
        assert f"\r\nTo: {WIRE}\r\n".encode() in office.raw[-1]
        assert "Harbour lights" in letter["Subject"]


async def test_a_server_that_knows_ascii_alone_is_not_tried_twice_and_that_is_said(telling: Telling) -> None:
    with PostOffice(knows_all_scripts=False) as office:
        led_to(telling, office, **PLAIN)
        bob = await telling.actor(telling.cast.bob)
        _, sent = await telling.notifications.addresses.add(bob, ADDRESS)
        assert (sent.is_well, sent.said.id) == (False, "notifications.no_smtputf8")
        _, sent = await telling.notifications.addresses.add(bob, "bob@bücher.example")
        assert sent.is_well, "an international host is ASCII on the wire"
        assert [to for to, _ in office.taken] == ["bob@xn--bcher-kva.example"]


async def test_an_answer_that_is_no_text_is_kept_as_far_as_it_is(telling: Telling) -> None:
    with PostOffice() as office:
        led_to(telling, office, **PLAIN)
        bob = await telling.actor(telling.cast.bob)
        channel, _ = await telling.notifications.addresses.add(bob, "bob@example.org")
        await telling.notifications.addresses.confirm(NOBODY, link(office.letters("bob@example.org")[-1], "confirm"))
        office.say(rcpt=["550 5.1.1 Empfänger unbekannt".encode("latin-1")])
        delivery = await told(telling, channel)
    assert (delivery.state, delivery.error) == (DeliveryState.DEAD, "550 5.1.1 Empf?nger unbekannt")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("bob@xn--bcher-kva.example", "b…@bücher.example"),
        ("bob@xn--99999999.example", "b…@xn--99999999.example"),
        ("bob@example.org", "b…@example.org"),
    ],
)
def test_a_host_is_shown_as_people_write_it(address: str, shown: str) -> None:
    assert veiled(address) == shown


def test_a_host_that_cannot_be_read_back_stays() -> None:
    assert readable_host("xn--a") == "xn--a"
