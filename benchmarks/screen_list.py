"""Which screens there are to take pictures of: a name and an address each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """`path` may name {site}, {market}, {synced}, {blocked}, … of benchmarks/screens.py.

    `clicks`: what is clicked before the picture, by selector. `status`: the answer that is meant.
    """

    name: str
    path: str
    clicks: tuple[str, ...] = ()
    status: int = 200
    is_before_sign_in: bool = False


def _screen(name: str, path: str, *clicks: str) -> Screen:
    return Screen(name=name, path=path, clicks=clicks)


BEFORE_SIGN_IN = (Screen(name="sign-in", path="/sign-in", is_before_sign_in=True),)
EMPTY = (_screen("first-run", "/"),)
SCREENS = (
    _screen("dashboard", "/"),
    _screen("orders", "/orders/"),
    _screen("orders-blocked", "/orders/?state=blocked"),
    _screen("order", "/orders/{synced}/"),
    _screen("order-processing", "/orders/{blocked}/processing"),
    _screen("order-delivery", "/orders/{shipped}/delivery"),
    _screen("order-delivery-left", "/orders/{synced}/delivery"),
    _screen("order-journal", "/orders/{synced}/journal"),
    _screen("order-journal-why", "/orders/{synced}/journal", ".tb-why >> nth=1"),
    _screen("order-journal-market", "/orders/{market_order}/journal"),
    _screen("order-history", "/orders/{synced}/history"),
    _screen("order-data", "/orders/{synced}/data"),
    _screen("sites", "/sites/"),
    _screen("site-store", "/sites/{site}/"),
    _screen("connect", "/sites/connect/"),
    _screen("connect-form", "/sites/connect/{platform}"),
    _screen("site-integration", "/sites/{site}/integration/"),
    _screen("site-start", "/sites/{site}/start/"),
    _screen("site-automation", "/sites/{site}/automation"),
    _screen(
        "site-automation-would",
        "/sites/{site}/automation",
        "input[name=status][value=on-hold]",
        "button[value=see]",
    ),
    _screen("site-automation-rule", "/sites/{site}/automation", "button[value=add-rule]"),
    _screen("site-automation-market", "/sites/{market}/automation"),
    _screen("site-mapping", "/mapping/{site}/"),
    _screen("mapping-edit", "/mapping/{site}/{unmapped}"),
    _screen("mapping-mapped", "/mapping/{site}/?show=mapped"),
    _screen("mapping-upload-form", "/mapping/{site}/upload"),
    _screen("channel-ledgers", "/sites/{site}/ledgers"),
    _screen("channel-ledgers-market", "/sites/{market}/ledgers"),
    _screen("stock", "/stock/"),
    _screen("stock-item", "/stock/{item}"),
    _screen("stock-count", "/stock/{item}/count/"),
    _screen("stock-receive", "/stock/{item}/move/?kind=receive"),
    _screen("stock-upload", "/stock/counts/"),
    _screen("journals", "/journals/"),
    _screen("journals-filtered", "/journals/?chapter=refund&ledger=1150"),
    _screen("trial-balance", "/trial-balance/?from=2026-03-01&to=2026-03-31"),
    _screen("chart-of-accounts", "/chart-of-accounts/"),
    _screen("ledger", "/chart-of-accounts/{ledger}"),
    _screen("health", "/health/"),
    _screen("runs", "/health/runs"),
    _screen("people", "/people/"),
    _screen("audit", "/audit/"),
    _screen("password", "/password/"),
    Screen(name="nothing-here", path="/nowhere", status=404),
)
