"""How settings are named and their effects told, on Automation and Channel ledgers."""

from collections.abc import Mapping

from webapp.admin.frame.formatters import plural

AUTOMATION_NAMES = {
    "automation.import_statuses": "which statuses come in",
    "automation.stock_leaves_on": "when stock leaves",
    "automation.on_shipped_set_status": "what the store is told",
    "automation.handover": "how parcels leave",
    "automation.cancel_restocks": "what a cancelled order does",
    "automation.stock_buffer": "the buffer",
    "automation.status_as": "how statuses are read",
    "automation.hold_when": "which orders are held",
    "integration.orders_from": "from when orders come in",
    "integration.stock_from": "when the shelf was counted",
}


def went_on(requeued: int, done: Mapping[str, int]) -> str:
    """What became of the orders that a saving let go on. `done`: all processed since, by state.

    Among those processed may be others that waited, or were to be planned again.
    """
    states = ", ".join(f"{number} {state}" for state, number in done.items())
    processed = sum(done.values())
    if not requeued:
        return f"Planned again: {states}." if states else "No order waited for it."
    orders = plural(requeued, "order")
    if not states:
        return f"{orders} {'goes' if requeued == 1 else 'go'} on with the next pull."
    if processed == requeued:
        return f"{orders} went on: {states}."
    rest = "; the rest with the next pull" if processed < requeued else ""
    return f"{orders} let go on. Processed now: {states}{rest}."
