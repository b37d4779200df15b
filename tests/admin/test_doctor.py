"""The doctor says what is wrong, and what to do about it."""

import asyncio
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from medianest.admin import client, doctor, doctor_surroundings, doctor_versions
from medianest.admin.doctor_paths import Folder, judge_folder, judge_room, look
from medianest.admin.types import Group, Programs, Reached, Verdict
from medianest.core.config import PathsSettings, ServerSettings, Settings
from medianest.core.i18n import Catalogues
from medianest.downloads.ytdlp.versions import Copy, Status

ME = 54321, 54321
FOLDER = Folder(
    path=Path("/srv/media"),
    exists=True,
    uid=54321,
    gid=54321,
    mode=0o755,
    kind="ext4",
    free_bytes=5 * 10**11,
    total_bytes=4 * 10**12,
    refusal=None,
)


def in_use(installed: str | None) -> Status:
    copy = Copy(version=installed or "0.0", ejs=None, folder=None)
    return Status(copy=copy, back_to=None, policy="stable", checked_at=None, trouble=None, updating=False)


@pytest.mark.parametrize(
    ("name", "folder", "verdict", "finding", "mend"),
    [
        ("media_dir", FOLDER, Verdict.FINE, "doctor.folder_fine", None),
        ("media_dir", replace(FOLDER, kind="nfs4"), Verdict.FINE, "doctor.folder_fine", None),
        ("data_dir", replace(FOLDER, mode=0o700), Verdict.FINE, "doctor.folder_fine", None),
        ("data_dir", FOLDER, Verdict.LOOK, "doctor.folder_open", "doctor.mend_open"),
        ("data_dir", replace(FOLDER, kind="nfs4"), Verdict.WRONG, "doctor.folder_network", "doctor.mend_network"),
        ("media_dir", replace(FOLDER, exists=False), Verdict.FINE, "doctor.folder_later", None),
        (
            "media_dir",
            replace(FOLDER, uid=0, gid=0, refusal="Permission denied"),
            Verdict.WRONG,
            "doctor.folder_of_other",
            "doctor.mend_owner",
        ),
        (
            "media_dir",
            replace(FOLDER, refusal="Read-only file system"),
            Verdict.WRONG,
            "doctor.folder_refused",
            "doctor.mend_refused",
        ),
    ],
)
def test_a_folder_is_judged(name: str, folder: Folder, verdict: Verdict, finding: str, mend: str | None) -> None:
    fact = judge_folder(name, folder, ME)
    assert (fact.verdict, fact.finding.id, fact.mend.id if fact.mend else None) == (verdict, finding, mend)


def test_another_owners_folder_is_told_with_user_group_and_mode() -> None:
    fact = judge_folder("media_dir", replace(FOLDER, uid=0, gid=0, refusal="Permission denied"), ME)
    say = Catalogues().of("en").say
    assert say(fact.finding) == (
        "/srv/media cannot be written: it belongs to root, mode 0755, and MediaNest runs as 54321."
    )
    assert fact.mend
    assert say(fact.mend) == "On the server, run chown 54321:54321 /srv/media once."
    assert (fact.data["uid"], fact.data["gid"], fact.data["mode"]) == (0, 0, "0755")


def test_room_is_judged_by_what_is_needed() -> None:
    data, media = judge_room(FOLDER, replace(FOLDER, free_bytes=10**9), 2 * 10**9)
    assert (data.verdict, media.verdict) == (Verdict.FINE, Verdict.WRONG)
    assert media.mend
    assert media.mend.values["needed"] == 2


def test_a_real_folder_is_really_written(tmp_path: Path) -> None:
    found = look(tmp_path)
    assert (found.uid, found.mode, found.refusal) == (os.geteuid(), tmp_path.stat().st_mode & 0o7777, None)
    assert found.kind
    assert list(tmp_path.iterdir()) == []
    assert look(Path("/proc")).refusal
    assert not look(tmp_path / "later").exists


@pytest.mark.parametrize(
    ("installed", "verdict"),
    [
        ("2026.10.26", Verdict.FINE),
        ("2026.09.22", Verdict.FINE),
        ("2026.09.21", Verdict.LOOK),
        (None, Verdict.WRONG),
        ("odd", Verdict.WRONG),
    ],
)
def test_yt_dlp_grows_old(installed: str | None, verdict: Verdict) -> None:
    assert doctor_versions.judge_ytdlp(in_use(installed), date(2026, 11, 20)).verdict is verdict


@pytest.mark.parametrize(
    ("installed", "affected"),
    [("3.40.1", True), ("3.51.2", True), ("3.51.3", False), ("3.53.0", False), ("4.0.0", False)],
)
def test_sqlite_with_the_wal_reset_bug_is_named(installed: str, affected: bool) -> None:
    fact = doctor_versions.judge_sqlite(installed)
    assert fact.data["wal_reset_bug"] is affected
    assert fact.verdict is (Verdict.LOOK if affected else Verdict.FINE)


async def test_programs_are_asked_and_missing_ones_told(tmp_path: Path) -> None:
    ffmpeg = tmp_path / "ffmpeg"
    ffmpeg.write_text("#!/bin/sh\necho 'ffmpeg version 7.1-static Copyright (c) the developers'\necho more\n")
    ffmpeg.chmod(0o755)
    facts = {
        fact.id: fact
        for fact in await doctor_versions.examine(Programs(ffmpeg=str(ffmpeg), deno=None, ytdlp=in_use("2026.10.26")))
    }
    assert facts["versions.ffmpeg"].data["version"] == "7.1-static"
    assert facts["versions.ffmpeg"].verdict is Verdict.FINE
    assert facts["versions.deno"].verdict is Verdict.LOOK
    broken = {
        fact.id: fact
        for fact in await doctor_versions.examine(
            Programs(ffmpeg="/dev/null", deno=sys.executable, ytdlp=in_use("2026.10.26"))
        )
    }
    assert broken["versions.ffmpeg"].verdict is Verdict.WRONG
    assert broken["versions.deno"].data["version"]


def test_the_clock_is_judged_and_the_kernel_asked() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert doctor_surroundings.judge_clock(True, now).verdict is Verdict.FINE
    assert doctor_surroundings.judge_clock(None, now).verdict is Verdict.FINE
    assert doctor_surroundings.judge_clock(False, now).verdict is Verdict.LOOK
    assert doctor_surroundings.is_synchronised() in (True, False, None)


@asynccontextmanager
async def answering(answer: bytes, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that says one thing to everybody."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody trusts me")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "self-signed.pem"
    file.write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


OURS = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"status":"ok"}'
NOT_LET_IN = b'HTTP/1.1 403 Forbidden\r\nContent-Length: 26\r\n\r\n{"code":"refused_network"}'
OTHERS = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.mark.parametrize(
    ("answer", "reached"),
    [
        (OURS, Reached.OURSELVES),
        (NOT_LET_IN, Reached.OURSELVES),
        (OTHERS, Reached.SOMETHING_ELSE),
        (b"SSH-2.0\r\n", Reached.SOMETHING_ELSE),
        (b"", Reached.SOMETHING_ELSE),
    ],
)
async def test_what_answers_at_the_public_address_is_told_apart(answer: bytes, reached: Reached) -> None:
    async with answering(answer) as url:
        assert await client.reach(url) is reached


async def test_why_nothing_answers_at_the_public_address_is_told(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert await client.reach(closed) is Reached.NO_ROUTE
    assert await client.reach("http://nobody.invalid") is Reached.NO_NAME
    async with answering(OURS) as url:
        assert await client.reach(url.replace("http:", "https:")) is Reached.NO_TLS
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with answering(OURS, tls=self_signed(tmp_path)) as url:
        assert await client.reach(url) is Reached.BAD_CERTIFICATE


@pytest.mark.parametrize("reached", Reached)
def test_every_way_to_miss_the_public_address_has_its_sentences(reached: Reached) -> None:
    fact = doctor_surroundings.judge_public_url("https://nest.example", reached)
    assert (fact.mend is None) == (fact.verdict is Verdict.FINE) == (reached is Reached.OURSELVES)
    english = Catalogues().of("en")
    assert "https://nest.example" in english.say(fact.finding)
    assert fact.mend is None or english.say(fact.mend) != fact.mend.id


async def test_all_of_it_is_said_in_sentences(tmp_path: Path) -> None:
    settings = Settings(
        server=ServerSettings(public_url="http://nobody.invalid"),
        paths=PathsSettings(data_dir=tmp_path, media_dir=tmp_path / "media"),
    )
    facts = await doctor.examine(settings, Programs(ffmpeg=None, deno=None, ytdlp=in_use("2026.10.26")))
    say = Catalogues().of("en").say
    assert [fact.group for fact in facts] == sorted([fact.group for fact in facts], key=list(Group).index)
    assert len({fact.id for fact in facts}) == len(facts) == 10
    for fact in facts:
        sentences = [say(fact.title), say(fact.finding), say(fact.mend) if fact.mend else "."]
        assert not any(text.startswith("doctor.") or "{" in text for text in sentences)
        assert (fact.mend is not None) == (fact.verdict is not Verdict.FINE)
