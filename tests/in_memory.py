"""An order's life without a database: planned, its effects kept in values, planned again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from platforms.base import RemoteOrder
from webapp.backoffice.books.channel_ledgers import Wiring
from webapp.backoffice.books.effects import Posted, PostedPart
from webapp.backoffice.goods.meanings import Catalogue, KeptLine, KnownListing, Meaning, line_key
from webapp.backoffice.orders.entries import Books, PlannedEntry
from webapp.backoffice.orders.planning import Plan, plan_order
from webapp.backoffice.orders.standing import UNKNOWN_ORDER, Standing
from webapp.backoffice.sites.settings import PostingSettings, SiteRules, read_automation

READ_AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
IMPORTED = ("processing", "on-hold", "completed", "refunded")
LEDGERS = {
    ("customer_payment", ""): 1150,
    ("sales_revenue", ""): 4000,
    ("delivery", ""): 4200,
    ("discount", ""): 4900,
    ("tax", ""): 2200,
    ("platform_fees", ""): 6100,
}
WIRED = Books(Wiring(LEDGERS), None)


def site_rules(*, zone: str = "Asia/Kuala_Lumpur", **given: Any) -> SiteRules:
    """A shop in ringgit that takes in every status of a sale. `automation` adds settings."""
    automation = {"import_statuses": list(IMPORTED), **given.pop("automation", {})}
    values: dict[str, Any] = {
        "site_id": 1,
        "currency": "MYR",
        "zone": ZoneInfo(zone),
        "orders_from": datetime(2026, 1, 1, tzinfo=UTC),
        "stock_from": None,
        "attempt_limit": 8,
        "automation": read_automation(automation),
        "posting": PostingSettings(),
        "digits": 2,
        "statuses_let_in": frozenset(automation["import_statuses"]),
        **given,
    }
    return SiteRules(**values)


def books(closed_through: date | None = None, **ledgers: int) -> Books:
    """The usual wiring with changes: a role by its name, of one payment method `role__method`."""
    places = {
        (role, method): ledger
        for name, ledger in ledgers.items()
        for role, _, method in [name.partition("__")]
    }
    return Books(Wiring({**LEDGERS, **places}), closed_through)


def catalogue_of(
    order: RemoteOrder,
    standing: Standing = UNKNOWN_ORDER,
    *,
    mapped: Mapping[str, Mapping[int, int] | None] | None = None,
) -> Catalogue:
    """Every listing of the order, mapped to one piece of the stock item of its own number.

    `mapped` says otherwise by key: {stock item: pieces}, {} is ignored, None is unmapped.
    """
    by_key, meanings = {}, {}
    keys = [line_key(line) for line in order.lines]
    numbers = {key: _number(key) for key in [*keys, *(mapped or {})]}
    for key, number in numbers.items():
        components = (mapped or {}).get(key, {number: 1})
        mapping_id = None if components is None else 1000 + number
        by_key[key] = KnownListing(number, f"Product {key}", mapping_id)
        if components is not None:
            meanings[1000 + number] = Meaning(
                1000 + number, not components, tuple(components.items())
            )
    by_id = {each.listing_id: each for each in by_key.values()}
    for kept in standing.kept.values():
        by_id.setdefault(kept.listing_id, KnownListing(kept.listing_id, "Gone", None))
    return Catalogue(by_key, by_id, meanings)


def _number(key: str) -> int:
    digits = "".join(letter for letter in key if letter.isdigit())
    return int(digits) if digits else sum(map(ord, key))


def plan(order: RemoteOrder, standing: Standing = UNKNOWN_ORDER, **given: Any) -> Plan:
    """One planning, under the usual rules save those given."""
    rules = given.pop("rules", None) or site_rules()
    mapped = given.pop("mapped", None)
    values: dict[str, Any] = {
        "rules": rules,
        "posting": rules.posting,
        "books": WIRED,
        "catalogue": catalogue_of(order, standing, mapped=mapped),
        "hold_reason": None,
        "read_at": READ_AT,
        **given,
    }
    return plan_order(order, standing=standing, **values)


def applied(standing: Standing, order: RemoteOrder, plan: Plan) -> Standing:
    """What an order is here after a plan was written."""
    is_retail = plan.retail_status is not None
    kept = {
        each.line.remote_line_id: KeptLine(
            each.listing.listing_id, each.meaning.mapping_id if each.meaning else None
        )
        for each in plan.lines
    }
    moved = dict(standing.moved)
    for item, pieces in plan.moves.items():
        total, seq = moved.get(item, (0, 0))
        moved[item] = (total + pieces, seq + 1)
    return replace(
        standing,
        has_retail=standing.has_retail or is_retail,
        hold_reason=plan.hold_reason if is_retail else standing.hold_reason,
        applied_modified_at=order.modified_at if plan.is_applied else standing.applied_modified_at,
        posted=posted_after(standing.posted, plan.entries),
        moved=moved,
        reserved=dict(plan.reserved),
        kept=kept if is_retail else standing.kept,
    )


def posted_after(posted: Posted, entries: Iterable[PlannedEntry]) -> Posted:
    parts = dict(posted.parts)
    ledgers = dict(posted.ledgers)
    for entry in entries:
        key = (str(entry.difference.chapter), entry.difference.part)
        before = parts.get(key, PostedPart(0, {}))
        assert entry.difference.seq == before.last_seq + 1
        amounts = dict(before.amounts)
        for line, ledger in zip(entry.difference.lines, entry.ledgers, strict=True):
            place = (str(line.role), line.tax_rate)
            amounts[place] = amounts.get(place, Decimal(0)) + line.signed
            ledgers.setdefault(str(line.role), ledger)
        parts[key] = PostedPart(entry.difference.seq, amounts)
    return Posted(parts, ledgers)


@dataclass(slots=True)
class Desk:
    """One order's versions as they arrive; an overtaken one changes nothing, as at intake."""

    rules: SiteRules = field(default_factory=site_rules)
    books: Books = WIRED
    standing: Standing = UNKNOWN_ORDER
    newest: RemoteOrder | None = None
    last: Plan | None = None
    entries: list[PlannedEntry] = field(default_factory=list)

    def arrives(self, order: RemoteOrder, **given: Any) -> Plan | None:
        if self.newest is not None and order.modified_at < self.newest.modified_at:
            return None
        self.newest = order
        return self.planned_again(**given)

    def planned_again(self, **given: Any) -> Plan:
        assert self.newest is not None
        values = {"rules": self.rules, "books": self.books, **given}
        made = plan(self.newest, self.standing, **values)
        self.standing = applied(self.standing, self.newest, made)
        self.entries += made.entries
        self.last = made
        return made

    def balances(self) -> dict[tuple[str, str, str], Decimal]:
        """What each part has come to, by chapter, part and role; zeros left out."""
        sums: dict[tuple[str, str, str], Decimal] = {}
        for (chapter, part), posted in self.standing.posted.parts.items():
            for (role, _), amount in posted.amounts.items():
                key = (chapter, part, role)
                sums[key] = sums.get(key, Decimal(0)) + amount
        return {key: amount for key, amount in sums.items() if amount}

    def moved(self) -> dict[int, int]:
        return {item: total for item, (total, _) in self.standing.moved.items() if total}

    def stands(self) -> tuple[Any, Any, Any]:
        """Books, moves and reservations: what must not depend on the way here."""
        return self.balances(), self.moved(), dict(self.standing.reserved)


def signed(entry: PlannedEntry) -> dict[str, Decimal]:
    """An entry's amounts by role, debit plus."""
    sums: dict[str, Decimal] = {}
    for line in entry.difference.lines:
        sums[str(line.role)] = sums.get(str(line.role), Decimal(0)) + line.signed
    return sums
