"""How the demo ended: the state of every order, the books, and what is otherwise than meant."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from platforms.money import plain
from platforms.sandbox.story import Planted, Story
from webapp.backoffice.reports.order_list import OrderFilter, list_orders
from webapp.backoffice.reports.trial_balance import trial_balance
from webapp.backoffice.states import counts_by_state
from webapp.cli.context import site_named
from webapp.cli.demo_stage import Stage
from webapp.cli.output import Answer

ZERO = Decimal(0)


def verdict(
    stage: Stage,
    planted: dict[str, tuple[Planted, ...]],
    odd: list[str],
    pushed: int,
    verified: dict[str, Any],
    seconds: float,
) -> Answer:
    """What `demo --once` answers; `odd`: what went otherwise on the way.

    It complains unless every order is synced, skipped or blocked as planted, and the books hold.
    """
    with stage.context.reading() as session:
        sites = [_site(session, story) for story in stage.stories]
        books, clearing = _books(session, stage)
        for story in stage.stories:
            odd = odd + _left_over(session, story, planted[story.site])
    if verified["unbalanced"] or verified["duplicates"] or verified["drifted"]:
        books["balanced"] = False
    data = {
        "sites": sites,
        "pushed": pushed,
        "books": books,
        "clearing": clearing,
        "seconds": round(seconds, 1),
    }
    complaint = ""
    if odd:
        complaint = "Some things went otherwise than meant: " + "; ".join(odd)
    elif not books["balanced"] or books["debit"] == plain(ZERO, 2):
        complaint = "The books do not hold."
    return Answer(data=data, text=_ending(stage, data), complaint=complaint)


def _site(session: Session, story: Story) -> dict[str, Any]:
    site = site_named(session, story.site)
    states = counts_by_state(session, site.id)
    return {
        "name": site.name,
        "platform": site.platform,
        "orders": sum(states.values()),
        "states": states,
    }


def _books(session: Session, stage: Stage) -> tuple[dict[str, Any], str]:
    """The two sides in the sites' currency, and what the clearing ledgers stand at."""
    declared = [story.declaration() for story in stage.stories]
    balances = trial_balance(session)
    balance = balances.get(declared[0]["currency"])
    clearing = {each["ledgers"]["customer_payment"] for each in declared}
    rows = balance.rows if balance else ()
    owed = sum((row.debit - row.credit for row in rows if row.ledger in clearing), ZERO)
    books = {
        "balanced": all(each.debit == each.credit for each in balances.values()),
        "debit": plain(balance.debit if balance else ZERO, 2),
        "credit": plain(balance.credit if balance else ZERO, 2),
    }
    return books, plain(owed, 2)


def _left_over(session: Session, story: Story, planted: tuple[Planted, ...]) -> list[str]:
    """Orders that ended otherwise than the demo meant them to."""
    meant = {each.order: each.code for each in planted if not each.is_mended}
    odd = []
    found = list_orders(
        session, OrderFilter(site_id=site_named(session, story.site).id), limit=10_000
    )
    for row in found:
        is_meant = row.state == "blocked" and meant.get(row.number) == row.code
        if row.state not in ("synced", "skipped") and not is_meant:
            odd.append(f"{story.site} {row.number} is {row.state} ({row.code})")
    return odd


def _ending(stage: Stage, data: dict[str, Any]) -> str:
    lines = [
        f"\nDone in {data['seconds']} s. The buyers' money that has not been paid out yet (the clearing "
        f"ledger) is {data['clearing']}.",
        "This was a home of its own; look around in it:",
    ]
    lines += [
        f"  TILLBRIDGE_HOME={stage.home} bin/tillbridge orders {story.site}"
        for story in stage.stories
    ]
    return "\n".join(lines)
