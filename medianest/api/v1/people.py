"""A person as others see them."""

from medianest.api.wire import Output


class Person(Output, frozen=True, kw_only=True):
    """Somebody of the household; `id` is null for the portal itself."""

    id: str | None
    name: str
