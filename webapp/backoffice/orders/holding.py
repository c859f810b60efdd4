"""Whether a rule of the site holds a new order until a person lets it go. Pure."""

from decimal import Decimal, InvalidOperation

from platforms.base import RemoteBuyer, RemoteOrder
from webapp.backoffice.sites.settings import HoldRule


def hold_reason(
    order: RemoteOrder, buyer: RemoteBuyer | None, rules: tuple[HoldRule, ...]
) -> str | None:
    """What the first rule that fits says; None: no rule holds it. Books and reserving go on."""
    for rule in rules:
        if any(_fits(rule, value) for value in _values(order, buyer, rule.field)):
            return rule.say
    return None


def _values(order: RemoteOrder, buyer: RemoteBuyer | None, field: str) -> list[str]:
    if field == "total":
        return [str(order.total)]
    if field == "payment_method":
        return [order.payment_method]
    if field == "sku":
        return [line.sku for line in order.lines]
    if field == "quantity":
        return [str(line.quantity) for line in order.lines]
    if buyer is None:
        return []
    if field == "country":
        return [buyer.shipping.country or buyer.billing.country]
    return [buyer.note]


def _fits(rule: HoldRule, value: str) -> bool:
    if rule.test == "contains":
        return rule.value.casefold() in value.casefold()
    if rule.test == "is":
        return _same(value, rule.value)
    number, bound = _number(value), _number(rule.value)
    return number is not None and bound is not None and number > bound


def _same(value: str, wanted: str) -> bool:
    number, bound = _number(value), _number(wanted)
    if number is not None and bound is not None:
        return number == bound
    return value.casefold() == wanted.casefold()


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
