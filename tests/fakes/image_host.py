"""The image host of The Movie Database in miniature, on a real socket: pictures by their names, at any width.

with ImageHost() as host:
    host.pictures["/poster.jpg"] = Reply(body=..., media_type="image/jpeg")
    host.asked("/t/p/w342/poster.jpg")
    host.trouble("/t/p/", wait=2)               # the fields of `tests.fakes.plex.troubles.Trouble`; `calm()`
    host.away(), host.back()
"""

import re

from tests.fakes.plex.messages import Reply, Request
from tests.fakes.plex.wire import Service

_PATH = re.compile(r"/t/p/(?:w\d+|original)(/[^/]+)")


class ImageHost(Service):
    """Each picture is answered as it is given, whatever width is asked for."""

    def __init__(self) -> None:
        self.pictures: dict[str, Reply] = {}
        super().__init__("127.0.0.1")

    def answer(self, request: Request) -> Reply:
        found = _PATH.fullmatch(request.path)
        missing = Reply(status=404, body=b"<html>Not Found</html>")
        return self.pictures.get(found[1], missing) if found else missing
