"""A shop's floor: a home, a real Valkey, real worker processes, and stores in threads of ours."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import Engine, select

from jobs import broker
from jobs.bundled import Bundled
from jobs.work import Lane
from platforms.sandbox.woocommerce import Sandbox
from tests.stores import connect_shop
from webapp.backoffice.sites.pulse import LastBeat, last_beat, workers_alive
from webapp.database import reading, utc_now, writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SyncRun

CHECKOUT = Path(__file__).parent.parent.parent


@dataclass(slots=True)
class Floor:
    """One installation. `errors` collects what its processes said on stderr."""

    home: Path
    engine: Engine
    server: Bundled
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def redis(self) -> Redis:
        return broker.for_people(self.server.url)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A command in the background, its stderr in a file of the home."""
        log = (self.home / f"{words[0]}-{len(self.processes)}.err").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "webapp.cli", *words],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.processes.append(process)
        return process

    def said(self) -> str:
        return "".join(path.read_text() for path in sorted(self.home.glob("*.err")))

    def connect(self, sandbox: Sandbox, name: str, **given: Any) -> int:
        """A store as a site whose nightly work is done, and whose cadences are `given`."""
        now = utc_now()
        values = {
            "created_at": now,
            "last_sweep_at": now,
            "last_catalogue_at": now,
            "pull_every": None,
            "push_every": None,
            **given,
        }
        return connect_shop(self.engine, sandbox, name=name, **values)

    def set(self, site_id: int, **values: Any) -> None:
        with writing(self.engine) as session:
            site = session.get_one(Site, site_id)
            for name, value in values.items():
                setattr(site, name, value)

    def site(self, site_id: int) -> Site:
        with reading(self.engine) as session:
            return session.get_one(Site, site_id)

    def orders(self, site_id: int) -> int:
        with reading(self.engine) as session:
            rows = session.scalars(select(ChannelOrder.id).where(ChannelOrder.site_id == site_id))
            return len(rows.all())

    def runs(self, site_id: int, kind: str = "pull") -> list[tuple[datetime, datetime | None]]:
        with reading(self.engine) as session:
            rows = session.execute(
                select(SyncRun.started_at, SyncRun.finished_at)
                .where(SyncRun.site_id == site_id, SyncRun.kind == kind)
                .order_by(SyncRun.id)
            )
            return [(row.started_at, row.finished_at) for row in rows]

    def workers(self) -> int:
        with reading(self.engine) as session:
            return workers_alive(session, utc_now())

    def beat(self) -> LastBeat | None:
        with reading(self.engine) as session:
            return last_beat(session)

    def waiting(self) -> list[str]:
        return [job for each in Lane for job in broker.lane(self.redis, each).get_job_ids()]

    def close(self) -> None:
        for process in self.processes:
            _kill_family(process)
        self.server.stop()


def until(is_so: Callable[[], bool], *, within: float = 20, what: str = "it") -> float:
    """Wait until something is so; the seconds that it took. AssertionError: it never was."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < within, f"waited {within} s for {what}"
        time.sleep(0.05)
    return time.monotonic() - begun


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    family = [process.pid]
    for pid in family:
        family.extend(children(pid))
    for pid in family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


@contextmanager
def slowly(sandbox: Sandbox, seconds: float) -> Iterator[None]:
    """Each of the store's answers is late."""
    sandbox.faults.set(f"slow=1:{seconds}")
    try:
        yield
    finally:
        sandbox.faults.clear()
