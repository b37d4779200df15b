"""A media site of one's own."""

from tests.fakes.alone import _media_site

__all__ = ["_media_site"]
