"""What the doctor says of the mail server: that it takes letters, or for each reason not to what mends that."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from medianest.admin.doctor_mail import examine
from medianest.admin.types import Verdict
from medianest.core.config import NotificationsSettings, Settings
from medianest.core.i18n import Catalogues
from medianest.notifications.by_email import knocking
from tests.fakes.post_office import Certificate, PostOffice

ACCOUNTS = {"nest": "a long secret"}
CATALOGUES = Catalogues()
Said = tuple[Verdict, str, str | None]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(folder=tmp_path)


@pytest.fixture
def office(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with PostOffice(certificate=certificate, accounts=ACCOUNTS) as office:
        yield office


async def said(port: int, **other: Any) -> Said:
    """The verdict, what was found, and what mends it; each has its words."""
    usual = {
        "smtp_host": "localhost",
        "smtp_port": port,
        "smtp_username": "nest",
        "smtp_password": ACCOUNTS["nest"],
        "mail_from": "nest@nest.example",
    }
    settings = Settings(notifications=NotificationsSettings.model_validate({**usual, **other}))
    (fact,) = await examine(settings.notifications, partial(knocking.trouble, lambda: settings, CATALOGUES))
    words = CATALOGUES.of("en")
    assert all(words.lookup(one.id) for one in (fact.title, fact.finding, fact.mend) if one), fact
    assert ACCOUNTS["nest"] not in str(fact)
    return fact.verdict, fact.finding.id, fact.mend.id if fact.mend else None


async def test_one_that_takes_letters_is_fine_and_is_sent_none(office: PostOffice) -> None:
    assert await said(office.port) == (Verdict.FINE, "doctor.mail_here", None)
    assert office.logins == [("nest", ACCOUNTS["nest"], True)]
    assert office.tried == []


async def test_a_refused_password_is_told_as_that(office: PostOffice) -> None:
    refused = Verdict.WRONG, "notifications.login_refused", "doctor.mend_mail_login"
    assert await said(office.port, smtp_password="another") == refused


async def test_a_certificate_for_another_name_or_of_a_stranger_is_told_as_that(
    office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Verdict.WRONG, "notifications.fault_tls", "doctor.mend_mail_tls"
    assert await said(office.port, smtp_host="127.0.0.1") == wrong
    monkeypatch.setenv("SSL_CERT_FILE", str(Certificate(folder=tmp_path, host="elsewhere").path))
    assert await said(office.port) == wrong
    assert office.logins == []


async def test_one_without_tls_is_told_as_that() -> None:
    with PostOffice(accounts=ACCOUNTS) as bare:
        assert await said(bare.port) == (Verdict.WRONG, "notifications.no_starttls", "doctor.mend_mail_tls")


async def test_one_that_is_away_or_that_nobody_knows_is_told_as_that() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = await said(closed.getsockname()[1])
    assert away == (Verdict.WRONG, "notifications.fault_connect", "doctor.mend_mail_host")
    unknown = await said(25, smtp_host="no-such-host.invalid")
    assert unknown == (Verdict.WRONG, "notifications.fault_name", "doctor.mend_mail_host")


async def test_without_an_address_to_send_from_nobody_is_asked(office: PostOffice) -> None:
    no_sender = Verdict.WRONG, "notifications.no_sender", "doctor.mend_mail_from"
    assert await said(office.port, mail_from="") == no_sender
    assert office.connections == 0


async def test_where_none_is_set_up_nothing_is_said() -> None:
    settings = Settings()
    assert await examine(settings.notifications, partial(knocking.trouble, lambda: settings, CATALOGUES)) == []
