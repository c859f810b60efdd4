"""The closed list of error codes, and the sentence and way out of each.

An error carries facts; the sentences are made here, so that the screens, the command line and
the documentation (docs/reference/errors) say the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from platforms.money import plain


class Code(StrEnum):
    """Why an order or a listing is not done. Each has a page in docs/reference/errors."""

    NOT_WANTED = "not_wanted"
    CHILD_ORDER = "child_order"
    CURRENCY_MISMATCH = "currency_mismatch"
    ORDER_DELETED = "order_deleted"
    UNMAPPED_LISTING = "unmapped_listing"
    LEDGER_NOT_WIRED = "ledger_not_wired"
    TOTALS_MISMATCH = "totals_mismatch"
    PERIOD_CLOSED = "period_closed"
    ESCROW_NOT_READY = "escrow_not_ready"
    STORE_UNREACHABLE = "store_unreachable"
    STORE_RATE_LIMITED = "store_rate_limited"
    STORE_REFUSED_CREDENTIALS = "store_refused_credentials"
    STORE_BAD_RESPONSE = "store_bad_response"
    STORE_ADDRESS_REFUSED = "store_address_refused"
    STORE_REFUSED = "store_refused"
    STOCK_NOT_MANAGED = "stock_not_managed"
    NOT_COUNTED = "not_counted"
    NOT_CONFIRMED = "not_confirmed"
    DATABASE_BUSY = "database_busy"
    INTERNAL_ERROR = "internal_error"
    # Why a settlement line waits in the worklist; never an order's state.
    ORDER_UNKNOWN = "order_unknown"
    BAD_LINE = "bad_line"
    NOT_AN_ORDER_LINE = "not_an_order_line"
    PAYOUT_MISMATCH = "payout_mismatch"


# Holding back entries and moves only: the order can still be packed, shipped, told.
MONEY_CODES = frozenset(
    {
        Code.CURRENCY_MISMATCH,
        Code.LEDGER_NOT_WIRED,
        Code.TOTALS_MISMATCH,
        Code.PERIOD_CLOSED,
        Code.ESCROW_NOT_READY,
    }
)

NEXT_STEPS: Mapping[Code, str] = {
    Code.NOT_WANTED: "Nothing to do. To let it in, change the site's Automation or pull it by its number.",
    Code.CHILD_ORDER: "Say in the site's posting settings whether child orders are posted or skipped.",
    Code.CURRENCY_MISMATCH: "Connect a site for that currency, or keep this order's books elsewhere.",
    Code.ORDER_DELETED: "Decide on the order: reverse it as cancelled, or keep it as it stands.",
    Code.UNMAPPED_LISTING: "Map the listing, or ignore it; the order then goes through by itself.",
    Code.LEDGER_NOT_WIRED: "Wire the ledger in the site's channel ledgers; the order then goes through by itself.",
    Code.TOTALS_MISMATCH: "Compare the order with the store: a gift card or wallet plugin is the usual cause. A new fee of a marketplace is named; give it its role under escrow_fields in the posting settings.",
    Code.PERIOD_CLOSED: "Reopen the month, or let late changes post on the first open day.",
    Code.ESCROW_NOT_READY: "Wait for the next try: the order can be packed and shipped meanwhile.",
    Code.STORE_UNREACHABLE: "Wait for the next try, or look whether the store is up.",
    Code.STORE_RATE_LIMITED: "Wait: the next try is when the store allows it.",
    Code.STORE_REFUSED_CREDENTIALS: "Test the connection on the site's Integration tab; it says where to click in the store.",
    Code.STORE_BAD_RESPONSE: "Look at the order in the store; press Retry when it is mended there.",
    Code.STORE_ADDRESS_REFUSED: "Give the store's public address, or set TILLBRIDGE_ALLOW_PRIVATE_STORES=1 for a store inside your network.",
    Code.STORE_REFUSED: "Read the store's words, mend it in the store, then push again.",
    Code.STOCK_NOT_MANAGED: "Switch on stock management for the product in the store.",
    Code.NOT_COUNTED: "Count the stock item: an unknown quantity is not pushed as 0.",
    Code.NOT_CONFIRMED: "Pull the catalogue and push again; if it stays, look at the product in the store.",
    Code.DATABASE_BUSY: "Nothing to do: it is tried again by itself.",
    Code.INTERNAL_ERROR: "Press Retry. If it fails again, report it with the technical detail.",
    Code.ORDER_UNKNOWN: "Pull the order; the line is tried again by itself when it is here.",
    Code.BAD_LINE: "Compare the line with the provider's own statement; the file may have been edited.",
    Code.NOT_AN_ORDER_LINE: "Book it where it belongs: a dispute, a monthly fee, a reserve.",
    Code.PAYOUT_MISMATCH: "Compare the line with the order: it may have been edited, charged or paid out twice.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an order cannot go on: a code of the list and the facts that its sentence needs."""

    code: Code
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code](self.facts)

    @property
    def next_step(self) -> str:
        return NEXT_STEPS[self.code]


class NeedsPerson(Exception):
    """An order cannot post as it is: a person must mend something, or the store has to go on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def _names(values: object) -> str:
    assert isinstance(values, Sequence)
    shown = [f"“{value}”" for value in values[:3]]
    more = len(values) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _not_wanted(facts: Mapping[str, object]) -> str:
    if "elsewhere" in facts:
        return "The order's books are kept elsewhere."
    if "orders_from" in facts:
        return f"Placed before {facts['orders_from']}, from when this site's orders come in."
    if "parent" in facts:
        return f"It is a child of order {facts['parent']}, and the site skips child orders."
    return f"The site does not take in orders with the status “{facts['status']}”."


def _money(facts: Mapping[str, object], amount: object) -> str:
    digits = facts["digits"]
    assert isinstance(digits, int)
    assert isinstance(amount, Decimal)
    return f"{facts['currency']} {plain(amount, digits)}"


def _totals(facts: Mapping[str, object]) -> str:
    if "escrow" in facts:
        return _escrow_totals(facts)

    def money(key: str) -> str:
        return _money(facts, facts[key])

    return (
        f"{facts['what']} does not add up: the lines come to {money('lines')}, the store says "
        f"{money('stated')}; {money('tolerance')} would be allowed."
    )


def _escrow_totals(facts: Mapping[str, object]) -> str:
    known, stated = facts["lines"], facts["stated"]
    assert isinstance(known, Decimal)
    assert isinstance(stated, Decimal)
    lines, said = _money(facts, known), _money(facts, stated)
    apart = f"{_money(facts, abs(stated - known))} {'more' if stated > known else 'less'}"
    if facts["escrow"] == "adjustments":
        return f"The adjustments come to {lines}, their total in the store is {said}: {apart}."
    if facts["escrow"] == "adjusted":
        return (
            f"The escrow and its adjustments come to {lines}, the amount after adjustments in "
            f"the store is {said}: {apart}."
        )
    unknown = facts["unknown"]
    assert isinstance(unknown, Sequence)
    named = ", ".join(f"{name} {format(amount, 'f')}" for name, amount in unknown)
    return (
        f"The escrow does not add up: the amounts that are known here come to {lines}, "
        f"{facts['field']} is {said}: {apart}; {_money(facts, facts['tolerance'])} would be "
        f"allowed. " + (f"Not known here: {named}." if named else "No amount is unknown here.")
    )


def _no_match(facts: Mapping[str, object]) -> str:
    gross, expected = facts["gross"], facts["expected"]
    if "by_escrow" in facts:
        return "The marketplace's own payouts settle this order, not the line of a file."
    if facts["kind"] == "release":
        if facts["is_taken"]:
            return f"Paid out {gross}, and another payout has settled this order already."
        return f"Paid out {gross}, and the order's escrow came to {expected} by then."
    if facts["kind"] == "charge":
        if facts["is_taken"]:
            return f"Charged {gross}, and another line has settled this order's charge already."
        return f"Charged {gross}, and the order comes to {expected}."
    if expected:
        return f"Given back {gross}, and what the order still waits for is {expected}."
    return f"Given back {gross}, and the order waits for no refund to be settled."


def _wiring(facts: Mapping[str, object]) -> str:
    roles = _names(facts["roles"])
    return f"No ledger is wired for {roles}, so nothing can be posted."


SENTENCES: Mapping[Code, Callable[[Mapping[str, object]], str]] = {
    Code.NOT_WANTED: _not_wanted,
    Code.CHILD_ORDER: lambda facts: (
        f"It is a child of order {facts['parent']}: posting both may count the sale twice."
    ),
    Code.CURRENCY_MISMATCH: lambda facts: (
        f"The {facts.get('what', 'order')} is in {facts['currency']}, "
        f"the site's books are in {facts['site_currency']}."
    ),
    Code.ORDER_DELETED: lambda facts: (
        "The store no longer has this order; what it posted stands until a person decides."
    ),
    Code.UNMAPPED_LISTING: lambda facts: (
        f"Not mapped to a stock item: {_names(facts['listings'])}."
    ),
    Code.LEDGER_NOT_WIRED: _wiring,
    Code.TOTALS_MISMATCH: _totals,
    Code.PERIOD_CLOSED: lambda facts: (
        f"It belongs to {facts['date']}, and the books are closed through {facts['closed']}."
    ),
    Code.ESCROW_NOT_READY: lambda facts: (
        "The store does not tell yet what the order brings, so nothing can be posted."
    ),
    Code.STORE_UNREACHABLE: lambda facts: f"The store could not be reached. {facts['said']}",
    Code.STORE_RATE_LIMITED: lambda facts: f"The store asked us to slow down. {facts['said']}",
    Code.STORE_REFUSED_CREDENTIALS: lambda facts: f"The store refused our key. {facts['said']}",
    Code.STORE_BAD_RESPONSE: lambda facts: f"The store's answer makes no sense: {facts['said']}",
    Code.STORE_ADDRESS_REFUSED: lambda facts: (
        f"The store's address leads into a private network. {facts['said']}"
    ),
    Code.STORE_REFUSED: lambda facts: f"The store refused: {facts['said']}",
    Code.STOCK_NOT_MANAGED: lambda facts: (
        "The store does not manage this listing's stock, so it ignored the quantity."
    ),
    Code.NOT_COUNTED: lambda facts: (
        f"Never counted or received: {_names(facts['items'])}. Unknown is not zero."
    ),
    Code.NOT_CONFIRMED: lambda facts: "The store's answer does not show the quantity we sent.",
    Code.DATABASE_BUSY: lambda facts: "The database was busy with another change.",
    Code.INTERNAL_ERROR: lambda facts: "Tillbridge itself failed on this order.",
    Code.ORDER_UNKNOWN: lambda facts: (
        f"No order {_names(facts['named'])} is here."
        if facts["named"]
        else "The line names no order."
    ),
    Code.BAD_LINE: lambda facts: (
        f"{facts['gross']} less the fee {facts['fee']} is not {facts['net']}."
    ),
    Code.NOT_AN_ORDER_LINE: lambda facts: "It is neither a charge nor a refund of an order.",
    Code.PAYOUT_MISMATCH: _no_match,
}
