"""`web`: the admin, served until it is stopped."""

import argparse
import socket
from dataclasses import dataclass
from typing import Any

from flask import Flask
from waitress.server import create_server

from webapp.app import create_app
from webapp.cli.arguments import port
from webapp.cli.context import Context
from webapp.cli.output import Answer, complain, print_json
from webapp.cli.request_limits import SETTINGS, limited_channel
from webapp.cli.stopping import until_stopped
from webapp.cli.supervised import declare_supervised, end_with_supervisor
from webapp.webhooks import DOOR

THREADS = 8


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=port, default=8000, metavar="N", help="8000; 0: any free one"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="127.0.0.1: this machine only; 0.0.0.0: every machine"
    )
    declare_supervised(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    app = create_app(context.config, engine=context.engine)
    server = open_server(app, arguments.host, arguments.port)
    if context.wants_json:
        print_json({"url": server.url})
    else:
        print(f"ready {server.url}", flush=True)
        if not arguments.supervised:
            complain("Ctrl-C stops it.")
    with until_stopped():
        end_with_supervisor(arguments)
        server.run()
    server.close()
    # What was to be said is said; nothing more belongs on stdout.
    return Answer(data={"url": server.url}, is_said=True)


@dataclass(slots=True)
class WebServer:
    """A listening server and the address that people open."""

    url: str
    _server: Any
    _socket: socket.socket

    def run(self) -> None:
        self._server.run()

    def close(self) -> None:
        self._server.close()
        self._socket.close()


def open_server(app: Flask, host: str, wanted_port: int) -> WebServer:
    """A server that listens; nothing is answered before `run`. OSError: the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, wanted_port), family=family)
    server = create_server(app, sockets=[listening], threads=THREADS, ident=None, **SETTINGS)
    tally = app.extensions[DOOR].tally
    server.channel_class = limited_channel(lambda: tally.add("too_large"))
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared only
    shown = f"[{name}]" if ":" in name else name
    return WebServer(f"http://{shown}:{listening.getsockname()[1]}", server, listening)
