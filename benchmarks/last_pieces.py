"""`python -m benchmarks.last_pieces`, which bin/last-pieces calls: two stores sell the last pieces.

Four workers on PostgreSQL, and the last 50 pieces of one item sold twice over, in both stores at
once: a hundred times. After each run the orders, the stock and the oversells must be right; at the
end of all the books must be clean, both stores sold out, and no deadlock met. Exit status 1 when
anything is not so.
"""

import argparse
import sys
from collections.abc import Sequence

from benchmarks.databases import fresh_databases
from benchmarks.selling_out import Ending, Run, open_scene

RUNS = 100


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="last-pieces", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help=f"how often ({RUNS})")
    wanted = parser.parse_args(argv).runs
    with fresh_databases() as databases:
        url = databases.postgres_empty().replace("postgresql://", "postgresql+psycopg://", 1)
        with open_scene(url, wanted, databases.key) as scene:
            runs = []
            for number in range(1, wanted + 1):
                runs.append(scene.play())
                print(f"  {number} of {wanted}: {_said(runs[-1])}", file=sys.stderr, flush=True)
            ending = scene.end()
    _print(runs, ending)
    return 0 if ending.is_good and all(run.is_good for run in runs) else 1


def _said(run: Run) -> str:
    return f"{run.seconds:.1f} s" if run.is_good else str(run)


def _print(runs: Sequence[Run], ending: Ending) -> None:
    seconds = sorted(run.seconds for run in runs)
    rows = [
        ("runs", len(runs)),
        ("orders placed, of the last pieces", sum(run.sold for run in runs)),
        ("orders stored", ending.orders),
        ("pulls of both stores at once", ending.overlaps),
        ("not synced", sum(run.absent for run in runs)),
        ("doubled", sum(run.doubled for run in runs)),
        ("pieces off", sum(run.off for run in runs)),
        ("pieces oversold", sum(run.oversold for run in runs)),
        ("of them not recorded", sum(run.unrecorded for run in runs)),
        ("entries and orders off in the books", ending.wrong),
        ("pieces that the stores still offer", ending.offered),
        ("deadlocks", ending.deadlocks),
    ]
    width = max(len(name) for name, _ in rows)
    for name, count in rows:
        print(f"{name:<{width}}  {count:>8,}")
    print(f"\nA run took {seconds[len(seconds) // 2]:.1f} s, the longest {seconds[-1]:.1f} s.")
    bad = [number for number, run in enumerate(runs, 1) if not run.is_good]
    if ending.said:
        print(ending.said)
    if bad:
        print(f"Not good: {', '.join(map(str, bad))}.")
    print("Good." if not bad and ending.is_good else "NOT GOOD.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
