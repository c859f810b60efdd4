"""Refunds, whatever came before: fully refunded is zero to the cent, and nothing is lost."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from platforms.base import RemoteOrder, RemoteRefund
from tests import factories as make
from tests.in_memory import Desk, site_rules
from tests.properties.strategies import DAY, FIRST, cents, orders, some_cents
from tests.remote_sales import back, delivery, goods, refund, tax
from webapp.backoffice.sites.settings import PostingSettings

ZERO = Decimal(0)


@st.composite
def sales(draw: st.DrawFn) -> RemoteOrder:
    """A sale with goods, delivery and tax at one or two rates, worth at least a cent."""
    price, post, taxed, other = draw(some_cents), draw(cents), draw(cents), draw(cents)
    return make.remote_order(
        [goods(str(price), remote_line_id="101", tax=taxed + other)],
        deliveries=(delivery(str(post)),),
        taxes=(tax("A", str(taxed)), tax("B", str(other))) if draw(st.booleans()) else (),
        total=price + post + taxed + other,
        total_tax=taxed + other,
    )


@st.composite
def whole_refunds(draw: st.DrawFn, total: Decimal) -> tuple[RemoteRefund, ...]:
    """Amounts without lines that add up to the total, as many and as odd as may be."""
    units = int(total * 100)
    cuts = sorted(draw(st.lists(st.integers(0, units), max_size=6)))
    amounts = [
        Decimal(after - before).scaleb(-2)
        for before, after in zip([0, *cuts], [*cuts, units], strict=True)
    ]
    return tuple(
        refund(str(amount), remote_id=901 + number, at=FIRST + number * DAY)
        for number, amount in enumerate(amounts)
    )


def left(desk: Desk, role: str) -> Decimal:
    """What is left on a role after sale and refunds."""
    return sum((amount for (_, _, each), amount in desk.balances().items() if each == role), ZERO)


@given(st.data(), sales(), st.sampled_from(["seller", "marketplace"]))
def test_fully_refunded_means_tax_delivery_and_clearing_are_zero(
    data: st.DataObject, sale: RemoteOrder, collector: str
) -> None:
    desk = Desk(rules=site_rules(posting=PostingSettings(tax_collected_by=collector)))
    given_back = data.draw(whole_refunds(sale.total))

    desk.arrives(replace(sale, refunds=given_back))

    assert desk.last is not None
    assert desk.last.problem is None
    for role in ("tax", "delivery", "customer_payment"):
        assert left(desk, role) == 0
    assert left(desk, "refunds") == -left(desk, "sales_revenue")


@given(st.data(), sales())
def test_fully_refunded_is_zero_for_every_tax_rate(data: st.DataObject, sale: RemoteOrder) -> None:
    desk = Desk()
    desk.arrives(replace(sale, refunds=data.draw(whole_refunds(sale.total))))

    by_rate: dict[str | None, Decimal] = {}
    for posted in desk.standing.posted.parts.values():
        for (role, rate), amount in posted.amounts.items():
            if role == "tax":
                by_rate[rate] = by_rate.get(rate, ZERO) + amount
    assert not any(by_rate.values())


@given(sales(), st.integers(1, 100), st.integers(0, 100))
def test_a_refund_of_lines_then_the_rest_leaves_nothing(
    sale: RemoteOrder, share: int, tax_share: int
) -> None:
    """Some of the line is given back exactly, then all that is left without lines."""
    (line,) = sale.lines
    goods_back = (line.total * share / 100).quantize(Decimal("0.01"))
    tax_back = (line.tax * tax_share / 100).quantize(Decimal("0.01"))
    first = refund(str(goods_back + tax_back), back(str(goods_back), tax=str(tax_back)), at=FIRST)
    rest = refund(str(sale.total - first.amount), at=FIRST + DAY)
    desk = Desk()

    desk.arrives(replace(sale, refunds=(first, rest)))

    for role in ("tax", "delivery", "customer_payment"):
        assert left(desk, role) == 0


@given(orders(is_alive=True))
def test_each_refund_takes_its_amount_from_the_clearing_ledger(order: RemoteOrder) -> None:
    desk = Desk()

    desk.arrives(order)

    balances = desk.balances()
    for each in order.refunds:
        posted = balances.get(("refund", each.remote_id, "customer_payment"), ZERO)
        assert posted == -each.amount


@given(orders(is_alive=True), st.data())
def test_a_refund_deleted_in_the_store_leaves_what_the_others_alone_would_post(
    order: RemoteOrder, data: st.DataObject
) -> None:
    desk, without = Desk(), Desk()
    desk.arrives(order)
    kept = tuple(each for each in order.refunds if data.draw(st.booleans()))

    desk.arrives(replace(order, refunds=kept))
    without.arrives(replace(order, refunds=kept))

    assert desk.stands() == without.stands()


@given(st.data(), sales())
def test_no_more_tax_is_given_back_than_was_charged(data: st.DataObject, sale: RemoteOrder) -> None:
    given_back = data.draw(whole_refunds(sale.total))
    some = given_back[: data.draw(st.integers(0, len(given_back)))]
    desk = Desk()

    desk.arrives(replace(sale, refunds=some))

    assert -sale.total_tax <= left(desk, "tax") <= 0
    assert -sum((each.total for each in sale.deliveries), ZERO) <= left(desk, "delivery") <= 0
