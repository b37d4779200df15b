"""What a letter looks like: plain text and HTML of one message, and the head that mail programs go by."""

from collections.abc import Callable
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, getaddresses
from typing import Any
from unicodedata import category

from medianest.core import clock
from medianest.core.config import Settings
from medianest.core.errors import Invalid
from medianest.core.i18n import Catalogues, msg
from medianest.notifications.by_email.html import page
from medianest.notifications.by_email.target import checked_address
from medianest.notifications.by_email.text import Parting, plain
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Outgoing

PREFERENCES = "/account/notifications"
_SUBJECT_MOST = 200
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, halves of characters, other ends of lines
_BY_ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058, section 3.1


class _Wire(EmailPolicy):
    """The standard one encodes what is too long for a line, addresses too, and joins encoded words wrongly."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """A title that looks like an encoded word is one to the standard policy, whatever is inside."""
        return (name, value) if name == "Subject" else super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        if name == "Subject":
            charset = None if value.isascii() and "=?" not in value else "utf-8"
            said = Header(value, charset, header_name=name).encode(linesep="\r\n")
            return f"{name}: {said}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n", cte_type="7bit")


class Letters:
    """Writes them in the language of the message; `settings` are those that hold at that moment."""

    def __init__(self, settings: Callable[[], Settings], catalogues: Catalogues) -> None:
        self._settings = settings
        self._catalogues = catalogues

    def write(self, to: str, message: Outgoing) -> tuple[str, bytes]:
        """Who sends it, and the letter as it goes over the wire. Raises Undelivered where nobody is named to send."""
        sender = self.sender()
        letter = EmailMessage(policy=_WIRE if (sender.addr_spec + to).isascii() else _WIRE.clone(utf8=True))  # RFC 6532
        letter["From"] = sender
        letter["To"] = _address(to)
        letter["Subject"] = one_line(message.title)[:_SUBJECT_MOST]
        letter["Date"] = format_datetime(clock.now())
        letter["Message-ID"] = f"<{message.key}@{sender.domain}>"
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834
        letter["X-Auto-Response-Suppress"] = "All"
        if message.leave_url:
            letter["List-Id"] = f"<notifications.{sender.domain}>"
            letter["List-Unsubscribe"] = f"<{message.leave_url}>"
            if message.leave_url.startswith("https://"):
                letter["List-Unsubscribe-Post"] = _BY_ONE_CLICK
        parting = self._parting(message)
        letter.set_content(plain(message, parting), cte="quoted-printable")
        letter.add_alternative(page(message, parting), subtype="html", cte="quoted-printable")
        return sender.addr_spec, letter.as_bytes()

    def sender(self) -> Address:
        """Who sends letters. Raises Undelivered where nobody is named who could."""
        named = getaddresses([self._settings().notifications.mail_from])
        name, address = named[0] if len(named) == 1 else ("", "")
        try:
            return _address(checked_address(address), name=one_line(name))
        except Invalid as error:
            raise Undelivered(msg("notifications.no_sender"), is_final=True) from error

    def _parting(self, message: Outgoing) -> Parting:
        say = self._catalogues.of(message.language).text
        address = self._settings().server.public_address
        return Parting(
            open=say("letters.open"),
            why=say("letters.why") if message.leave_url else "",
            choose=say("letters.choose"),
            choose_url=f"{address}{PREFERENCES}" if address and message.leave_url else "",
            leave=say("letters.leave"),
        )


def _address(checked: str, *, name: str = "") -> Address:
    """As `Address(addr_spec=...)`, which takes ASCII alone."""
    local, _, host = checked.rpartition("@")
    return Address(display_name=name, username=local, domain=host)


def one_line(text: str) -> str:
    """The text without anything that ends a line, or that is not to be seen."""
    return " ".join("".join(" " if category(one) in _UNSEEN else one for one in text).split())
