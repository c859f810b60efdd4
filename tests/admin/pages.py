"""Addresses of every page that the shop has something to show on."""

from tests.admin.shop import Shop


def pages(shop: Shop) -> list[str]:
    """Pages that everybody signed in may read, then those of the admin alone."""
    return [*pages_for_all(shop), *ADMIN_PAGES]


def pages_for_all(shop: Shop) -> list[str]:
    orders = [shop.orders[number] for number in ("10482", "10526", "10529", "10534", "10535")]
    tabs = ("", "processing", "delivery", "journal", "history", "data")
    return [
        "/",
        "/orders/",
        "/orders/?state=blocked",
        "/orders/?site=rimba-my&state=synced&from=2026-11-01&to=2026-11-30&status=processing",
        "/orders/?q=105&code=unmapped_listing",
        "/orders/export.csv?state=blocked",
        *(f"/orders/{order}/{tab}" for order in orders for tab in tabs),
        "/sites/",
        f"/sites/{shop.site}/",
        f"/sites/{shop.site}/automation",
        f"/sites/{shop.second_site}/ledgers",
        f"/mapping/{shop.site}/",
        f"/mapping/{shop.site}/?show=all",
        f"/mapping/{shop.site}/?q=set",
        f"/mapping/{shop.site}/sheet.csv",
        *(f"/mapping/{shop.site}/{listing}" for listing in shop.listings.values()),
        "/trial-balance/",
        "/trial-balance/?currency=MYR&site=rimba-my&at=2026-11-30",
        "/trial-balance/export.csv",
        "/password/",
    ]


ADMIN_PAGES = ("/people/", "/people/1", "/people/add", "/audit/")
