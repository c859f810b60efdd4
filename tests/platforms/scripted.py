"""A tiny server that says exactly the bytes a test wants, for answers no honest store gives."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


# Bytes are sent as they are; pieces one by one; None closes the connection without a word.
Script = Callable[[Asked], bytes | Iterator[bytes] | None]


class Scripted:
    """A listening server; `asked` holds every request so far."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self._tls = tls
        self.asked: list[Asked] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._is_open = True
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._is_open = False
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while self._is_open:
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # Long enough for a handshake, short enough not to hold up the end of a test.
        connection.settimeout(0.5 if self._tls else 0.1)
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                return
        with connection, connection.makefile("rb") as reader:
            while self._is_open:
                try:
                    asked = _read(reader)
                except (TimeoutError, OSError):
                    # A reader that timed out cannot be read again; the client opens anew.
                    return
                if asked is None:
                    return
                self.asked.append(asked)
                answer = self.script(asked)
                if answer is None:
                    return
                pieces = [answer] if isinstance(answer, bytes) else answer
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                except OSError:
                    return
                if not isinstance(answer, bytes) or b"Connection: close" in answer:
                    return


def _read(reader: Any) -> Asked | None:
    first = reader.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := reader.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", "0")))
    return Asked(method=first[0], target=first[1], headers=headers, body=body)


def response(
    body: bytes | str = b"", status: int = 200, *, kind: str = "application/json", **headers: str
) -> bytes:
    """A complete HTTP answer. Header names are given with underscores."""
    sent = body.encode() if isinstance(body, str) else body
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [
        f"HTTP/1.1 {status} Said",
        f"Content-Type: {kind}",
        f"Content-Length: {given.pop('Content-Length', len(sent))}",
        *(f"{name}: {value}" for name, value in given.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent


@contextmanager
def scripted(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    server = Scripted(script, tls)
    try:
        yield server
    finally:
        server.close()


def in_turn(*answers: bytes | None) -> Script:
    """Each request gets the next answer; the last one stays."""
    left = list(answers)

    def script(asked: Asked) -> bytes | None:
        return left.pop(0) if len(left) > 1 else left[0]

    return script


def passed_on_to(port: int, *, without: str = "", **added: str) -> Script:
    """A reverse proxy before a server on this machine; it drops one header and adds others."""

    def script(asked: Asked) -> bytes:
        headers = {name: value for name, value in asked.headers.items() if name != without}
        headers.update({name.replace("_", "-"): value for name, value in added.items()})
        behind = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            behind.request(asked.method, asked.target, asked.body, headers)
            answer = behind.getresponse()
            kind = answer.getheader("Content-Type", "")
            return response(answer.read(), answer.status, kind=kind)
        finally:
            behind.close()

    return script
