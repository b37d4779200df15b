"""The outside services that several journeys go to."""

from collections.abc import Iterator

import pytest

from tests.fakes.overseerr import Overseerr


@pytest.fixture(scope="module")
def overseerr() -> Iterator[Overseerr]:
    """A server of the module's own, with its owner and the house, as which everybody may ask."""
    with Overseerr() as running:
        for number, name in enumerate(("owner", "house"), 1001):
            running.add(name, plex_id=number)
        yield running
