"""The table of who may: read from the guards of the routes themselves, so that it cannot disagree with them.

`app` calls `check` at its start, and a test compares `table` with what was meant: a route that says nothing of who
may is not served.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from medianest.http.guards import Rule


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Row:
    """Who may call a route; all of its rules hold together."""

    path: str
    method: str
    rules: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method:6} {self.path}: {', '.join(self.rules)}"


class Unguarded(RuntimeError):
    """Routes that say nothing of who may."""


def table(app: Litestar) -> tuple[Row, ...]:
    """Every route with its rules, in order of path and method. Raises Unguarded."""
    rows = sorted(_rows(app))
    if bare := [row for row in rows if not row.rules]:
        raise Unguarded("nobody said who may: " + ", ".join(f"{row.method} {row.path}" for row in bare))
    return tuple(rows)


def check(app: Litestar) -> None:
    """Raises Unguarded where a route lacks a rule, or a socket was opened past the floor."""
    table(app)


def _rows(app: Litestar) -> Iterator[Row]:
    for route in app.routes:
        for handler in route.route_handlers if hasattr(route, "route_handlers") else [route.route_handler]:
            yield from _rows_of(route.path, handler)


def _rows_of(path: str, handler: object) -> Iterator[Row]:
    if not isinstance(handler, HTTPRouteHandler):
        yield Row(path=path, method="*", rules=())
        return
    rules = tuple(guard.words for guard in handler.resolve_guards() if isinstance(guard, Rule))
    for method in sorted(handler.http_methods):
        if method != "OPTIONS":
            yield Row(path=path, method=method, rules=rules)
