"""The short form of bin/last-pieces: four workers, two stores, the last 50 pieces sold twice."""

import pytest

from benchmarks.selling_out import LAST, open_scene

RUNS = 5


@pytest.mark.slow
def test_what_two_stores_sell_of_the_last_pieces_is_all_booked_and_each_oversell_recorded(
    empty_postgres_url: str, encryption_keys: tuple[str, ...]
) -> None:
    with open_scene(empty_postgres_url, RUNS, ",".join(encryption_keys)) as scene:
        runs = [scene.play() for _ in range(RUNS)]
        ending = scene.end()

    assert [(run.sold, run.oversold) for run in runs] == [(2 * LAST, LAST)] * RUNS
    assert [run for run in runs if not run.is_good] == []
    assert ending.orders == 2 * LAST * RUNS
    assert ending.overlaps > 0
    assert (ending.wrong, ending.offered, ending.deadlocks, ending.said) == (0, 0, 0, "")
