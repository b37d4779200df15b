"""What an event or an entry of the journal is about."""

from medianest.api.wire import Output


class Subject(Output, frozen=True, kw_only=True):
    """A thing of the portal by its kind and its id."""

    type: str
    id: str
