"""What a marketplace released, order by order, as settlement lines that are stored once.

Posting is processing's, as for the lines of files: an order with a waiting line is planned
again, and the line with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from platforms.base import RemotePayout
from platforms.money import ZERO, currency_digits, round_to
from webapp.backoffice.books.settlement import LineKind
from webapp.backoffice.books.settlement_lines import CHUNK, NUMBER
from webapp.backoffice.books.settling import NOT_TRIED
from webapp.backoffice.errors import Code
from webapp.database import reserve_ids
from webapp.models.base import table_of
from webapp.models.orders import ChannelOrder
from webapp.models.settlement import SettlementClue, SettlementLine
from webapp.models.sites import Site

FORMAT = "store"
MOST_MISMATCHED = 500  # asked for anew at once; more wait for a person anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayouts:
    """`new_orders`: the store's ids of the orders that were paid out just now, each once.

    `known`: how many lines were here before. `waiting`: ids of the lines, old and new, that are
    not posted.
    """

    new: int
    known: int
    new_orders: tuple[str, ...]
    waiting: tuple[int, ...]


def store_payouts(
    session: Session,
    site: Site,
    payouts: Sequence[RemotePayout],
    *,
    now: datetime,
    actor: str | None,
) -> StoredPayouts:
    """Store what was released and is not here yet.

    A payout is known by its order and its moment; a second amount of the same moment is a line
    of its own, for a person to look at. The day is the site's.
    """
    digits, zone = currency_digits(site.currency), ZoneInfo(site.timezone)
    amounts = [(each, round_to(each.amount, digits)) for each in payouts]
    known = _known(session, site.id, [_key(each, None) for each in payouts])
    known |= _known(session, site.id, [_key(each, amount) for each, amount in amounts])
    fresh: dict[str, tuple[RemotePayout, Decimal]] = {}
    met: list[int | None] = []
    for each, amount in amounts:
        key = _key(each, None)
        first = known[key].net if key in known else fresh[key][1] if key in fresh else amount
        if first != amount:
            key = _key(each, amount)
        if key in known:
            met.append(known[key].id if known[key].code is not None else None)
        elif key not in fresh:
            fresh[key] = (each, amount)
    ids = list(reserve_ids(session.connection(), table_of(SettlementLine), len(fresh)))
    if fresh:
        shared = {
            "site_id": site.id,
            "kind": LineKind.RELEASE.value,
            "currency": site.currency,
            "fee": ZERO,
            "format": FORMAT,
            "imported_at": now,
            "imported_by": actor,
            "code": Code.ORDER_UNKNOWN.value,
            "message": NOT_TRIED,
        }
        rows = [
            {"id": line_id, **shared, **_values(key, each, amount, zone)}
            for line_id, (key, (each, amount)) in zip(ids, fresh.items(), strict=True)
        ]
        session.execute(insert(SettlementLine), rows)
        session.execute(
            insert(SettlementClue),
            [
                {"line_id": row["id"], "position": 1, "kind": NUMBER, "value": row["order_number"]}
                for row in rows
            ],
        )
    return StoredPayouts(
        new=len(fresh),
        known=len(met),
        new_orders=tuple(dict.fromkeys(each.order_remote_id for each, _ in fresh.values())),
        waiting=(*(line_id for line_id in met if line_id is not None), *ids),
    )


def still_waiting(session: Session, line_ids: Sequence[int]) -> list[int]:
    """Those of these lines that are not posted yet."""
    waiting: list[int] = []
    for start in range(0, len(line_ids), CHUNK):
        query = select(SettlementLine.id).where(
            SettlementLine.id.in_(line_ids[start : start + CHUNK]), SettlementLine.code.is_not(None)
        )
        waiting.extend(session.scalars(query))
    return waiting


def mismatched_orders(session: Session, site_id: int) -> list[str]:
    """The store's ids of the orders whose payout is not what their escrow came to."""
    rows = session.scalars(
        select(ChannelOrder.remote_id)
        .join(SettlementLine, SettlementLine.channel_order_id == ChannelOrder.id)
        .where(
            SettlementLine.site_id == site_id,
            SettlementLine.code.is_not(None),
            SettlementLine.code == Code.PAYOUT_MISMATCH.value,
            SettlementLine.kind == LineKind.RELEASE.value,
        )
        .order_by(SettlementLine.settled_on, SettlementLine.id)
        .limit(MOST_MISMATCHED)
    )
    return list(dict.fromkeys(rows))


def _known(session: Session, site_id: int, keys: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in range(0, len(keys), CHUNK):
        rows = session.execute(
            select(
                SettlementLine.key, SettlementLine.id, SettlementLine.code, SettlementLine.net
            ).where(
                SettlementLine.site_id == site_id,
                SettlementLine.key.in_(keys[start : start + CHUNK]),
            )
        )
        found |= {row.key: row for row in rows}
    return found


def _key(payout: RemotePayout, amount: Decimal | None) -> str:
    moment = payout.released_at.astimezone(UTC).replace(tzinfo=None).isoformat()
    key = f"release:{payout.order_remote_id}:{moment}Z"
    return key if amount is None else f"{key}:{amount:f}"


def _values(key: str, payout: RemotePayout, amount: Decimal, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "key": key,
        "reference": key,
        "order_number": payout.order_remote_id,
        "transaction_id": "",
        "gross": amount,
        "net": amount,
        "settled_at": payout.released_at,
        "settled_on": payout.released_at.astimezone(zone).date(),
    }
