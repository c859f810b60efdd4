"""The store on a real socket: HTTP/1.1 with keep-alive on loopback, with TLS when asked."""

import socket
import ssl
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Lock
from time import sleep
from typing import Any, NamedTuple
from urllib.parse import unquote

from platforms.sandbox.faults import FaultKind, FaultPlan
from platforms.sandbox.woocommerce.control import CONTROL_PREFIX, control_answer
from platforms.sandbox.woocommerce.exchange import Request, Response
from platforms.sandbox.woocommerce.fault_pages import instead_of_work, spoilt
from platforms.sandbox.woocommerce.php_query import parse
from platforms.sandbox.woocommerce.rest_api import RestApi
from platforms.sandbox.woocommerce.world import WooStore


class Logged(NamedTuple):
    """One request as tests look at it. `status` 0: the connection ended without an answer."""

    method: str
    path: str
    query: str
    status: int


class RequestLog:
    """Every request so far, in order of their answers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.requests: list[Logged] = []

    def add(self, entry: Logged) -> None:
        with self._lock:
            self.requests.append(entry)

    def clear(self) -> None:
        with self._lock:
            self.requests.clear()

    def counts(self) -> Counter[str]:
        """How often each "METHOD path" was asked, ids in paths as `<id>`."""
        with self._lock:
            return Counter(f"{entry.method} {_generic(entry.path)}" for entry in self.requests)


class StoreServer(ThreadingHTTPServer):
    """A thread per connection, all of them daemons."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        store: WooStore,
        faults: FaultPlan,
        *,
        port: int,
        tls: ssl.SSLContext | None,
        shift: Callable[[], None],
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.store = store
        self.api = RestApi(store)
        self.faults = faults
        self.tls = tls
        self.shift = shift
        self.log = RequestLog()
        self.cases: dict[str, int] = {}
        self._open: set[socket.socket] = set()

    def server_bind(self) -> None:
        """Without the look-up of the machine's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The TLS handshake happens here, in the connection's own thread."""
        if self.tls is not None:
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except OSError:
                self.shutdown_request(request)
                return
        self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)

    def hang_up(self) -> None:
        """End every open connection: a store that is gone answers nobody."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without this small answers wait 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: StoreServer

    def _handle(self) -> None:
        request = self._request()
        if request.path.startswith(CONTROL_PREFIX):
            self._send(control_answer(self.server, request, self.client_address[0]), request)
            return
        fault = self.server.faults.draw(request.method, _resource(request.path))
        if fault is None:
            self._send(self.server.api.answer(request), request)
            return
        if fault.kind is FaultKind.DROP:
            self._hang_up(request)
            return
        if fault.kind is FaultKind.SLOW:
            sleep(float(fault.argument))
        if fault.kind is FaultKind.SHIFT and request.method == "GET":
            self.server.shift()
        response = instead_of_work(fault, request)
        if response is None:
            response = spoilt(fault, self.server.api.answer(request))
        if fault.kind is FaultKind.LOST:
            self._hang_up(request)
        else:
            self._send(response, request, cut=fault.kind is FaultKind.TRUNCATE)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _handle

    def _request(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        raw_path, _, raw_query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        forwarded = self.server.store.settings.trust_forwarded_proto
        is_https = self.server.tls is not None or (
            forwarded and headers.get("x-forwarded-proto", "").lower() == "https"
        )
        return Request(
            method=self.command,
            path=unquote(raw_path),
            raw_query=raw_query,
            query=parse(raw_query),
            headers=headers,
            body=self.rfile.read(length) if length else b"",
            is_https=is_https,
        )

    def _send(self, response: Response, request: Request, *, cut: bool = False) -> None:
        self.server.log.add(
            Logged(request.method, request.path, request.raw_query, response.status)
        )
        head = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
        head.append(f"Date: {formatdate(self.server.store.clock(), usegmt=True)}")
        head.append("Server: Apache")
        head.append(f"Content-Type: {response.content_type}")
        head.extend(f"{name}: {value}" for name, value in response.headers.items())
        head.append(f"Content-Length: {len(response.body)}")
        if cut or self.close_connection:
            head.append("Connection: close")
        body = b"" if request.method == "HEAD" else response.body
        if cut:
            body = body[: len(body) // 2]
        text = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1", "replace")
        self.wfile.write(text + body)
        if cut:
            self.close_connection = True

    def _hang_up(self, request: Request) -> None:
        self.server.log.add(Logged(request.method, request.path, request.raw_query, 0))
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the request log is for tests, not for the screen."""


def _resource(path: str) -> str:
    """The path behind the API's version, which scripted faults name."""
    for mark in ("/wc/v3", "/wc-shipment-tracking/v3"):
        if mark in path:
            return path.partition(mark)[2] or "/"
    return path


def _generic(path: str) -> str:
    return "/".join("<id>" if part.isdigit() else part for part in _resource(path).split("/"))


def _reason(status: int) -> str:
    return BaseHTTPRequestHandler.responses.get(status, ("", ""))[0]
