"""A push of many changed simple products to the local WooCommerce shop: how many requests."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from sqlalchemy import select

from benchmarks import product
from benchmarks.product import Place
from benchmarks.report import Result
from benchmarks.shop_subject import SHOP
from jobs.catalogue import pull_catalogue
from jobs.push import push_site
from jobs.runtime import Runtime
from platforms.sandbox.woocommerce import open_sandbox
from webapp.database import utc_now, writing
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.stock import StockItem, StockMove

PRODUCTS = 1000
GOAL_REQUESTS = 10
SKUS = "HOME-%"  # the simple products that the shop is filled up with
ON_HAND = 7


def measure(place: Place, say: Callable[[str], None]) -> tuple[list[Result], list[str]]:
    """Requests of the push itself; its pull is counted apart."""
    say(f"Push: {PRODUCTS:,} changed products")
    engine = place.engine()
    with open_sandbox(products=PRODUCTS) as sandbox:
        with writing(engine) as session:
            subject = replace(SHOP, credentials=dict(sandbox.credentials))
            site = product.add_site(session, subject, sandbox.url, utc_now())
        runtime = Runtime(engine=engine, allow_private_stores=True)
        pull_catalogue(runtime, site.id)
        _map_and_count(place)
        began = perf_counter()
        report = push_site(runtime, site.id)
        seconds = perf_counter() - began
    engine.dispose()
    if (report.changed, report.confirmed) != (PRODUCTS, PRODUCTS):
        raise AssertionError(
            f"{report.changed} changed and {report.confirmed} confirmed, not {PRODUCTS}"
        )
    result = Result(
        what=f"Push of {PRODUCTS:,} changed simple products",
        beside="",
        product=f"{seconds:.1f} s with its pull",
        measured=report.requests,
        goal=GOAL_REQUESTS,
        more_is_better=False,
        unit="requests",
    )
    note = f"Push: {report.confirmed:,} quantities confirmed by the shop's own answers."
    return [result], [note]


def _map_and_count(place: Place) -> None:
    """Each of the simple products is one stock item, with a quantity that the shop has not."""
    engine = place.engine()
    now = utc_now()
    with writing(engine) as session:
        wanted = select(Listing).where(Listing.sku.like(SKUS)).order_by(Listing.id)
        for listing in session.scalars(wanted).all():
            shown = listing.store_quantity or 0
            item = StockItem(
                sku=listing.sku,
                name=listing.name,
                on_hand=shown + ON_HAND,
                counted_at=now,
                created_at=now,
            )
            mapping = Mapping(listing_id=listing.id, is_current=True, created_at=now)
            session.add_all([item, mapping])
            session.flush()
            moved = {"stock_item_id": item.id, "quantity": shown + ON_HAND}
            session.add(StockMove(reason="count", at=now, **moved))
            session.add(MappingComponent(mapping_id=mapping.id, stock_item_id=item.id, quantity=1))
    engine.dispose()
