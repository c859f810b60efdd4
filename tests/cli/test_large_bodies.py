"""Too large a body is refused before it is read, by the web server as a shop runs it."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.cli.conftest import Run
from tests.cli.processes import first_json, started

MB = 1024 * 1024
CHUNK = b"x" * 65536


@dataclass(frozen=True, slots=True)
class Web:
    url: str
    pid: int

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def held(self) -> int:
        """Bytes that the server holds: in memory, and in files that it has open without a name."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        memory = next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line)
        files = 0
        for each in Path(f"/proc/{self.pid}/fd").iterdir():
            if "(deleted)" in os.readlink(each):
                files += each.stat().st_size
        return memory * 1024 + files


@pytest.fixture
def web(ready: Run) -> Iterator[Web]:
    with started("web", "--port", "0", "--json") as process:
        url = first_json(process)["url"]
        requests.get(f"{url}/sign-in", timeout=20)
        yield Web(url, process.pid)


def _send(web: Web, path: str, size: int, *, is_chunked: bool = False) -> tuple[bytes, int, int]:
    """The answer's first line, how much the server took, and what it held more at the most."""
    before = most = web.held()
    taken = 0
    how = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {size}"
    with socket.create_connection(web.address, timeout=20) as opened:
        opened.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{how}\r\n\r\n".encode())
        try:
            while taken < size:
                piece = CHUNK[: size - taken]
                opened.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
                taken += len(piece)
                if taken % (4 * MB) == 0:
                    most = max(most, web.held())
            if is_chunked:
                opened.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has closed the connection: it does not want the rest
        try:
            answer = opened.recv(4096)
        except ConnectionResetError:
            answer = b""
    return answer.split(b"\r\n")[0], taken, max(most, web.held()) - before


@pytest.mark.parametrize("is_chunked", [False, True], ids=["announced", "chunked"])
def test_fifty_megabytes_to_the_door_are_not_gathered(web: Web, is_chunked: bool) -> None:
    said, taken, held = _send(web, "/webhooks/woocommerce/1", 50 * MB, is_chunked=is_chunked)

    assert said in (b"", b"HTTP/1.1 413 Request Entity Too Large")
    assert taken < 50 * MB
    assert held < 10 * MB
    assert requests.get(f"{web.url}/sign-in", timeout=20).status_code == 200


def test_who_announces_too_much_is_answered_before_sending_it(web: Web) -> None:
    for path, size in (("/webhooks/shopee", MB + 1), ("/mapping/1/upload", 33 * MB)):
        with socket.create_connection(web.address, timeout=20) as opened:
            opened.sendall(
                f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
            )
            assert b" 413 " in opened.recv(4096).split(b"\r\n")[0], path

    counted = requests.get(f"{web.url}/metrics", timeout=20).text
    assert 'outcome="too_large"} 1' in counted


def test_what_the_door_takes_and_an_upload_of_thirty_megabytes_come_through(web: Web) -> None:
    said, taken, _ = _send(web, "/webhooks/woocommerce/1", MB)
    assert (said, taken) == (b"HTTP/1.1 401 Unauthorized", MB)

    _, taken, _ = _send(web, "/no/such/page", 30 * MB)
    assert taken == 30 * MB
