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
        f"/sites/{shop.site}/integration/",
        f"/sites/{shop.second_site}/start/",
        f"/sites/{shop.site}/automation",
        f"/sites/{shop.second_site}/ledgers",
        f"/mapping/{shop.site}/",
        f"/mapping/{shop.site}/?show=all",
        f"/mapping/{shop.site}/?q=set",
        f"/mapping/{shop.site}/sheet.csv",
        f"/mapping/{shop.site}/upload",
        *(f"/mapping/{shop.site}/{listing}" for listing in shop.listings.values()),
        "/trial-balance/",
        "/trial-balance/?currency=MYR&site=rimba-my&from=2026-11-01&to=2026-11-30",
        "/trial-balance/export.csv",
        "/trial-balance/export.xlsx",
        "/journals/",
        "/journals/?site=rimba-my&chapter=sale&currency=MYR&from=2026-11-01&to=2026-11-30",
        "/journals/?ledger=1150&moved=yes",
        "/journals/?q=103.88",
        "/journals/export.csv?chapter=sale",
        "/chart-of-accounts/",
        "/chart-of-accounts/1",
        "/chart-of-accounts/add",
        "/chart-of-accounts/chart.csv",
        "/chart-of-accounts/chart.xlsx",
        "/stock/",
        "/stock/?show=short",
        "/stock/?show=oversold",
        "/stock/?q=mug&show=all",
        "/stock/items.csv",
        "/stock/1",
        "/stock/1/count/",
        "/stock/1/move/?kind=adjust",
        "/stock/1/moves.csv",
        "/stock/counts/",
        "/health/",
        "/health/runs?kind=pull&site=rimba-my",
        "/password/",
    ]


ADMIN_PAGES = ("/people/", "/people/1", "/people/add", "/audit/")
