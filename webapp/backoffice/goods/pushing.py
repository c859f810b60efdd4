"""What a push sends, what it must not send, and what each listing's outcome leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from platforms.base import PushResult, StockKeeping, StockLevel, StockOutcome
from webapp.backoffice.errors import Code, Problem
from webapp.backoffice.goods.availability import ListingQuantity
from webapp.models.base import table_of
from webapp.models.catalogue import Listing
from webapp.models.sites import Site, SyncRun

FEWEST_EMPTIED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PushFailure:
    """A listing that does not show our quantity, and why. `sku` is the listing's own."""

    listing_id: str
    sku: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldSend:
    """What a dry run would set: `shown` is what the store last told us, None if nothing."""

    listing_id: str
    sku: str
    shown: int | None
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PushPlan:
    """`to_send` is in the order of the listings; `failures` are those that cannot be sent."""

    listings: int
    changed: int
    to_send: tuple[ListingQuantity, ...]
    failures: tuple[PushFailure, ...]

    def levels(self) -> list[StockLevel]:
        return [
            StockLevel(listing_key=each.key, sku=each.sku, quantity=each.quantity.shown)
            for each in self.to_send
            if each.quantity.shown is not None
        ]

    def would_send(self) -> tuple[WouldSend, ...]:
        return tuple(
            WouldSend(
                listing_id=each.key,
                sku=each.sku,
                shown=each.store_quantity,
                wanted=each.quantity.shown,
            )
            for each in self.to_send
            if each.quantity.shown is not None
        )


def plan_push(quantities: Sequence[ListingQuantity], *, send_all: bool) -> PushPlan:
    """What differs from what the store last told us, or with `send_all` every known quantity.

    Unknown is not zero: a listing with a component never counted is a failure, `not_counted`.
    One whose stock the store is known not to manage is a failure too, and is sent only with
    `send_all`, which finds out whether that has changed. Pure.
    """
    to_send: list[ListingQuantity] = []
    failures: list[PushFailure] = []
    changed = 0
    for each in quantities:
        is_managed = each.stock_keeping == StockKeeping.OWN
        if each.quantity.shown is None:
            failures.append(_failure(each, Code.NOT_COUNTED, items=each.quantity.uncounted))
            continue
        changed += is_managed and each.differs
        if send_all or (is_managed and each.differs):
            to_send.append(each)
        elif not is_managed:
            failures.append(_failure(each, Code.STOCK_NOT_MANAGED))
    return PushPlan(
        listings=len(quantities),
        changed=changed,
        to_send=tuple(to_send),
        failures=tuple(failures),
    )


def would_empty_store(quantities: Sequence[ListingQuantity], plan: PushPlan) -> str | None:
    """Why a scheduled push must ask first: it would take most of the store out of stock.

    None: it may go on. More than half of the mapped listings now in stock, and at least 20. Pure.
    """
    in_stock = sum((each.store_quantity or 0) > 0 for each in quantities)
    emptied = sum(
        each.quantity.shown == 0 and (each.store_quantity or 0) > 0 for each in plan.to_send
    )
    if emptied < FEWEST_EMPTIED or emptied * 2 <= in_stock:
        return None
    return (
        f"This push would set {emptied:,} of the {in_stock:,} listings now in stock to 0, "
        "so nothing was sent."
    )


def failure_of(listing: ListingQuantity, outcome: StockOutcome) -> PushFailure | None:
    """What to tell people about an outcome; None: the store confirmed our quantity."""
    if outcome.result is PushResult.CONFIRMED:
        return None
    if outcome.code == Code.STOCK_NOT_MANAGED:
        return _failure(listing, Code.STOCK_NOT_MANAGED)
    if outcome.result is PushResult.REFUSED:
        said = outcome.said or "it gave no reason."
        return _failure(listing, Code(outcome.code or Code.STORE_REFUSED), said=said)
    if outcome.result is PushResult.NOT_CONFIRMED:
        return _failure(listing, Code.NOT_CONFIRMED)
    said = "It did not tell what became of this quantity; the next push sends it again."
    return _failure(listing, Code(outcome.code or Code.STORE_UNREACHABLE), said=said)


def _failure(listing: ListingQuantity, code: Code, **facts: object) -> PushFailure:
    return PushFailure(
        listing_id=listing.key,
        sku=listing.sku,
        code=code.value,
        message=Problem(code=code, facts=facts).sentence,
    )


def record_outcomes(
    session: Session,
    listings: Mapping[str, ListingQuantity],
    outcomes: Sequence[StockOutcome],
    now: datetime,
) -> None:
    """Keep what the store made of each quantity: it is what the next push compares with.

    A refused or unanswered quantity leaves what the store told before, so it is sent again.
    """
    rows = []
    for outcome in outcomes:
        listing = listings[outcome.listing_key]
        told = outcome.result in (PushResult.CONFIRMED, PushResult.NOT_CONFIRMED)
        failure = failure_of(listing, outcome)
        is_unmanaged = outcome.code == Code.STOCK_NOT_MANAGED
        rows.append(
            {
                "listing": listing.listing_id,
                "shown": outcome.shown if told else listing.store_quantity,
                "keeping": _keeping(listing, told=told, is_unmanaged=is_unmanaged),
                "sent": listing.quantity.shown,
                "result": outcome.result.value,
                "code": failure.code if failure else None,
                "said": outcome.said or (failure.message if failure else None),
            }
        )
    if not rows:
        return
    table = table_of(Listing)
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("listing"))
        .values(
            store_quantity=bindparam("shown"),
            store_quantity_at=now,
            stock_keeping=bindparam("keeping"),
            pushed_quantity=bindparam("sent"),
            pushed_at=now,
            push_result=bindparam("result"),
            push_code=bindparam("code"),
            push_said=bindparam("said"),
        ),
        rows,
    )


def _keeping(listing: ListingQuantity, *, told: bool, is_unmanaged: bool) -> str:
    if is_unmanaged and listing.stock_keeping == StockKeeping.OWN:
        return StockKeeping.NONE
    if told and not is_unmanaged:
        return StockKeeping.OWN
    return listing.stock_keeping


# --- a person looks first -----------------------------------------------------------------------


def hold_pushes(
    session: Session, site: Site, run_id: int, code: str, message: str, now: datetime
) -> None:
    """Stop the site's pushes until a person has seen a dry run; the run and the site say why.

    By itself it pushes again when a person's push went out, or when a dry run shows that the
    store would not be emptied any more.
    """
    session.execute(
        update(Site)
        .where(Site.id == site.id)
        .values(push_seen_at=None, push_held_at=now, push_held_message=message)
    )
    session.execute(update(SyncRun).where(SyncRun.id == run_id).values(code=code, message=message))


def note_dry_run_seen(session: Session, site: Site, now: datetime) -> None:
    """A person has seen what a push would do: from now on the site's pushes may go out."""
    session.execute(
        update(Site).where(Site.id == site.id, Site.push_seen_at.is_(None)).values(push_seen_at=now)
    )


def release_pushes(session: Session, site: Site) -> None:
    """What held the site's pushes is over: it pushes by itself again."""
    session.execute(
        update(Site)
        .where(Site.id == site.id, Site.push_held_at.is_not(None))
        .values(push_held_at=None, push_held_message=None)
    )
