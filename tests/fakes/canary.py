"""A listener that nothing may reach: tests point forbidden addresses at it and count who came."""

import contextlib
import selectors
import socket
import threading
from dataclasses import dataclass
from typing import Self

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 7\r\nConnection: close\r\n\r\ncanary\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One connection that was made, and the first bytes that came over it."""

    peer: tuple[str, int]
    first_bytes: bytes


class Canary:
    """Listens on a loopback port, answers whoever comes, and remembers it.

    A connection counts as soon as the kernel completed it: `connections` takes what still waits in the backlog, so a
    test that asks after the deed cannot miss one.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=128)
        self._listener.setblocking(False)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._visits: list[Visit] = []
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name=f"canary-{self.port}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """`host:port` as it is written in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def url(self, path: str = "/canary.mp4", *, scheme: str = "http") -> str:
        return f"{scheme}://{self.address}{path}"

    @property
    def visits(self) -> list[Visit]:
        """Everybody who connected so far."""
        self._take_waiting()
        with self._lock:
            return list(self._visits)

    @property
    def connections(self) -> int:
        return len(self.visits)

    def close(self) -> None:
        """Twice is once."""
        if self._stop_writer.fileno() == -1:
            return
        self._stop_writer.close()
        self._thread.join()
        self._stop_reader.close()
        self._listener.close()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._stop_reader, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._stop_reader in ready:
                    return
                self._take_waiting()

    def _take_waiting(self) -> None:
        """Accept, note and answer all who stand in the backlog."""
        with self._lock:
            while True:
                try:
                    connection, peer = self._listener.accept()
                except (BlockingIOError, OSError):
                    return
                self._visits.append(Visit(peer=peer[:2], first_bytes=_answer(connection)))


def _answer(connection: socket.socket) -> bytes:
    """Read what the visitor says first and let it have the answer; a silent one gets it after a short while."""
    with connection, contextlib.suppress(OSError):
        connection.settimeout(0.5)
        said = b""
        with contextlib.suppress(TimeoutError):
            said = connection.recv(2048)
        connection.sendall(_ANSWER)
        return said
    return b""
