"""A local store on a real socket: HTTP/1.1 with keep-alive on loopback, with TLS when asked.

What is asked and answered is the business of the platform's `FarEnd`; here are the socket,
the faults of the way there and back, and the request log.
"""

import socket
import ssl
import sys
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from time import sleep
from typing import Any, Protocol
from urllib.parse import unquote

from platforms.sandbox.faults import Fault, FaultKind, FaultPlan
from platforms.sandbox.request_log import Logged, RequestLog
from platforms.sandbox.wire import Response, WireRequest

CONTROL_PREFIX = "/_sandbox/"


class FarEnd(Protocol):
    """What a platform puts behind the socket."""

    server_name: str
    """The `Server` header."""

    def clock(self) -> float:
        """The store's present, for the `Date` header."""

    def answer(self, request: WireRequest) -> Response:
        """The store's own answer."""

    def control(self, request: WireRequest) -> Response:
        """The answer of the control door, under `CONTROL_PREFIX`."""

    def shift(self) -> None:
        """Edit some order, as happens while a client pages."""

    def instead_of_work(self, fault: Fault, request: WireRequest) -> Response | None:
        """The answer of a host that does not let the request through; None: it does."""

    def spoilt(self, fault: Fault, response: Response) -> Response:
        """The answer with what the fault does to it."""

    def resource(self, path: str) -> str:
        """The path behind the API's version, which scripted faults name."""

    def generic(self, path: str) -> str:
        """The path as the log counts it."""


class SandboxServer(ThreadingHTTPServer):
    """A thread per connection, all of them daemons."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, far_end: FarEnd, faults: FaultPlan, *, port: int, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.far_end = far_end
        self.faults = faults
        self.tls = tls
        self.log = RequestLog(far_end.generic)
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

    def refuse(self) -> None:
        """Take no connection any more, and keep the port, until `server_activate`."""
        self.socket.close()
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.server_bind()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without this small answers wait 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: SandboxServer

    def _handle(self) -> None:
        request = self._request()
        self.server.log.begin()
        far_end = self.server.far_end
        if request.path.startswith(CONTROL_PREFIX):
            self._send(far_end.control(request), request)
            return
        fault = self.server.faults.draw(request.method, far_end.resource(request.path))
        if fault is None:
            self._send(far_end.answer(request), request)
            return
        if fault.kind is FaultKind.DROP:
            self._hang_up(request)
            return
        if fault.kind is FaultKind.SLOW:
            sleep(float(fault.argument))
        if fault.kind is FaultKind.SHIFT and request.method == "GET":
            far_end.shift()
        response = far_end.instead_of_work(fault, request)
        if response is None:
            response = far_end.spoilt(fault, far_end.answer(request))
        if fault.kind is FaultKind.LOST:
            self._hang_up(request)
        else:
            self._send(response, request, cut=fault.kind is FaultKind.TRUNCATE)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _handle

    def _request(self) -> WireRequest:
        length = int(self.headers.get("Content-Length") or 0)
        raw_path, _, raw_query = self.path.partition("?")
        return WireRequest(
            method=self.command,
            path=unquote(raw_path),
            raw_query=raw_query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            is_tls=self.server.tls is not None,
            address=self.client_address[0],
        )

    def _send(self, response: Response, request: WireRequest, *, cut: bool = False) -> None:
        self.server.log.add(
            Logged(request.method, request.path, request.raw_query, response.status)
        )
        head = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
        head.append(f"Date: {formatdate(self.server.far_end.clock(), usegmt=True)}")
        head.append(f"Server: {self.server.far_end.server_name}")
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

    def _hang_up(self, request: WireRequest) -> None:
        self.server.log.add(Logged(request.method, request.path, request.raw_query, 0))
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the request log is for tests, not for the screen."""


def _reason(status: int) -> str:
    return BaseHTTPRequestHandler.responses.get(status, ("", ""))[0]
