"""What the stand-ins have in common: HTTP on real sockets, a log of what was asked, and troubles."""

import socket
import threading
import traceback
import urllib.parse
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.fakes.plex.messages import Reply, Request
from tests.fakes.plex.troubles import Trouble

_PATIENCE_S = 10.0
_PIECES_PER_SECOND = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """One request and the status of its answer."""

    request: Request
    status: int


class Service:
    """Something that answers, from its making until `close`, at one door (an address) or at several."""

    def __init__(self, *hosts: str) -> None:
        self.lock = threading.RLock()
        self.hits: list[Hit] = []
        self._came: list[str] = []
        self.ending = threading.Event()
        self._noted = threading.Condition(self.lock)
        self._troubles: list[Trouble] = []
        self._faults: list[str] = []
        self.doors = [Door(host, self) for host in hosts]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering; raises what went wrong inside the stand-in itself."""
        self.ending.set()
        self.calm()
        self.away()
        assert not self._faults, "\n".join(self._faults)

    @property
    def base(self) -> str:
        return self.doors[0].base

    def away(self) -> None:
        """Nobody listens any more, and who is connected is cut off."""
        for door in self.doors:
            door.shut()

    def back(self) -> None:
        """As before `away`, at the same addresses."""
        for door in self.doors:
            door.open()

    def trouble(self, path: str = "/", /, **said: Any) -> None:
        """From now on have trouble (the fields of `Trouble`) with whatever is asked for below `path`."""
        with self.lock:
            self._troubles.append(Trouble(path=path, **said))

    def calm(self) -> None:
        """No more troubles; who waits for an answer gets it now."""
        with self._noted:
            self._troubles.clear()
            self._noted.notify_all()

    def asked(self, path: str) -> list[Request]:
        """The requests for exactly this path, so far."""
        with self.lock:
            return [hit.request for hit in self.hits if hit.request.path == path]

    def wait_for(self, path: str, *, count: int = 1, seconds: float = _PATIENCE_S) -> list[Request]:
        """Block until `path` was asked for so often."""
        with self._noted:
            came = self._noted.wait_for(lambda: len(self.asked(path)) >= count, seconds)
            assert came, f"{path} was not asked for {count} times: {[hit.request.path for hit in self.hits]}"
        return self.asked(path)

    def wait_until_under_way(self, path: str, *, seconds: float = _PATIENCE_S) -> None:
        """Block until `path` was asked for, whether it is answered yet or not."""
        with self._noted:
            assert self._noted.wait_for(lambda: path in self._came, seconds), f"{path} was not asked for: {self._came}"

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def converse(self, request: Request, connection: socket.socket) -> None:
        """Go on over the connection after an answer of 101."""
        raise NotImplementedError

    def serve(self, request: Request) -> tuple[Reply, Trouble | None]:
        """The answer, and the trouble under which it is given."""
        with self._noted:
            self._came.append(request.path)
            self._noted.notify_all()
            trouble = next((trouble for trouble in self._troubles if trouble.strikes(request.path)), None)
            if trouble and trouble.wait:
                self._noted.wait_for(lambda: trouble not in self._troubles, trouble.wait)
        reply = (trouble.instead() if trouble else None) or self._answered(request)
        if trouble:
            reply = trouble.spoil(reply)
        with self._noted:
            self.hits.append(Hit(request, reply.status))
            self._noted.notify_all()
        return reply, trouble

    def _answered(self, request: Request) -> Reply:
        try:
            with self.lock:
                return self.answer(request)
        except Exception:  # noqa: BLE001 - `close` raises it
            self._faults.append(f"{request.method} {request.path}\n{traceback.format_exc()}")
            return Reply(status=500)


class Door:
    """One address of a service, which keeps its port over closing and opening."""

    def __init__(self, host: str, service: Service) -> None:
        self.host = host
        self.port = 0
        self._service = service
        self._listening: _Listening | None = None
        self.open()

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def open(self) -> None:
        if self._listening:
            return
        self._listening = _Listening((self.host, self.port), self._service)
        self.port = self._listening.server_port
        self._thread = threading.Thread(
            target=self._listening.serve_forever, kwargs={"poll_interval": 0.02}, name="plex", daemon=True
        )
        self._thread.start()

    def shut(self) -> None:
        listening, self._listening = self._listening, None
        if listening:
            listening.shutdown()
            self._thread.join()
            listening.server_close()
            listening.sever()


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Answering)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """Only the wire can fail here: a client that hung up."""

    def sever(self) -> None:
        for connection in tuple(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listening

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=urllib.parse.unquote(path),
            query=dict(urllib.parse.parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length", "0"))),
            host=self.headers.get("Host", ""),
            target=self.path,
        )
        reply, trouble = self.server.service.serve(request)
        if reply.status == 101:
            self.close_connection = True
            self.server.service.converse(request, self.connection)
        else:
            self._send(reply, trouble)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def _send(self, reply: Reply, trouble: Trouble | None) -> None:
        self.send_response(reply.status)
        if reply.body:
            self.send_header("Content-Type", reply.media_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if trouble and trouble.cut:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
        elif trouble and trouble.slow:
            self._drip(reply.body, trouble.slow)
        else:
            self.wfile.write(reply.body)

    def _drip(self, body: bytes, rate: float) -> None:
        step = max(1, int(rate / _PIECES_PER_SECOND))
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            if self.server.service.ending.wait(step / rate):
                return

    def log_message(self, *_: object) -> None:
        """Tests ask `hits`."""
