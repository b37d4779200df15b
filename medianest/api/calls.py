"""A line of the route table: from it come the route, its guards, what it takes, and its documentation."""

from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass
from http import HTTPStatus
from typing import Any

from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from medianest.api.answers import Answer, AnyRequest
from medianest.api.reader import ROOT
from medianest.api.wire import Input, Query, from_json, from_query
from medianest.http import etags
from medianest.http.guards import Rule, anyone
from medianest.http.limits import Limited

Handle = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Call:
    """What is called, by whom, and what for.

    `takes` is the body, `asks` the query. `gives` is the struct that is answered, or the media type of what is not
    JSON; None means nothing. `shows` names the tables that the answer stands on, `live` that it also shows signals.
    `pace` says how often it may be called.
    """

    method: Method
    path: str
    handle: Handle
    may: tuple[Rule, ...]
    _: KW_ONLY
    takes: type[Input] | None = None
    asks: type[Query] | None = None
    gives: Any = None
    statuses: tuple[HTTPStatus, ...] = (HTTPStatus.OK,)
    shows: tuple[str, ...] = ()
    live: bool = False
    pace: Limited | None = None
    root: str = ROOT

    @property
    def address(self) -> str:
        return f"{self.root}{self.path}"

    @property
    def area(self) -> str:
        return self.handle.__module__.rpartition(".")[2]

    @property
    def name(self) -> str:
        """The call in one word, for programs that are made from the documentation."""
        return f"{self.area}_{self.handle.__name__}"

    @property
    def summary(self) -> str:
        return (self.handle.__doc__ or "").partition("\n")[0]

    @property
    def is_open(self) -> bool:
        """Whether nobody in particular may call it."""
        return self.may == (anyone,)

    def route(self) -> HTTPRouteHandler:
        """The call as the framework wants it; what it takes is decoded before the handler sees it."""
        taken: dict[str, Provide] = {}
        if self.takes:
            taken["given"] = Provide(_body_as(self.takes))
        if self.asks:
            taken["asked"] = Provide(_query_as(self.asks), sync_to_thread=False)
        return HTTPRouteHandler(
            self.address,
            http_method=[self.method],
            guards=[*self.may, *([self.pace] if self.pace else [])],
            before_request=etags.shows(*self.shows, live=self.live) if self.shows else None,
            dependencies=taken,
            status_code=HTTPStatus.OK,  # answers say their own
            name=self.name,
        )(self.handle)


def _body_as(kind: type[Input]) -> Callable[[AnyRequest], Awaitable[Input]]:
    async def given(request: AnyRequest) -> Input:
        if request.content_type[0] not in ("", "application/json"):
            raise HTTPException(status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return from_json(await request.body(), kind)

    return given


def _query_as(kind: type[Query]) -> Callable[[AnyRequest], Query]:
    def asked(request: AnyRequest) -> Query:
        return from_query(request.query_params.multi_items(), kind)

    return asked
