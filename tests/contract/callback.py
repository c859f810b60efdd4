"""An address of ours on a real socket, to which a store sends what it has to tell."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One delivery: `headers` with their names in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Callback:
    """`status`: what every delivery is answered with."""

    url: str = ""
    status: int = 204
    arrived: list[Arrived] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def wait_for(self, count: int, *, seconds: float = 5.0) -> list[Arrived]:
        """The first deliveries; AssertionError: they did not come in time."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.arrived) >= count, seconds)
            return list(self.arrived)


@contextmanager
def open_callback() -> Iterator[Callback]:
    callback = Callback()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with callback.changed:
                callback.arrived.append(Arrived(headers=headers, body=body))
                callback.changed.notify_all()
            self.send_response(callback.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    callback.url = f"http://127.0.0.1:{server.server_port}/notices?of=1"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield callback
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
