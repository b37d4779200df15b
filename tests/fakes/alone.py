"""A media site that no portal of other tests asks, for tests that count what was asked for."""

from collections.abc import Iterator

import pytest

from tests.fakes.media_site import MediaSite


@pytest.fixture(scope="session")
def _media_site() -> Iterator[MediaSite]:
    """In place of the one of `fixtures`: a portal that several tests share may still bring something in from that."""
    with MediaSite.in_thread() as site:
        yield site
