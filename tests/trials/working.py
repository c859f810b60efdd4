"""A process of its own that works on a site: `python -m tests.trials.working ROLE URL SITE_ID SECONDS`.

It says "ready", waits for a line, works until the time is over, and says as JSON what it did.
Roles: `run` pulls and pushes the site as its worker does, `read` only reads orders over the site's
keyring, `die` is killed when the store has renewed the keys and they are to be stored.
It needs the encryption key in TILLBRIDGE_TEST_KEY.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from jobs.pull import pull_site
from jobs.push import push_site
from jobs.runtime import connect
from platforms import registry
from platforms.base import StoreAccess
from tests.stores import runtime_of
from webapp.backoffice.sites.keyring import SiteKeyring
from webapp.database import make_engine, reading, utc_now
from webapp.encryption import use_keys
from webapp.models.sites import Site

ROOT = Path(__file__).parent.parent.parent
PAGE = 50


class Worker:
    """The process, seen from the test: ready to begin when this is made."""

    def __init__(
        self, role: str, engine: Engine, site_id: int, keys: tuple[str, ...], *, seconds: float
    ) -> None:
        url = engine.url.render_as_string(hide_password=False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.trials.working", role, url, str(site_id), str(seconds)],
            cwd=ROOT,
            env={**os.environ, "TILLBRIDGE_TEST_KEY": keys[0]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() != "ready":
            _, error = self.process.communicate()
            raise AssertionError(error)

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def done(self) -> dict[str, int]:
        """What it did; AssertionError with its last words when it failed."""
        said, error = self.ended()
        assert self.process.returncode == 0, error
        found: dict[str, int] = json.loads(said)
        return found

    def ended(self) -> tuple[str, str]:
        """What it wrote to stdout and stderr; it is stopped in any case."""
        try:
            return self.process.communicate(timeout=60)
        finally:
            self.process.kill()


# --- within the process -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadlyRenewal:
    """The store has answered; the process ends before anything is stored."""

    keys: Mapping[str, str]

    def store(self, keys: Mapping[str, str]) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class DeadlyKeyring:
    """The site's own keyring up to the moment that the new keys are to be stored."""

    inside: SiteKeyring

    def read(self) -> Mapping[str, str]:
        return self.inside.read()

    @contextmanager
    def renewing(self) -> Iterator[DeadlyRenewal]:
        with self.inside.renewing() as renewal:
            yield DeadlyRenewal(renewal.keys)


@dataclass(slots=True)
class Work:
    engine: Engine
    site_id: int
    until: float
    did: Counter[str] = field(default_factory=Counter)

    def repeat(self, turn: Callable[[], None]) -> None:
        while time.monotonic() < self.until:
            turn()
            self.did["turns"] += 1

    def run(self) -> None:
        pull_site(runtime_of(self.engine), self.site_id)
        self.did["pulls"] += 1
        push_site(runtime_of(self.engine), self.site_id)

    def read(self) -> None:
        """Every order with its details, over a connection of its own."""
        with reading(self.engine) as session:
            site = session.get_one(Site, self.site_id)
        store = connect(runtime_of(self.engine), site)
        for page in store.changed_orders(since=site.orders_from):
            for start in range(0, len(page.orders), PAGE):
                self.did["orders"] += len(store.with_details(page.orders[start : start + PAGE]))
            if time.monotonic() >= self.until:
                return

    def die(self) -> None:
        with reading(self.engine) as session:
            site = session.get_one(Site, self.site_id)
        ring = SiteKeyring(engine=self.engine, site_id=self.site_id, now=utc_now)
        access = StoreAccess(
            url=site.url,
            credentials=site.credentials,
            allow_private=True,
            keyring=DeadlyKeyring(ring),  # type: ignore[arg-type]
        )
        registry.get(site.platform).connect(access).learn_facts()


def main(role: str, url: str, site_id: str, seconds: str) -> None:
    use_keys((os.environ["TILLBRIDGE_TEST_KEY"],))
    engine = make_engine(url)
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    work = Work(engine, int(site_id), time.monotonic() + float(seconds))
    turns = {"run": work.run, "read": work.read, "die": work.die}
    work.repeat(turns[role])
    print(json.dumps(work.did), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
