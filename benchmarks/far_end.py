"""Loopback stores of the benchmarks: a process of their own that answers with ready bytes."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent


class Handler(BaseHTTPRequestHandler):
    """Answers at once and says nothing. `time` is the store's clock, as its `Date` header."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small answer waits 40 ms for an acknowledgement
    time: str

    def answer(self, status: int, *parts: bytes | memoryview) -> None:
        self.send_response_only(status)
        self.send_header("Date", self.time)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(sum(len(part) for part in parts)))
        self.end_headers()
        for part in parts:
            self.wfile.write(part)

    def log_message(self, format: str, *args: object) -> None:
        """A benchmark's store says nothing."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A running store, seen from outside."""

    url: str

    def show(self, count: int) -> None:
        """From now on the store has only its first `count` orders."""
        with urlopen(f"{self.url}/show?count={count}", timeout=10) as answer:  # noqa: S310
            answer.read()


@contextmanager
def running(module: str, orders: int) -> Iterator[Shop]:
    """The store that `python -m module` is, with this many orders, ready to answer."""
    command = [sys.executable, "-m", module, "--orders", str(orders)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield Shop(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def serve(fill: Callable[[int], type[Handler]]) -> None:
    """Fill a store with `--orders` orders, print its port and serve until terminated."""
    parser = argparse.ArgumentParser(description=fill.__doc__)
    parser.add_argument("--orders", type=int, required=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), fill(parser.parse_args().orders))
    print(server.server_port, flush=True)
    server.serve_forever()
