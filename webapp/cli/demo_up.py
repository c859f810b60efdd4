"""The demo that stays up: stores with their troubles unmended, and everything that serves them."""

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field

from webapp.cli import demo_shelf, demo_store
from webapp.cli.demo_stage import Stage, staged
from webapp.cli.output import Answer, complain, print_json
from webapp.cli.queueing import queue_url
from webapp.cli.run import WORKERS, ServerLook, free_port, parts_of
from webapp.cli.supervising import Supervisor

ADMIN = "demo@tillbridge.example"
HOST = "127.0.0.1"
# Sales show while somebody looks on.
EVERY = 10


def stay_up(wanted_port: int, *, wants_json: bool) -> Answer:
    """Stores, workers, the schedule and the admin to mend their troubles in, until stopped."""
    password = secrets.token_urlsafe(9)
    admin = {"TILLBRIDGE_ADMIN_EMAIL": ADMIN, "TILLBRIDGE_ADMIN_PASSWORD": password}
    chosen = free_port(HOST, wanted_port)
    url = f"http://{HOST}:{chosen}"
    with staged("web", wants_json=wants_json, admin=admin) as stage:
        stage.hurries = EVERY
        for story in stage.stories:
            story.plant()
        demo_shelf.open_stores(stage)
        demo_shelf.count_the_shelf(stage)
        for story in stage.stories:
            demo_store.connect(stage, story)
            demo_store.pull_first(stage, story, with_fault=False)
            # Nothing is pushed before a person has seen what would be.
            stage.do("push", story.site, "--dry-run", quietly=True)
        stage.context.close()
        # What is started from here on works in the demo's home.
        os.environ.update(stage.environment, TILLBRIDGE_PUBLIC_URL=url)
        with queue_url(stage.context) as (_, server):
            ready = Ready(
                port=chosen,
                say=lambda: _say_ready(stage, url, password, wants_json=wants_json),
                look=None if server is None else ServerLook(server).say,
            )
            parts = parts_of(HOST, chosen, WORKERS)
            parts[0].is_quiet = True
            Supervisor(parts, each_time=ready).run()
    return Answer(data={}, is_said=True)


@dataclass(slots=True, kw_only=True)
class Ready:
    """Says once that the admin answers; then only looks after the queue's server."""

    port: int
    say: Callable[[], None]
    look: Callable[[], str | None] | None
    _is_said: bool = field(default=False, init=False)

    def __call__(self) -> str | None:
        if not self._is_said and _answers(self.port):
            self._is_said = True
            self.say()
        return self.look() if self.look is not None else None


def _answers(port: int) -> bool:
    with suppress(OSError), closing(socket.create_connection((HOST, port), timeout=1)):
        return True
    return False


def _say_ready(stage: Stage, url: str, password: str, *, wants_json: bool) -> None:
    if wants_json:
        stores = [{"site": each.site, "url": each.store.url} for each in stage.stories]
        data = {"url": url, "email": ADMIN, "password": password}
        print_json({**data, "store": stores[0]["url"], "stores": stores})
        return
    print(
        f"\nready {url}\n"
        f"  sign in as {ADMIN} with {password}\n\n"
        f"Every store is pulled and pushed each {EVERY} seconds. Sell something, and look on:"
    )
    for story in stage.stories:
        print(f"  curl -X POST {story.store.url}/_sandbox/place_order -d '{story.sale_example}'")
    print("", end="", flush=True)
    complain("Ctrl-C stops it all.")
