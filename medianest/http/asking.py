"""What the floor found out about a request, for the handlers and for each other part of the floor."""

from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.types import Scope

from medianest.accounts.types import Client
from medianest.core.actor import NOBODY, Actor
from medianest.core.security import new_token
from medianest.http import csrf
from medianest.http.headers import Field

Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(slots=True, kw_only=True)
class Asking:
    """Who asks, from where, and how.

    `secret` is the cookie that forms of this browser are tied to, `etag` the tag of the answer. An answer that
    `shows_secret` is never kept nor compressed, which it else is where this request `takes_gzip`; whatever it is, it
    carries `answer_fields`.
    """

    request_id: str
    base_path: str = ""
    address: str | None = None
    secure: bool = False
    authority: str = ""
    user_agent: str = ""
    may_read_metrics: bool = False
    actor: Actor = NOBODY
    secret: str | None = None
    secret_is_new: bool = False
    etag: str | None = None
    shows_secret: bool = False
    takes_gzip: bool = False
    answer_fields: tuple[Field, ...] = ()

    def form_token(self) -> str:
        """The token that each form of a page carries; ties the browser to it where nobody is signed in."""
        if self.secret is None:
            self.secret, self.secret_is_new = new_token(), True
        return csrf.token_of(self.secret)

    def client(self) -> Client:
        """What `accounts` wants to know of who signs in."""
        return Client(address=self.address, user_agent=self.user_agent, request_id=self.request_id)


def asking_of(connection: Connection) -> Asking:
    return asking_in(connection.scope)


def asking_in(scope: Scope) -> Asking:
    found = scope["state"]["asking"]
    assert isinstance(found, Asking)
    return found


def actor_of(connection: Connection) -> Actor:
    return asking_of(connection).actor
