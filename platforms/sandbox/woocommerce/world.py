"""The store as a small world: what a buyer or a merchant does with orders in it.

Everything happens under one lock, so tests and the server may drive it at the same time.
The REST routes use the same actions as the tests do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from platforms.sandbox.woocommerce import checkout, refunding, statuses, stock, totals
from platforms.sandbox.woocommerce.catalogue import Catalogue
from platforms.sandbox.woocommerce.dates import instant
from platforms.sandbox.woocommerce.order_json import order_object
from platforms.sandbox.woocommerce.product_json import product_object
from platforms.sandbox.woocommerce.records import LineItem, Meta, Order, Refund
from platforms.sandbox.woocommerce.sale import Buyer, Carriage, Coupon, Extra, Money, Returned, Sold


class WooStore(Catalogue):
    """Orders, payments, refunds and deletions, each under the store's lock."""

    def place_order(
        self,
        *,
        lines: Sequence[Sold],
        shipping: Sequence[Carriage] = (),
        fees: Sequence[Extra] = (),
        coupons: Sequence[Coupon] = (),
        status: str = "processing",
        paid: bool | datetime | None = None,
        payment_method: str = "stripe",
        payment_title: str | None = None,
        transaction_id: str = "",
        buyer: Buyer | None = None,
        ship_to: Buyer | None = None,
        ip: str = "",
        user_agent: str = "",
        customer_note: str = "",
        customer_id: int = 0,
        parent_id: int = 0,
        meta: Mapping[str, object] | None = None,
        currency: str | None = None,
        decimals: int | None = None,
        total: Money | None = None,
        total_tax: Money | None = None,
        prices_include_tax: bool | None = None,
        created_via: str = "checkout",
        at: datetime | None = None,
    ) -> int:
        """A buyer checks out; gives the order's id.

        `paid`: a datetime, or True for the moment of the order; None: as the status and the
        payment method would have it. `decimals`: those of a foreign `currency`. `total` and
        `total_tax` are served as stated. LookupError when a product is unknown.
        """
        with self.lock, self.as_of(at):
            settings = self.settings
            if decimals is not None:
                settings = replace(settings, decimals=decimals)
            if prices_include_tax is None:
                prices_include_tax = settings.prices_include_tax
            person = buyer or Buyer()
            order = self.blank_order()
            order.currency = currency or settings.currency
            order.prices_include_tax = prices_include_tax
            order.parent_id, order.customer_id = parent_id, customer_id
            order.billing, order.shipping = person.billing(), (ship_to or person).shipping()
            order.ip, order.user_agent = ip, user_agent
            order.payment_method = payment_method
            order.payment_title = payment_title or _TITLES.get(payment_method, payment_method)
            order.transaction_id = transaction_id
            order.customer_note = customer_note
            order.created_via = created_via
            for key, value in (meta or {}).items():
                order.meta.append(Meta(self.next_meta_id(), key, value))
            checkout.fill(
                self,
                order,
                lines=lines,
                shipping=shipping,
                fees=fees,
                coupons=coupons,
                total=total,
                total_tax=total_tax,
                settings=settings,
            )
            order.status = status
            if isinstance(paid, datetime):
                order.paid = instant(paid)
                order.modified = max(order.modified, order.paid)
            elif paid:
                order.paid = order.created
            if customer_id:
                self.customers.add(customer_id)
            self.add_order(order)
            statuses.entered(self, order, may_pay=paid is None)
            self.webhooks.fire("order.created", order.id)
            self.webhooks.fire("order.updated", order.id)
            return order.id

    def pay(self, order_id: int, *, at: datetime | None = None, transaction_id: str = "") -> None:
        """The payment arrives: `payment_complete` of the store."""
        with self.lock, self.as_of(at):
            order = self.orders[order_id]
            statuses.payment_complete(self, order, transaction_id)
            self.saved(order, post_row=True)

    def set_status(self, order_id: int, status: str, *, at: datetime | None = None) -> None:
        """Any status to any other; stock, dates and an automatic refund follow."""
        with self.lock, self.as_of(at):
            order = self.orders[order_id]
            statuses.change(self, order, status)
            self.saved(order, post_row=True)

    def edit_line(
        self,
        order_id: int,
        line_id: int | None = None,
        *,
        quantity: int | None = None,
        subtotal: Money | None = None,
        total: Money | None = None,
        tax: Money | None = None,
        order_total: Money | None = None,
        order_total_tax: Money | None = None,
        at: datetime | None = None,
    ) -> None:
        """The merchant edits a line (None: the first); quantity 0 removes it.

        `tax` keeps the line's tax as stated, else it is computed anew.
        """
        with self.lock, self.as_of(at):
            order = self.orders[order_id]
            line = _line(order, line_id)
            if quantity is not None:
                line.quantity = quantity
            if subtotal is not None:
                line.subtotal = Decimal(subtotal)
            if total is not None:
                line.total = Decimal(total)
            if quantity == 0:
                order.lines.remove(line)
            stock.adjust_edited(self, order, line, removed=quantity == 0)
            sold = Sold(product=line.product_id, tax=tax, total=line.total, subtotal=line.subtotal)
            checkout.retax(order, line, sold, self.settings)
            totals.sum_up(order, self.settings, self.next_item_id)
            checkout.state(order, order_total, order_total_tax)
            self.saved(order)

    def set_meta(self, order_id: int, key: str, value: object, *, bump: bool = True) -> None:
        """A plugin writes a meta entry (None deletes it). `bump=False`: straight into the table.

        In posts storage meta never moves the date, with or without `bump`.
        """
        with self.lock:
            order = self.orders[order_id]
            self.put_meta(order.meta, key, value)
            if bump:
                self.saved(order)
            else:
                self.touched(order)

    def refund(
        self,
        order_id: int,
        *,
        amount: Money | None = None,
        lines: Sequence[Returned] = (),
        reason: str = "",
        restock: bool = True,
        through_gateway: bool = False,
        at: datetime | None = None,
    ) -> int:
        """Give money back, with lines or as an amount only; gives the refund's id.

        RestError with the store's own code when it is more than remains.
        """
        with self.lock, self.as_of(at):
            order = self.orders[order_id]
            refund = refunding.create(
                self,
                order,
                amount=None if amount is None else Decimal(amount),
                lines=lines,
                reason=reason,
                restock=restock,
                through_gateway=through_gateway,
            )
            return refund.id

    def delete_refund(self, refund_id: int) -> Refund:
        """Neither the date nor a webhook tells of it, and the status stays. KeyError: unknown."""
        with self.lock:
            order = self.orders[self.refund_orders.pop(refund_id)]
            refund = next(item for item in order.refunds if item.id == refund_id)
            order.refunds.remove(refund)
            self.touched(order)
            return refund

    def trash(self, order_id: int) -> None:
        """Into the bin: out of `status=any`, the stock stays taken."""
        with self.lock:
            order = self.orders[order_id]
            self.put_meta(order.meta, "_wp_trash_meta_status", f"wc-{order.status}")
            self.put_meta(order.meta, "_wp_trash_meta_time", str(self.now()))
            order.status = "trash"
            self.saved(order, post_row=True, announce=False)
            self.webhooks.fire("order.deleted", order_id)

    def force_delete(self, order_id: int) -> None:
        """Gone for good; nothing tells of it."""
        with self.lock:
            order = self.orders.pop(order_id)
            for refund in order.refunds:
                self.refund_orders.pop(refund.id, None)
            self.epoch += 1

    def anonymise(self, order_id: int) -> None:
        """WordPress's eraser: the buyer's name, address, e-mail, phone and IP are replaced."""
        with self.lock:
            order = self.orders[order_id]
            for address in (order.billing, order.shipping):
                for field in address:
                    address[field] = "[deleted]" if address[field] else ""
            order.billing["email"] = "deleted@site.invalid"
            order.billing["phone"] = "000000000000"
            order.customer_note = order.ip = order.user_agent = ""
            order.customer_id = 0
            self.put_meta(order.meta, "_anonymized", "yes")
            self.saved(order, post_row=True)

    # -- looking --------------------------------------------------------------------------

    def order(self, order_id: int, *, dp: int | None = None) -> dict[str, Any]:
        """The order as `GET /orders/<id>` serves it. KeyError when it is gone."""
        with self.lock:
            decimals = self.settings.decimals if dp is None else dp
            return order_object(self, self.orders[order_id], decimals)

    def product(self, product: int | str) -> dict[str, Any]:
        """The product or variation as the API serves it. LookupError when it is gone."""
        with self.lock:
            return product_object(self, self.find_product(product))


_TITLES = {
    "stripe": "Credit / Debit Card",
    "ppcp-gateway": "PayPal",
    "cod": "Cash on delivery",
    "bacs": "Direct bank transfer",
    "": "",
}


def _line(order: Order, line_id: int | None) -> LineItem:
    if line_id is None:
        return order.lines[0]
    return next(line for line in order.lines if line.id == line_id)
