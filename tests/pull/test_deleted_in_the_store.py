"""Orders and products that the store deletes: entries stand, and a person decides."""

import pytest

from jobs.process import process_waiting
from jobs.runtime import leased
from platforms.errors import NotFound
from platforms.sandbox.woocommerce.records import Order
from tests.pull.shops import Shop
from webapp.backoffice.orders.decisions import DecisionFault, DeletionChoice, decide_deletion
from webapp.backoffice.states import requeue
from webapp.database import writing
from webapp.models.stock import StockItem

MUG = "MUG-TEHTARIK"


def decide(shop: Shop, number: int, choice: str) -> None:
    """A person decides, and the worker processes what waits."""
    with writing(shop.engine) as session:
        decide_deletion(
            session,
            shop.order_id(number),
            DeletionChoice(choice),
            actor="siti",
            now=shop.runtime.now(),
        )
    processed(shop)


def processed(shop: Shop) -> None:
    with leased(shop.runtime, shop.site_id) as lease:
        process_waiting(shop.runtime, lease)


def sold_and_trashed(shop: Shop) -> int:
    number = shop.sells()
    shop.pull()
    shop.store.advance(60)
    shop.store.trash(number)
    shop.pull()
    return number


def sold_and_deleted(shop: Shop) -> int:
    number = shop.sells()
    shop.pull()
    shop.store.force_delete(number)
    shop.sweep()
    return number


def hide(shop: Shop, number: int) -> Order:
    """A plugin denies that there is such an order."""
    hidden = shop.store.orders.pop(number)
    shop.store.touched(hidden)
    return hidden


def show(shop: Shop, hidden: Order) -> None:
    shop.store.orders[hidden.id] = hidden
    shop.store.touched(hidden)


DELETIONS = pytest.mark.parametrize(
    "deleted", [sold_and_trashed, sold_and_deleted], ids=["trash", "for-good"]
)


@DELETIONS
def test_a_posted_order_deleted_in_the_store_waits_for_a_person(
    shop: Shop, deleted: object
) -> None:
    on_hand = shop.on_hand(MUG)

    number = deleted(shop)  # type: ignore[operator]

    assert shop.state(number) == ("blocked", "order_deleted")
    assert shop.balance(number)["customer_payment"] > 0
    assert shop.on_hand(MUG) == on_hand - 2
    assert shop.is_clean()


@DELETIONS
def test_reverse_makes_it_as_cancelled(shop: Shop, deleted: object) -> None:
    on_hand = shop.on_hand(MUG)
    number = deleted(shop)  # type: ignore[operator]

    decide(shop, number, "reverse")

    assert shop.state(number) == ("synced", None)
    assert (shop.balance(number), shop.stock(MUG)) == ({}, (on_hand, 0))
    assert shop.order(number).retail_status == "cancelled"
    assert shop.is_clean()


@DELETIONS
def test_keep_leaves_it_as_it_stands(shop: Shop, deleted: object) -> None:
    on_hand = shop.on_hand(MUG)
    number = deleted(shop)  # type: ignore[operator]
    before = shop.balance(number)

    decide(shop, number, "keep")

    assert shop.state(number) == ("synced", None)
    assert (shop.balance(number), shop.on_hand(MUG)) == (before, on_hand - 2)
    assert shop.is_clean()


@DELETIONS
def test_without_entries_it_is_as_cancelled(shop: Shop, deleted: object) -> None:
    on_hand = shop.on_hand(MUG)
    number = shop.sells(payment_method="bacs", status="on-hold")
    shop.pull()
    held = shop.stock(MUG)
    shop.store.advance(60)
    if deleted is sold_and_trashed:
        shop.store.trash(number)
        shop.pull()
    else:
        shop.store.force_delete(number)
        shop.sweep()

    assert held == (on_hand, 2)
    assert shop.state(number) == ("synced", None)
    assert (shop.stock(MUG), shop.order(number).entries) == ((on_hand, 0), ())


def test_a_deletion_found_by_the_sweep_was_missed_by_the_date(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.store.force_delete(number)

    report = shop.sweep()

    assert (report.changed, report.missed_by_date) == (1, 1)
    assert (shop.sweep().changed, shop.state(number)) == (0, ("blocked", "order_deleted"))


def test_asking_for_a_deleted_order_by_its_number_finds_it_gone(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.store.force_delete(number)

    shop.pull(order=str(number))

    assert shop.state(number) == ("blocked", "order_deleted")


def test_asking_for_an_order_that_never_was_says_so(shop: Shop) -> None:
    with pytest.raises(NotFound):
        shop.pull(order="4711")


def test_absence_from_a_list_proves_nothing(shop: Shop) -> None:
    """An order whose status the store no longer registers is hidden from lists, not by its id."""
    number = shop.sells()
    shop.pull()
    shop.store.advance(60)
    shop.store.set_status(number, "trash")

    report = shop.sweep()

    assert report.checked >= 1
    assert shop.order(number).status == "trash"


@pytest.mark.parametrize("choice", [None, "reverse", "keep"])
def test_an_order_taken_out_of_the_bin_stands_again(shop: Shop, choice: str | None) -> None:
    on_hand = shop.on_hand(MUG)
    number = sold_and_trashed(shop)
    if choice is not None:
        decide(shop, number, choice)
    shop.store.advance(60)
    shop.store.set_status(number, "processing")

    shop.pull()

    assert shop.state(number) == ("synced", None)
    assert shop.balance(number)["sales_revenue"] == -100
    assert shop.on_hand(MUG) == on_hand - 2
    assert shop.is_clean()


@pytest.mark.parametrize("choice", ["reverse", "keep"])
def test_a_decision_holds_for_one_deletion_only(shop: Shop, choice: str) -> None:
    number = sold_and_trashed(shop)
    decide(shop, number, choice)
    shop.store.advance(60)
    shop.store.set_status(number, "processing")
    shop.pull()
    shop.store.advance(60)

    shop.store.trash(number)
    shop.pull()

    assert shop.state(number) == ("blocked", "order_deleted")


def test_an_order_that_was_hidden_for_a_while_and_came_back_as_it_was_stands_again(
    shop: Shop,
) -> None:
    number = shop.sells()
    shop.pull()
    hidden = hide(shop, number)
    shop.sweep()
    gone = shop.state(number)
    show(shop, hidden)

    shop.sweep()

    assert gone == ("blocked", "order_deleted")
    assert shop.state(number) == ("synced", None)
    assert shop.is_clean()


def test_an_order_that_was_hidden_and_came_back_changed_is_processed_once(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    hidden = hide(shop, number)
    shop.sweep()
    show(shop, hidden)
    shop.store.advance(60)
    shop.store.edit_line(number, quantity=3, subtotal="150.00", total="150.00")

    shop.pull()

    assert shop.state(number) == ("synced", None)
    assert shop.balance(number)["sales_revenue"] == -150
    assert shop.is_clean()


def test_a_decision_on_an_order_that_does_not_wait_for_one_is_refused(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()

    with pytest.raises(DecisionFault, match="does not wait"):
        decide(shop, number, "keep")
    with pytest.raises(ValueError, match="perhaps"):
        decide(shop, number, "perhaps")


def test_moves_of_a_reversed_order_keep_the_counter_the_sum_of_moves(shop: Shop) -> None:
    number = sold_and_trashed(shop)
    decide(shop, number, "reverse")
    with writing(shop.engine) as session:
        requeue(session, [shop.order_id(number)], shop.runtime.now(), message="again")
    processed(shop)

    assert shop.is_clean()
    with writing(shop.engine) as session:
        assert session.query(StockItem).filter(StockItem.reserved != 0).count() == 0
