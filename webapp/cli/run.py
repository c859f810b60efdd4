"""`run`: everything that a shop needs on one machine, under one supervisor."""

import argparse
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field

from jobs.bundled import Bundled
from webapp.cli.arguments import port, positive
from webapp.cli.context import Context
from webapp.cli.output import Answer, complain
from webapp.cli.queueing import queue_url
from webapp.cli.supervising import Part, Supervisor, this_command

WORKERS = 2
SERVER_LOOKED_AT_EVERY = 1.0


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=port, default=8000, metavar="N", help="8000; 0: any free one"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="127.0.0.1: this machine only; 0.0.0.0: every machine"
    )
    parser.add_argument(
        "--workers", type=positive, default=WORKERS, metavar="N", help=f"{WORKERS} unless given"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    context.engine  # noqa: B018 - says at once what the home lacks
    context.close()
    chosen = free_port(arguments.host, arguments.port)
    with queue_url(context) as (_, server):
        if not context.wants_json:
            complain("Ctrl-C stops it all.")
        look = ServerLook(server).say if server is not None else None
        parts = parts_of(arguments.host, chosen, arguments.workers, as_json=context.wants_json)
        Supervisor(parts, each_time=look).run()
    return Answer(data={}, is_said=True)


def parts_of(host: str, web_port: int, workers: int, *, as_json: bool = False) -> list[Part]:
    """The processes of one installation: the web says on stdout when it is ready."""
    web = ["web", "--host", host, "--port", str(web_port), *(["--json"] if as_json else [])]
    return [
        Part(name="web server", command=this_command(*web)),
        Part(name="scheduler", command=this_command("scheduler")),
        *(
            Part(name=f"worker {number}", command=this_command("worker"))
            for number in range(1, workers + 1)
        ),
    ]


@dataclass(slots=True)
class ServerLook:
    """The queue's own server is looked at now and then, and started again when it is gone."""

    server: Bundled
    _looked_at: float = field(default=0.0, init=False)

    def say(self) -> str | None:
        if time.monotonic() < self._looked_at + SERVER_LOOKED_AT_EVERY:
            return None
        self._looked_at = time.monotonic()
        if self.server.ensure(patience=0):
            return "The queue's server was gone; it is started again."
        return None


def free_port(host: str, wanted: int) -> int:
    """The port to listen on, the same one after each restart. OSError: it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.create_server((host, wanted), family=family)) as listening:
        found: int = listening.getsockname()[1]
        return found
