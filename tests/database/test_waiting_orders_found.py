"""Orders that wait are found by their index, however many orders there are.

On SQLite alone: PostgreSQL plans with the values that are asked for.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from jobs.rereading import waiting_for_escrow
from tests import factories as make
from webapp.backoffice.orders.processing import waiting_orders
from webapp.database import make_engine, reading

INDEX = "ix_channel_orders_waiting"

ASKED: dict[str, Callable[[Session], object]] = {
    "waiting_orders": lambda session: waiting_orders(session, 1, make.NOW, 100),
    "waiting_for_escrow": lambda session: waiting_for_escrow(session, 1, make.NOW),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_waits_is_looked_up_in_its_index(sqlite_url: str, name: str) -> None:
    engine = make_engine(sqlite_url)
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    with reading(engine) as session:
        event.listen(engine, "before_cursor_execute", note)
        ASKED[name](session)
        event.remove(engine, "before_cursor_execute", note)
        plans = [
            session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values).all()
            for asked, values in sent
        ]
    engine.dispose()

    assert [INDEX in str(plan) for plan in plans] == [True]
