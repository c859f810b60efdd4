"""The server in the home: one of it, whatever happens, and gone with the last who use it."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jobs import broker
from jobs.bundled import LONGEST_PATH, Bundled, socket_path, using


def _pid(server: Bundled) -> int:

    found: int = broker.for_people(server.url).info("server")["process_id"]
    return found


def test_who_start_it_at_once_share_one(home: Path) -> None:
    servers = [Bundled(home) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(lambda each: each.ensure(), servers))

    assert sum(started) == 1
    assert len({_pid(each) for each in servers}) == 1
    servers[0].stop()


def test_one_that_hangs_gets_no_second_beside_it(server: Bundled) -> None:
    pid = _pid(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        was_started = server.ensure(patience=0)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert not was_started
    assert _pid(server) == pid


def test_it_ends_with_the_last_of_those_who_use_it(home: Path) -> None:
    with using(home) as first:
        with using(home):
            pass
        assert first.answers()

    assert not first.answers()


def test_two_homes_have_two_servers(home: Path, tmp_path: Path) -> None:
    with using(home) as one, using(tmp_path / "other") as two:
        assert _pid(one) != _pid(two)


def test_a_path_too_long_for_a_socket_finds_a_short_one(tmp_path: Path) -> None:
    home = tmp_path / ("deep" * 30)

    assert len(os.fsencode(socket_path(home))) <= LONGEST_PATH
    with using(home) as server:
        assert server.answers()
