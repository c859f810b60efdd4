"""Whether an order may begin here, and which stage of it counts. Pure."""

from platforms.base import RemoteOrder, Stage
from webapp.backoffice.books.escrow import costs_when_dead
from webapp.backoffice.errors import Code, Problem
from webapp.backoffice.orders.standing import Standing
from webapp.backoffice.sites.settings import PostingSettings, SiteRules


def stage_of(order: RemoteOrder, posting: PostingSettings, standing: Standing) -> Stage:
    """The stage that counts, after what people decided about deleted and child orders.

    An order that has begun and is told to wait again, its pieces still taken, goes on.
    """
    if standing.has_begun and not standing.posted.parts and is_skipped_child(order, posting):
        return Stage.DEAD
    stage = Stage.TRASHED if standing.is_gone else order.stage
    if stage is Stage.TRASHED and (
        standing.deletion_choice == "reverse" or not standing.posted.stands
    ):
        return Stage.DEAD
    if stage is Stage.AWAITING and order.is_taken and standing.has_begun:
        return Stage.ALIVE
    return stage


def not_wanted(
    order: RemoteOrder,
    stage: Stage,
    rules: SiteRules,
    posting: PostingSettings,
    standing: Standing,
) -> Problem | None:
    """Why an order does not begin here; None: it may."""
    if stage is not Stage.ALIVE or (order.read_as or order.status) not in rules.statuses_let_in:
        return Problem(code=Code.NOT_WANTED, facts={"status": order.status})
    if order.ordered_at < rules.orders_from and not standing.is_asked_for:
        day = rules.orders_from.astimezone(rules.zone).date().isoformat()
        return Problem(code=Code.NOT_WANTED, facts={"orders_from": day})
    if is_skipped_child(order, posting):
        return Problem(code=Code.NOT_WANTED, facts={"parent": order.parent_remote_id})
    return None


def costs_all_the_same(
    order: RemoteOrder, stage: Stage, rules: SiteRules, standing: Standing
) -> bool:
    """It was cancelled before it began here, yet the marketplace charges, or owes, for it."""
    return (
        stage is Stage.DEAD
        and order.has_escrow
        and not standing.books_elsewhere
        and (order.ordered_at >= rules.orders_from or standing.is_asked_for)
        and costs_when_dead(order)
    )


def may_be_settled(order: RemoteOrder, rules: SiteRules, standing: Standing) -> bool:
    """It was over before we ever saw it; a settlement line may still show that money moved."""
    return (
        standing.arriving is not None
        and order.stage in (Stage.DEAD, Stage.AWAITING)
        and not standing.is_gone
        and (order.ordered_at >= rules.orders_from or standing.is_asked_for)
    )


def is_skipped_child(order: RemoteOrder, posting: PostingSettings) -> bool:
    """Whether it is a child of another order, and the site skips those."""
    return bool(order.parent_remote_id) and posting.child_orders == "skip"
