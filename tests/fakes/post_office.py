"""A mail server on a real socket: it keeps the letters that it takes, and has troubles like every stand-in.

with PostOffice(tls=authority, accounts={"nest": "secret"}) as office:
    office.letters("bob@example.org")
    office.say(rcpt=["451 come back later"])   # what it answers instead of yes, the first first
"""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(kw_only=True)
class Certificate:
    """One that a server of this name made for itself."""

    folder: Path
    host: str = "localhost"
    path: Path = field(init=False)

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.host)]), datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number())
        made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(self.host)]), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        plain = serialization.NoEncryption()
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        self.path = self.folder / f"{self.host}.pem"
        self.path.write_bytes(pem + secret)

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


class PostOffice:
    """`certificate` has it offer STARTTLS, or with `is_wrapped` speak TLS from the first byte.

    Who `knows_all_scripts` offers SMTPUTF8 (RFC 6531).
    """

    def __init__(
        self,
        *,
        certificate: Certificate | None = None,
        is_wrapped: bool = False,
        accounts: Mapping[str, str] | None = None,
        port: int = 0,
        knows_all_scripts: bool = True,
    ) -> None:
        self._knows_all_scripts = knows_all_scripts
        self._tls = certificate.context() if certificate else None
        self._is_wrapped = is_wrapped
        self._accounts = accounts
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._replies: dict[str, list[str | bytes]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._spoken: list[SMTP] = []
        self.pace = asyncio.Event()
        self.pace.set()
        self.port = port
        self.connections = 0
        self.logins: list[tuple[str, str, bool]] = []
        self.taken: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.tried: list[EmailMessage] = []

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def say(self, **replies: Sequence[str | bytes]) -> None:
        """What it answers to `rcpt` or `data` from now on, one after the other, before it says yes again."""
        self._replies = {verb: list(answers) for verb, answers in replies.items()}

    def halt(self) -> None:
        """It takes its time, until `go_on`."""
        self._loop.call_soon_threadsafe(self.pace.clear)

    def go_on(self) -> None:
        self._loop.call_soon_threadsafe(self.pace.set)

    def letters(self, to: str) -> list[EmailMessage]:
        """What it took for this address."""
        return [letter for address, letter in self.taken if address == to]

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str | bytes:
        if refusal := self._next("rcpt"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str | bytes:
        await self.pace.wait()
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.tried.append(letter)
        if refusal := self._next("data"):
            return refusal
        self.raw.append(content)
        self.taken.extend((address, letter) for address in envelope.rcpt_tos)
        return "250 2.0.0 taken"

    def _next(self, verb: str) -> str | bytes:
        answers = self._replies.get(verb, [])
        return answers.pop(0) if answers else ""

    def _login(
        self, _server: SMTP, session: Session, _envelope: Envelope, _how: str, said: LoginPassword
    ) -> AuthResult:
        name, password = said.login.decode(), said.password.decode()
        self.logins.append((name, password, session.ssl is not None or self._is_wrapped))
        return AuthResult(success=(self._accounts or {}).get(name) == password, handled=False)

    def _speak(self) -> SMTP:
        self.connections += 1
        signs_in = self._accounts is not None
        spoken = SMTP(
            self,
            hostname="mail.test",
            tls_context=None if self._is_wrapped else self._tls,
            auth_exclude_mechanism=None if signs_in else ["LOGIN", "PLAIN"],
            authenticator=self._login if signs_in else None,
            auth_require_tls=self._tls is not None and not self._is_wrapped,
            enable_SMTPUTF8=self._knows_all_scripts,
            loop=self._loop,
        )
        self._spoken.append(spoken)
        return spoken

    async def _open(self) -> None:
        wrapped = self._tls if self._is_wrapped else None
        self._server = await self._loop.create_server(self._speak, "127.0.0.1", self.port, ssl=wrapped)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        for spoken in self._spoken:
            if spoken.transport is not None:
                spoken.transport.close()
        await self._server.wait_closed()
