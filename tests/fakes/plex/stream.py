"""A media server's event stream: a web socket over which it tells everybody who listens what happens to it."""

import json
import socket
import threading
from collections.abc import Iterable
from typing import Any

from websockets.frames import CloseCode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.utils import accept_key

from tests.fakes.plex.messages import Request
from tests.fakes.plex.people import Person
from tests.fakes.plex.shelves import KINDS, Item

PATH = "/:/websockets/notifications"
LIBRARY = "com.plexapp.plugins.library"
_NUMBERS = {kind: number for number, kind in KINDS.items()}


class Listener:
    """One open connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._protocol = ServerProtocol(state=State.OPEN)
        self._turn = threading.Lock()

    def run(self) -> None:
        """Until the other side, or `end`, closes it; pings are answered."""
        while self._protocol.state is not State.CLOSED:
            try:
                told = self._connection.recv(4096)
            except OSError:
                return
            if not told:
                return
            with self._turn:
                self._protocol.receive_data(told)
                self._flush()

    def tell(self, message: str) -> None:
        with self._turn:
            self._protocol.send_text(message.encode())
            self._flush()

    def end(self) -> None:
        with self._turn:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(CloseCode.GOING_AWAY)
                self._flush()

    def _flush(self) -> None:
        for part in self._protocol.data_to_send():
            if part:
                self._connection.sendall(part)
            else:
                self._connection.shutdown(socket.SHUT_WR)


class EventStream:
    """Everybody who listens to a server; the messages are those that python-plexapi's and Plex's own clients read."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._changed = threading.Condition()

    def serve(self, request: Request, connection: socket.socket) -> None:
        """Shake hands and keep a listener until it goes."""
        accept = accept_key(request.headers["sec-websocket-key"])
        head = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
        connection.sendall("\r\n".join([*head, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode())
        listener = Listener(connection)
        self._note(listener, came=True)
        try:
            listener.run()
        finally:
            self._note(listener, came=False)

    def wait_for_listeners(self, number: int, *, seconds: float = 10.0) -> None:
        """Block until so many listen."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self._listeners) == number, seconds)
            assert came, f"{len(self._listeners)} listen"

    def end(self) -> None:
        """Close the connections, as a server does that is restarted."""
        for listener in self._all():
            listener.end()

    def timeline(self, item: Item, *, state: int = 5) -> None:
        """An item was made (0), is complete (5), or is gone (9)."""
        entry = {
            "identifier": LIBRARY,
            "sectionID": item.section.key,
            "itemID": item.key,
            "type": _NUMBERS[item.kind],
            "title": item.title,
            "state": state,
            "metadataState": {0: "created", 9: "deleted"}.get(state),
            "updatedAt": item.updated_at,
        }
        self.tell("timeline", TimelineEntry=[entry])

    def scanned(self) -> None:
        entry = {"title": "Library scan complete", "description": "", "notificationName": "LIBRARY_UPDATE"}
        self.tell("status", StatusNotification=[entry])

    def playing(self, item: Item, *, state: str = "stopped", at_ms: int = 0) -> None:
        entry = {"sessionKey": "1", "ratingKey": item.key, "key": item.path, "viewOffset": at_ms, "state": state}
        self.tell("playing", PlaySessionStateNotification=[entry])

    def tell(self, kind: str, **lists: list[dict[str, Any]]) -> None:
        (size,) = (len(entries) for entries in lists.values())
        self.tell_raw(json.dumps({"NotificationContainer": {"type": kind, "size": size, **lists}}))

    def tell_raw(self, message: str) -> None:
        for listener in self._all():
            listener.tell(message)

    def _all(self) -> list[Listener]:
        with self._changed:
            return list(self._listeners)

    def _note(self, listener: Listener, *, came: bool) -> None:
        with self._changed:
            (self._listeners.append if came else self._listeners.remove)(listener)
            self._changed.notify_all()


def webhook(
    event: str, item: Item, *, machine: str, account: Person, picture: bytes = b"\xff\xd8\xff"
) -> tuple[bytes, str]:
    """What a server with Plex Pass posts of an event, and the media type of it: a form with JSON and a picture."""
    payload = {
        "event": event,
        "user": True,
        "owner": True,
        "Account": {"id": 1, "thumb": account.thumb, "title": account.title},
        "Server": {"title": "Plex Server 1", "uuid": machine},
        "Metadata": {
            "librarySectionType": item.section.kind,
            "ratingKey": item.key,
            "key": item.path,
            "type": item.kind,
            "title": item.title,
            "librarySectionID": int(item.section.key),
        },
    }
    boundary = "----------------------------a1b2c3d4e5f6"
    return b"".join(
        _parts(boundary, json.dumps(payload).encode(), picture)
    ), f"multipart/form-data; boundary={boundary}"


def _parts(boundary: str, payload: bytes, picture: bytes) -> Iterable[bytes]:
    json_head = b'Content-Disposition: form-data; name="payload"\r\nContent-Type: application/json\r\n\r\n'
    yield b"--%s\r\n%s%s\r\n" % (boundary.encode(), json_head, payload)
    picture_head = (
        b'Content-Disposition: form-data; name="thumb"; filename="thumb.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    yield b"--%s\r\n%s%s\r\n" % (boundary.encode(), picture_head, picture)
    yield b"--%s--\r\n" % boundary.encode()
