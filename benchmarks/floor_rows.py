"""The floor's tables and what their rows are made with: what nobody could do without.

An order with its payload, a retail order, its lines, moves, entries, journal lines and an event;
10 indexes. No rules, no comparison with what is there, no buyer apart.
"""

from decimal import Decimal
from typing import Any

SCALE = 10_000
# The ledgers of: customer payment, discount, revenue, delivery, tax, fees.
CLEARING, DISCOUNT, REVENUE, DELIVERY, TAX, FEES = range(1, 7)

COLUMNS = {
    "channel_orders": "id site_id remote_id number status currency total ordered_at modified_at"
    " state payload",
    "retail_orders": "id channel_order_id status paid_at",
    "retail_lines": "id channel_order_id position name sku product_id quantity net tax",
    "stock_moves": "id channel_order_id product_id quantity at",
    "entries": "id channel_order_id chapter seq posted_on memo",
    "lines": "id entry_id position ledger_id debit credit because",
    "events": "id channel_order_id at from_state to_state message",
}
NUMBERS = frozenset(
    [
        "id",
        "site_id",
        "total",
        "channel_order_id",
        "position",
        "product_id",
        "quantity",
        "net",
        "tax",
        "seq",
        "entry_id",
        "ledger_id",
        "debit",
        "credit",
    ]
)
INDEXES = (
    ("channel_orders", "site_id, remote_id"),
    ("channel_orders", "state, ordered_at, id"),
    ("retail_orders", "channel_order_id"),
    ("retail_lines", "channel_order_id"),
    ("stock_moves", "channel_order_id"),
    ("stock_moves", "product_id, id"),
    ("entries", "channel_order_id, chapter, seq"),
    ("entries", "posted_on, id"),
    ("lines", "ledger_id, entry_id"),
    ("events", "channel_order_id"),
)
Rows = dict[str, list[tuple[Any, ...]]]


def schema(*, binary: str) -> list[str]:
    """The statements that make the tables; `binary` is the database's word for bytes."""
    made = []
    for table, columns in COLUMNS.items():
        kinds = [
            f"{name} {'BIGINT' if name in NUMBERS else binary if name == 'payload' else 'TEXT'}"
            for name in columns.split()
        ]
        kinds[0] = "id INTEGER PRIMARY KEY"
        made.append(f"CREATE TABLE {table} ({', '.join(kinds)})")
    for at, (table, columns) in enumerate(INDEXES):
        made.append(f"CREATE INDEX ix_{at} ON {table} ({columns})")
    return made


def no_rows() -> Rows:
    return {table: [] for table in COLUMNS}


class Numbering:
    """Ids counted in the process, table by table."""

    def __init__(self) -> None:
        self.last = dict.fromkeys(COLUMNS, 0)

    def next(self, table: str) -> int:
        self.last[table] += 1
        return self.last[table]


def add_entry(
    order_id: int,
    number: str,
    paid_at: str,
    chapter: str,
    amounts: list[tuple[int, int, str]],
    ids: Numbering,
    rows: Rows,
) -> None:
    """One journal entry of signed amounts (debit +), each with its ledger and its source."""
    entry_id = ids.next("entries")
    memo = f"{chapter} of order {number}"
    rows["entries"].append((entry_id, order_id, chapter, 1, paid_at[:10], memo))
    for position, (ledger, amount, because) in enumerate(amounts, 1):
        debit, credit = max(amount, 0), max(-amount, 0)
        rows["lines"].append(
            (ids.next("lines"), entry_id, position, ledger, debit, credit, because)
        )


def scaled(amount: str | Decimal | int) -> int:
    """An amount as the integer that is stored."""
    return int(Decimal(amount) * SCALE)
