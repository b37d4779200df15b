"""What commands say to a person, and ask of one."""

import getpass
import os
import sys

from medianest.core.errors import Invalid
from medianest.core.i18n import Catalogue, Catalogues, Message, msg

DONE, FAILED, WRONG = 0, 1, 2
SECRET_MOST = 4096


def catalogue() -> Catalogue:
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Catalogues().of(wanted.split(".")[0].replace("_", "-"))


def say(message: Message) -> None:
    print(catalogue().say(message))


def complain(message: Message) -> None:
    print(catalogue().say(message), file=sys.stderr)


def password(*, from_input: bool) -> str:
    """From standard input, or typed twice."""
    if from_input:
        return secret(from_input=True)
    if not sys.stdin.isatty():
        raise Invalid(msg("cli.no_terminal"))
    first = getpass.getpass(catalogue().text("cli.password"))
    if getpass.getpass(catalogue().text("cli.password_again")) != first:
        raise Invalid(msg("cli.passwords_differ"))
    return first


def secret(*, from_input: bool) -> str:
    """The first line of standard input; empty where none is to be read."""
    if not from_input:
        return ""
    try:
        read = sys.stdin.buffer.readline(SECRET_MOST).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        read = ""
    if not read:
        raise Invalid(msg("cli.no_secret"))
    return read
