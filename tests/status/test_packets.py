"""Frames of Engine.IO and Socket.IO."""

import pytest

from medianest.status.kuma import packets, totp
from medianest.status.kuma.packets import Kind


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        ('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}', Kind.OPENED),
        ("0{}", Kind.OTHER),
        ("2", Kind.PING),
        ("3", Kind.OTHER),
        ('40{"sid":"b"}', Kind.CONNECTED),
        ("41", Kind.GOODBYE),
        ('44{"message":"Not authorized"}', Kind.GOODBYE),
        ("1", Kind.GOODBYE),
        ("6", Kind.OTHER),
        ("", Kind.OTHER),
        ("42[]", Kind.OTHER),
        ("42[7]", Kind.OTHER),
        ('42{"a":1}', Kind.OTHER),
        ("42/admin,[]", Kind.OTHER),
        ('451-["file",{"_placeholder":true,"num":0}]', Kind.OTHER),
        (b"\x04", Kind.OTHER),
    ],
)
def test_a_frame_is_of_its_kind(frame: str | bytes, kind: Kind) -> None:
    assert packets.unpack(frame).kind is kind


@pytest.mark.parametrize("frame", ['42["info",{"a":1},2]', '42/,["info",{"a":1},2]', '4217["info",{"a":1},2]'])
def test_an_event_has_a_name_and_what_was_told(frame: str) -> None:
    packet = packets.unpack(frame)
    assert (packet.kind, packet.name, [bytes(one) for one in packet.told]) == (Kind.EVENT, "info", [b'{"a":1}', b"2"])


def test_an_answer_has_the_number_of_its_call() -> None:
    assert packets.call(12, "login", {"username": "ö"}) == '4212["login",{"username":"ö"}]'
    packet = packets.unpack('4312[{"ok":true}]')
    assert (packet.kind, packet.number, bytes(packet.told[0])) == (Kind.ANSWER, 12, b'{"ok":true}')
    assert packets.unpack("433[]").told == []


@pytest.mark.parametrize(
    ("at_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    """RFC 6238, appendix B, the last six digits."""
    assert totp.code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", totp.step(at_s)) == code


def test_a_secret_is_read_as_people_write_it_or_not_at_all() -> None:
    assert totp.code("jbsw y3dp-ehpk 3pxp", 1) == totp.code("JBSWY3DPEHPK3PXP", 1)
    assert totp.code("no secret!", 1) is None
