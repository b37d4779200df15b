"""The first page: what just arrived, and what is on its way."""

from dataclasses import dataclass

from medianest.web.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The newest thing large, what is under way beside it, the rest that came in below."""

    feature: Row | None
    under_way: tuple[Row, ...]
    arrived: tuple[Row, ...]

    @property
    def is_empty(self) -> bool:
        return self.feature is None and not self.under_way
