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
    _screen("order-journal", "/orders/{synced}/journal"),
    _screen("order-journal-market", "/orders/{market_order}/journal"),
    _screen("order-history", "/orders/{synced}/history"),
    _screen("order-data", "/orders/{synced}/data"),
    _screen("sites", "/sites/"),
    _screen("site-store", "/sites/{site}/"),
    _screen("site-automation", "/sites/{site}/automation"),
    _screen("site-mapping", "/mapping/{site}/"),
    _screen("mapping-edit", "/mapping/{site}/{unmapped}"),
    _screen("channel-ledgers", "/sites/{site}/ledgers"),
    _screen("trial-balance", "/trial-balance/"),
    _screen("people", "/people/"),
    _screen("audit", "/audit/"),
    _screen("password", "/password/"),
    Screen(name="nothing-here", path="/nowhere", status=404),
)
