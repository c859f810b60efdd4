"""`run` keeps its processes alive, and ends all of them within ten seconds."""

import os
import signal

from platforms.sandbox.woocommerce import open_sandbox
from tests.queue.floor import Floor, children, slowly, until
from webapp.backoffice.sites.leases import is_held
from webapp.database import utc_now


def test_sigterm_ends_all_in_ten_seconds_and_gives_back_what_is_in_hand(floor: Floor) -> None:
    with open_sandbox(orders=120) as sandbox:
        site = floor.connect(sandbox, "main", pull_every=10, next_pull_at=utc_now())
        with slowly(sandbox, 1):
            run = floor.start("run", "--port", "0")
            until(lambda: bool(floor.runs(site)), what="a pull to begin")
            family = [run.pid, *children(run.pid)]
            family += [each for pid in family[1:] for each in children(pid)]

            run.send_signal(signal.SIGTERM)
            seconds = until(lambda: run.poll() is not None, within=12, what="the end")

    assert seconds < 10
    assert run.returncode == 0
    assert [pid for pid in family[1:] if os.path.exists(f"/proc/{pid}/exe")] == []
    after = floor.site(site)
    assert not is_held(after.lease_until, after.lease_holder, utc_now())
    assert after.next_pull_at is not None
    assert after.next_pull_at <= utc_now()


def test_what_dies_is_started_again_and_a_killed_supervisor_leaves_nobody(floor: Floor) -> None:
    run = floor.start("run", "--port", "0", "--workers", "1")
    until(lambda: floor.workers() == 1, what="the worker")
    (worker,) = [pid for pid in children(run.pid) if "worker" in _words(pid)]

    os.kill(worker, signal.SIGKILL)

    until(lambda: "worker 1 was killed by signal 9; it is started again" in floor.said())
    until(lambda: floor.workers() == 2, what="another worker")

    family = [pid for pid in children(run.pid) if "webapp.cli" in _words(pid)]
    run.kill()
    run.wait()

    assert len(family) == 3
    until(
        lambda: not any(os.path.exists(f"/proc/{pid}/exe") for pid in family),
        within=12,
        what="the end of its processes",
    )


def _words(pid: int) -> list[str]:
    with open(f"/proc/{pid}/cmdline", encoding="utf-8") as words:
        return words.read().split("\0")
