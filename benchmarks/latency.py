"""From a sale in one store to the quantity in the other, with everything running as in a shop.

`run` is at work over a shop of its own and one on a marketplace. Each sale is of a stock item of
its own, and has arrived when the other store, on its own shelves, shows a piece less.
"""

import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from benchmarks.at_work import at_work
from benchmarks.report import Result
from benchmarks.two_platforms import (
    Storefront,
    environment_of,
    set_up,
    sku_of,
    two_storefronts,
)
from jobs.bundled import Bundled
from webapp.backoffice.sites.subscriptions import request_subscription, standings
from webapp.cli.context import Context
from webapp.database import reading, utc_now, writing
from webapp.models.sites import Site, SyncRun

SALES = 200
# Not in step with the heartbeat, so that sales find it at every moment.
APART = 0.47
CADENCE = 10
GOAL_TOLD = 5
GOAL_UNTOLD = CADENCE + 10
LOOKS_EVERY = 0.02
READY_WITHIN = 60
# Seconds after the last sale in which all must have arrived.
ARRIVES_WITHIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How sales become known. `every`: the cadence of pulls and pushes; None: as it comes.

    `in_a_row`: so many sales at one store, then as many at the other. A push pulls first, so that
    sales in one store bring the pulls of the other nearer; in a row they find the cadence as it is.
    """

    name: str
    has_notices: bool
    every: int | None
    in_a_row: int
    goal: float


TOLD = Way(name="with webhooks", has_notices=True, every=None, in_a_row=1, goal=GOAL_TOLD)
UNTOLD = Way(
    name=f"without, every {CADENCE} s",
    has_notices=False,
    every=CADENCE,
    in_a_row=round(CADENCE / APART),
    goal=GOAL_UNTOLD,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`seconds` from the order at one store to the quantity at the other, `into`."""

    into: str
    seconds: float


def measure(
    say: Callable[[str], None], key: str, sales: int = SALES
) -> tuple[list[Result], list[str]]:
    """p95 of each way. AssertionError: a sale never arrived."""
    results, notes = [], []
    for way in (TOLD, UNTOLD):
        say(f"From sale to the other store's stock: {way.name}, {sales} sales")
        arrivals = arrivals_of(way, sales, key)
        results.append(_result(way, arrivals))
        notes.append(_note(way, arrivals))
    return results, notes


def arrivals_of(way: Way, sales: int, key: str) -> list[Arrival]:
    """Play it: a sale every `APART` seconds. `key` seals what is secret.

    AssertionError: one never arrived.
    """
    with two_storefronts(sales) as storefronts, _installation(storefronts, way, key) as engine:
        _wait(lambda: _is_ready(engine, way), READY_WITHIN, "the first pushes and the webhooks")
        return _sell(storefronts, way, sales)


@contextmanager
def _installation(storefronts: Sequence[Storefront], way: Way, key: str) -> Iterator[Engine]:
    home = Path(tempfile.mkdtemp(prefix="tillbridge-late-"))
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**environment_of(home, key), "TILLBRIDGE_PUBLIC_URL": address}
    context, log = Context(environment=environment), home / "run.log"
    try:
        set_up(context, storefronts, every=way.every)
        with at_work(environment, log, "run", "--port", str(port)):
            if way.has_notices:
                _wait(lambda: _answers(port), READY_WITHIN, "the web server")
                _ask_for_notices(context.engine)
            yield context.engine
    except AssertionError as fault:
        fault.add_note(log.read_text(encoding="utf-8"))
        raise
    finally:
        context.close()
        Bundled(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        found: int = listening.getsockname()[1]
        return found


def _answers(port: int) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
        return True
    return False


def _ask_for_notices(engine: Engine) -> None:
    """As the button of a site's page does. A store may try the address at once."""
    with writing(engine) as session:
        for site_id in session.scalars(select(Site.id)).all():
            request_subscription(session, site_id, utc_now())


def _is_ready(engine: Engine, way: Way) -> bool:
    """Whether both stores have had their first pull and push, and send notices if they are to."""
    with reading(engine) as session:
        sites = set(session.scalars(select(Site.id)))
        pushed = select(SyncRun.site_id).where(
            SyncRun.kind == "push", SyncRun.finished_at.is_not(None)
        )
        if set(session.scalars(pushed)) != sites:
            return False
        told = [each for each in standings(session) if each.is_well]
        return not way.has_notices or len(told) == len(sites)


def _sell(storefronts: Sequence[Storefront], way: Way, sales: int) -> list[Arrival]:
    here = {sku_of(number): _seller(number, way) for number in range(1, sales + 1)}
    before = {sku: storefronts[1 - at].shown(sku) for sku, at in here.items()}
    sold_at: dict[str, float] = {}
    found: list[Arrival] = []
    waiting = iter(here)
    began = time.monotonic()
    while len(found) < sales:
        sold = len(sold_at) + len(found)
        if sold < sales and time.monotonic() >= began + sold * APART:
            sku = next(waiting)
            storefronts[here[sku]].sell(sku)
            sold_at[sku] = time.monotonic()
        for sku in _arrived(storefronts, here, before, sold_at):
            into = storefronts[1 - here[sku]].site
            found.append(Arrival(into=into, seconds=time.monotonic() - sold_at.pop(sku)))
        late = [sku for sku, at in sold_at.items() if time.monotonic() - at > ARRIVES_WITHIN]
        if late:
            raise AssertionError(f"the sales of {', '.join(late)} did not arrive")
        time.sleep(LOOKS_EVERY)
    return found


def _seller(number: int, way: Way) -> int:
    """Which of the stores makes the `number`th sale."""
    return (number - 1) // way.in_a_row % 2


def _arrived(
    storefronts: Sequence[Storefront],
    here: Mapping[str, int],
    before: Mapping[str, int],
    sold_at: Mapping[str, float],
) -> list[str]:
    return [sku for sku in sold_at if storefronts[1 - here[sku]].shown(sku) == before[sku] - 1]


def _wait(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.1)


def _result(way: Way, arrivals: Sequence[Arrival]) -> Result:
    seconds = [each.seconds for each in arrivals]
    return Result(
        what=f"Sale to the other store's stock, {way.name}: p95 of {len(arrivals)} sales",
        beside=f"p50 {_quantile(seconds, 0.5):.2f} s",
        product=f"longest {max(seconds):.2f} s",
        measured=_quantile(seconds, 0.95),
        goal=way.goal,
        more_is_better=False,
        unit="s",
    )


def _note(way: Way, arrivals: Sequence[Arrival]) -> str:
    parts = []
    for into in sorted({each.into for each in arrivals}):
        seconds = [each.seconds for each in arrivals if each.into == into]
        parts.append(
            f"into the {into} p50 {_quantile(seconds, 0.5):.2f} s, "
            f"p95 {_quantile(seconds, 0.95):.2f} s"
        )
    turns = "alternately" if way.in_a_row == 1 else f"{way.in_a_row} in a row at each"
    return f"Sale to stock, {way.name}: a sale every {APART} s, {turns}; {'; '.join(parts)}."


def _quantile(values: Sequence[float], at: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * at))]
