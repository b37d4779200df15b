"""Hands letters to the configured SMTP server (RFC 5321), and to no other: over TLS that is verified, or not at all."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from ipaddress import IPv6Address

import aiosmtplib
import httpx

from medianest.core.circuit import Ended
from medianest.core.config import NotificationsSettings, Settings
from medianest.core.i18n import Message, msg
from medianest.core.outbound import Address, AddressPolicy, Refused, Unresolved, is_public, resolve
from medianest.notifications.by_email.letters import Letters
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Outgoing

_CONNECT_S = 5.0
_ANSWER_S = 15.0
_QUIT_S = 2.0
_CLOSING = 421
_PERMANENT = 500


class Mailer:
    """One connection to a letter; `settings` are those that hold at that moment."""

    def __init__(self, settings: Callable[[], Settings], letters: Letters) -> None:
        self._settings = settings
        self._letters = letters
        self._tls: ssl.SSLContext | None = None

    def place(self, target: str) -> str:
        """All letters go to one server."""
        said = self._settings().notifications
        return f"{said.smtp_host}:{said.smtp_port}"

    async def send(self, target: str, message: Outgoing) -> str:
        sender, letter = self._letters.write(target, message)
        with _told():
            async with self._open(sender.rpartition("@")[2]) as smtp:
                options = [] if (sender + target).isascii() else ["SMTPUTF8"]  # RFC 6531
                if options and not smtp.supports_extension("smtputf8"):
                    raise Undelivered(msg("notifications.no_smtputf8"), ended=Ended.WELL, is_final=True)
                _, answer = await smtp.sendmail(sender, [target], letter, mail_options=options)
        return " ".join(answer.split())

    async def knock(self) -> None:
        """See whether the server would take a letter from here, without one. Raises Undelivered."""
        sender = self._letters.sender()
        with _told():
            async with self._open(sender.domain):
                pass

    async def stop(self) -> None:
        """Nothing stays open."""

    @contextlib.asynccontextmanager
    async def _open(self, own_name: str) -> AsyncIterator[aiosmtplib.SMTP]:
        """A conversation in which a letter can be handed over."""
        said = self._settings().notifications
        if not said.smtp_host:
            raise Undelivered(msg("notifications.no_mail_server"))
        trust = await self._trust()
        sock, address = await _connected(said.smtp_host, said.smtp_port)
        smtp = aiosmtplib.SMTP(
            hostname=said.smtp_host,
            port=None,
            sock=sock,
            local_hostname=own_name,
            timeout=_ANSWER_S,
            use_tls=said.smtp_security == "tls",
            start_tls=False,
            tls_context=trust,
        )
        try:
            await smtp.connect()
            await _introduced(smtp, said, address)
            yield smtp
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit(timeout=_QUIT_S)
        finally:
            if isinstance(smtp.transport, asyncio.WriteTransport):
                smtp.transport.abort()  # what is written and not yet sent stays here
            smtp.close()

    async def _trust(self) -> ssl.SSLContext:
        """Whom this machine trusts; reading all those authorities holds everything up, so that is done aside."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(_usual_trust)
        return self._tls


def _usual_trust() -> ssl.SSLContext:
    """The machine's own authorities, or those of SSL_CERT_FILE, and the public ones."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


async def _connected(host: str, port: int) -> tuple[socket.socket, Address]:
    """A connection to an address of the host that the policy admits."""
    failure: Exception | None = None
    for address in await resolve(host, port, AddressPolicy.upstream(host, port)):
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            async with asyncio.timeout(_CONNECT_S):
                await asyncio.get_running_loop().sock_connect(sock, (str(address), port))
        except OSError as error:  # TimeoutError is one
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock, address
    raise aiosmtplib.SMTPConnectError(f"{host}:{port}") from failure


async def _introduced(smtp: aiosmtplib.SMTP, said: NotificationsSettings, address: Address) -> None:
    """Change to TLS and sign in, as is configured; a password is never said where somebody could listen."""
    await smtp.ehlo()
    if said.smtp_security == "starttls":
        if not smtp.supports_extension("starttls"):
            raise Undelivered(msg("notifications.no_starttls"))
        await smtp.starttls()
        await smtp.ehlo()
    if not said.smtp_username:
        return
    if not is_between_us(said.smtp_security, address):
        raise Undelivered(msg("notifications.bare_password"), is_final=True)
    if not smtp.supported_auth_methods:
        raise Undelivered(msg("notifications.no_login"), ended=Ended.UNAUTHORISED, is_final=True)
    await smtp.login(said.smtp_username, said.smtp_password.get_secret_value())


def is_between_us(security: str, address: Address) -> bool:
    """Whether nobody outside of the house can read what is said to a server there."""
    return security != "none" or not is_public(address)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What went wrong, as people and the sender need to know it."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _refusal(error.recipients[0]) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error) from error
    except Refused as error:
        is_final = not isinstance(error, Unresolved)
        raise Undelivered(msg("notifications.fault_name"), answer=str(error), is_final=is_final) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Undelivered(_fault(error), answer=str(error)) from error


def _refusal(error: aiosmtplib.SMTPResponseException) -> Undelivered:
    """The server answered, and no: for now (4xx), or for good."""
    is_final = error.code >= _PERMANENT
    answer = f"{error.code} {' '.join(error.message.split())}"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and is_final:
        said = msg("notifications.login_refused")
        return Undelivered(said, answer=answer, ended=Ended.UNAUTHORISED, is_final=True)
    is_shut = isinstance(error, aiosmtplib.SMTPConnectResponseError) or error.code == _CLOSING
    ended = Ended.FAILED if is_shut else Ended.WELL
    return Undelivered(msg("notifications.refused", status=error.code), answer=answer, ended=ended, is_final=is_final)


def _fault(error: Exception) -> Message:
    """Why there was no answer, or none that can be read."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return msg("notifications.fault_tls")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, TimeoutError):
        return msg("notifications.fault_time")
    is_away = isinstance(error, aiosmtplib.SMTPConnectError)
    return msg("notifications.fault_connect" if is_away else "notifications.no_smtp")
