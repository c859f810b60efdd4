"""One order as people read it at a terminal."""

from collections.abc import Iterator

from webapp.backoffice.reports.order_lines import LineView
from webapp.backoffice.reports.order_view import EntryView, OrderView
from webapp.cli.tables import at, cut, money, table


def order_text(view: OrderView) -> str:
    """Head, lines, stock, journal and timeline; an empty chapter says why it is empty."""
    return "\n".join(_parts(view))


def _parts(view: OrderView) -> Iterator[str]:
    yield f"Order {view.number} of {view.site} (store id {view.remote_id})"
    yield f"{view.currency} {money(view.total, view.currency)}, {view.status} in the store, placed {at(view.ordered_at)} UTC"
    yield f"Paid {at(view.paid_at)}, shipped {at(view.shipped_at)}" + _life(view)
    yield f"State: {view.state}" + (f", {view.code}" if view.code else "")
    if view.message and view.code:
        yield f"  {view.message}"
        if view.next_step:
            yield f"  What to do: {view.next_step}"
    if view.next_attempt_at:
        yield f"  Next try at {at(view.next_attempt_at)} UTC (attempt {view.attempts + 1})"
    yield ""
    yield _lines(view) or "No lines of goods."
    yield ""
    yield from _stock(view)
    yield ""
    yield from _journal(view)
    yield ""
    yield "Timeline"
    for event in view.timeline:
        change = f"{event.from_state or 'new'} → {event.to_state}"
        who = f" ({event.actor})" if event.actor else ""
        yield f"  {at(event.at)}  {change:<20}  {event.message}{who}"


def _life(view: OrderView) -> str:
    if view.retail_status is None:
        return ""
    held = (
        f", on hold: {view.hold_reason}"
        if view.retail_status == "hold" and view.hold_reason
        else ""
    )
    return f"; here it is {view.retail_status}{held}"


def _lines(view: OrderView) -> str:
    return table(
        ("listing", "sku", "name", "pieces", "net", "tax", "stock items"),
        [
            (
                cut(line.listing_id or "", 24),
                line.sku,
                cut(line.name, 32),
                str(line.quantity),
                money(line.net, view.currency),
                money(line.tax, view.currency),
                _meaning(line),
            )
            for line in view.lines
        ],
        right=("pieces", "net", "tax"),
    )


def _meaning(line: LineView) -> str:
    if line.is_ignored:
        return "ignored"
    if not line.is_mapped:
        return "not mapped"
    return ", ".join(f"{piece.quantity} × {piece.sku}" for piece in line.stock)


def _stock(view: OrderView) -> Iterator[str]:
    if not view.moves and not view.reserved:
        yield "Stock: nothing moved, nothing reserved."
        return
    yield "Stock"
    for move in view.moves:
        yield f"  {at(move.at)}  {move.quantity:+d} × {move.sku} ({move.reason})"
    for sku, pieces in view.reserved.items():
        yield f"  reserved  {pieces} × {sku}"


def _journal(view: OrderView) -> Iterator[str]:
    if not view.entries:
        yield f"Journal: nothing posted. {_why_empty(view)}"
        return
    yield "Journal"
    for entry in view.entries:
        yield from _entry(entry)


def _why_empty(view: OrderView) -> str:
    match view.state:
        case "skipped":
            return "The site does not take this order in."
        case "pending" | "retrying":
            return "The order has not been processed yet."
        case "synced":
            return "An order posts when the store says that it is paid."
        case _:
            return "See the state above."


def _entry(entry: EntryView) -> Iterator[str]:
    moved = f", belongs to {entry.original_date}" if entry.original_date else ""
    yield f"  {entry.date}{moved}  {entry.chapter} · {entry.part} · {entry.seq}  {entry.memo}"
    rows = [
        (
            side.ledger,
            cut(side.ledger_name, 26),
            side.role,
            money(side.debit, entry.currency) if side.debit else "",
            money(side.credit, entry.currency) if side.credit else "",
            side.because,
        )
        for side in entry.lines
    ]
    shown = table(
        ("ledger", "name", "role", "debit", "credit", "because"), rows, right=("debit", "credit")
    )
    for line in shown.splitlines():
        yield f"    {line}"
