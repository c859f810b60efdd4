"""A thousand orders through a store that fails, and through processes that are killed."""

import contextlib
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from platforms.errors import PlatformError
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from platforms.sandbox.woocommerce.errors import RestError
from tests.pull.pulling import Puller
from tests.pull.shops import Shop, connected
from tests.stores import balances, shelf, states, verified
from webapp.backoffice.sites.leases import LeaseTaken
from webapp.database import make_engine, reading
from webapp.models.orders import ChannelOrder

FAULTS = (
    "429=0.04:0,500=0.06,503=0.03:0,drop=0.06,lost=0.03,truncate=0.05,notice=0.1,bom=0.1,shift=0.3"
)


def pulled_until_quiet(shop: Shop, *, at_most: int = 40) -> int:
    """Pull until a pull brings nothing new; how many ended in a fault of the store."""
    faults = 0
    for _ in range(at_most):
        try:
            report = shop.pull()
        except PlatformError:
            faults += 1
            continue
        if report.new + report.changed == 0:
            return faults
    raise AssertionError("it never became quiet")


def stands(engine: Engine) -> tuple[object, ...]:
    """Everything that must not depend on how the orders came: books, goods, states."""
    return balances(engine), shelf(engine), Counter(states(engine))


def is_whole(engine: Engine, sandbox: Sandbox) -> bool:
    """Every order of the store once, and the books verified."""
    with reading(engine) as session:
        numbers = session.scalars(select(ChannelOrder.remote_id)).all()
        entries, lines = session.execute(
            select(func.count(func.distinct(ChannelOrder.remote_id)), func.count(ChannelOrder.id))
        ).one()
    report = verified(engine)
    assert report.drifted == []
    assert entries == lines
    return report.is_clean and set(numbers) == {str(number) for number in sandbox.store.orders}


@pytest.fixture(scope="module")
def calm(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[object, ...]]:
    """How a thousand orders stand when nothing goes wrong."""
    path = tmp_path_factory.mktemp("calm") / "calm.sqlite3"
    engine = make_engine(f"sqlite:///{shutil.copy(sqlite_template, path)}")
    with open_sandbox(orders=1000) as sandbox:
        pulled_until_quiet(connected(engine, sandbox))
        yield stands(engine)
    engine.dispose()


def test_a_thousand_orders_under_faults_stand_as_without_them(
    engine: Engine, calm: tuple[object, ...]
) -> None:
    with open_sandbox(orders=1000, seed=1) as sandbox:
        shop = connected(engine, sandbox)
        sandbox.faults.set(FAULTS)

        pulled_until_quiet(shop)
        sandbox.faults.clear()
        shop.sweep()

        assert sum(sandbox.faults.met.values()) > 5
        assert is_whole(engine, sandbox)
        assert stands(engine) == calm


def edits(shop: Shop, dice: random.Random) -> None:
    """Some orders change while nobody pulls: statuses, quantities, refunds."""
    store = shop.store
    chosen = dice.sample(sorted(store.orders), 25)
    for number in chosen:
        order = store.orders[number]
        act = dice.choice(["status", "edit", "refund"])
        if act == "status":
            store.set_status(number, dice.choice(["completed", "cancelled", "processing"]))
        elif act == "edit" and order.lines and not order.refunds:
            store.edit_line(number, quantity=dice.randint(1, 5))
        elif act == "refund":
            with contextlib.suppress(RestError):
                store.refund(number, amount="1.00")


def test_a_process_killed_at_twenty_random_points_loses_and_doubles_nothing(
    sqlite_engine: Engine, sqlite_template: Path, encryption_keys: tuple[str, ...], tmp_path: Path
) -> None:
    """Orders change between the pulls; at the end all stands as in books that never were cut."""
    dice = random.Random(20)
    with open_sandbox(orders=1000, seed=3) as sandbox:
        shop = connected(sqlite_engine, sandbox)
        sandbox.faults.set("slow=0.3:0.05")
        puller = Puller(sqlite_engine, shop.site_id, encryption_keys, forks=True)
        ends = Counter[str]()
        for turn in range(20):
            puller.go()
            pid = int(puller.said())
            time.sleep(dice.uniform(0.0, 0.3))
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            ends[puller.said()] += 1
            if turn % 5 == 4:
                assert verified(sqlite_engine).is_clean
            edits(shop, dice)
        puller.kill()
        sandbox.faults.clear()

        pulled_until_quiet(shop)
        shop.sweep()

        assert ends["-9"] >= 15
        assert ends["-9"] + ends["0"] == 20
        assert is_whole(sqlite_engine, sandbox)
        uncut = make_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'uncut.sqlite3')}")
        again = connected(uncut, sandbox)
        pulled_until_quiet(again)
        again.sweep()
        assert (balances(sqlite_engine), shelf(sqlite_engine)) == (balances(uncut), shelf(uncut))
        uncut.dispose()


def test_a_killed_process_leaves_a_lease_that_the_next_one_takes_over(
    engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    with open_sandbox(orders=300) as sandbox:
        shop = connected(engine, sandbox)
        sandbox.faults.set("slow=1:0.3")
        puller = Puller(engine, shop.site_id, encryption_keys)
        puller.go()
        deadline = time.monotonic() + 10
        while shop.site().lease_holder is None and time.monotonic() < deadline:
            time.sleep(0.02)
        with pytest.raises(LeaseTaken):
            shop.pull()
        puller.kill()
        sandbox.faults.clear()

        pulled_until_quiet(shop)

        assert is_whole(engine, sandbox)
