"""Every list, filter, search and page of the admin whose time is measured on a large shop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`path` may name {site}, {order}, {number}, … of benchmarks/screen_times.py. `goal` in ms."""

    what: str
    path: str
    goal: int = 100


def _at(what: str, path: str, goal: int = 100) -> Address:
    return Address(what=what, path=path, goal=goal)


ADDRESSES = (
    _at("Today", "/"),
    _at("Orders: all", "/orders/"),
    _at("Orders: the last page there is", "/orders/?page=200"),
    _at("Orders: synced", "/orders/?state=synced"),
    _at("Orders: blocked", "/orders/?state=blocked"),
    _at("Orders: skipped", "/orders/?state=skipped"),
    _at("Orders: retrying, none", "/orders/?state=retrying"),
    _at("Orders: of a site", "/orders/?site={site_name}"),
    _at("Orders: of a site, blocked", "/orders/?site={site_name}&state=blocked"),
    _at("Orders: of a cause", "/orders/?code=totals_mismatch"),
    _at(
        "Orders: of a rare cause, a site, a state",
        "/orders/?site={site_name}&state=blocked&code=currency_mismatch",
    ),
    _at("Orders: status, common", "/orders/?status=completed"),
    _at("Orders: status, rare", "/orders/?status=failed"),
    _at("Orders: status, none", "/orders/?status=nothing"),
    _at("Orders: status and state", "/orders/?status=processing&state=blocked"),
    _at("Orders: a month", "/orders/?from={month_from}&to={month_to}"),
    _at(
        "Orders: a month, synced, a site",
        "/orders/?from={month_from}&to={month_to}&state=synced&site={site_name}",
    ),
    _at("Orders: years ago", "/orders/?to=2001-01-01"),
    _at("Search: a number", "/orders/?q={number}"),
    _at("Search: how numbers begin", "/orders/?q=1"),
    _at("Search: a buyer's name", "/orders/?q=Nurul"),
    _at("Search: a rare name", "/orders/?q=Rahim12"),
    _at("Search: two words of a name", "/orders/?q=Nurul+Rahim"),
    _at("Search: an e-mail", "/orders/?q=buyer12%40mail.example"),
    _at("Search: a phone number", "/orders/?q=6012000"),
    _at("Search: a SKU", "/orders/?q={sku}"),
    _at("Search: a SKU that orders wait for", "/orders/?q={sku}&state=blocked"),
    _at("Search: nothing fits", "/orders/?q=zzzz"),
    _at("Search: in a state of a site", "/orders/?q=1&state=blocked&site={site_name}"),
    _at("Order", "/orders/{order}/"),
    _at("Order: Processing, blocked", "/orders/{blocked}/processing"),
    _at("Order: Delivery", "/orders/{order}/delivery"),
    _at("Order: Journal", "/orders/{order}/journal"),
    _at("Order: History", "/orders/{order}/history"),
    _at("Order: Data", "/orders/{order}/data"),
    _at("Sites", "/sites/"),
    _at("Site: Store", "/sites/{site}/"),
    _at("Site: Integration", "/sites/{site}/integration/"),
    _at("Site: Automation", "/sites/{site}/automation"),
    _at("Site: channel ledgers", "/sites/{site}/ledgers"),
    _at("Mapping: a site", "/mapping/{site}/"),
    _at("Mapping: one listing", "/mapping/{site}/{listing}"),
    _at("Stock", "/stock/"),
    _at("Stock: one item", "/stock/{item}"),
    _at("Journals", "/journals/"),
    _at("Journals: a chapter", "/journals/?chapter=sale"),
    _at("Trial balance: a month", "/trial-balance/?from={month_from}&to={month_to}"),
    _at("Chart of accounts", "/chart-of-accounts/"),
    _at("Ledger", "/chart-of-accounts/{ledger}"),
    _at("Health", "/health/"),
    _at("Runs", "/health/runs"),
    _at("Users", "/people/"),
    _at("Audit trail", "/audit/"),
)
