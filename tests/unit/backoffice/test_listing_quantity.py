"""What a listing should show: the scarcest component, the buffer, the maximum, never below 0."""

import pytest

from webapp.backoffice.goods.availability import Component, ItemStock, Quantity, listing_quantity


def component(
    sku: str, on_hand: int, pieces: int = 1, *, reserved: int = 0, is_counted: bool = True
) -> Component:
    return Component(ItemStock(sku, on_hand, reserved, is_counted), pieces)


@pytest.mark.parametrize(
    ("on_hand", "reserved", "pieces", "buffer", "maximum", "shown"),
    [
        (9, 0, 1, 0, None, 9),
        (9, 4, 1, 0, None, 5),
        (9, 0, 2, 0, None, 4),
        (9, 0, 2, 1, None, 3),
        (9, 0, 1, 0, 5, 5),
        (9, 0, 1, 0, 0, 0),
        (9, 0, 1, 20, None, 0),
        (1, 3, 1, 0, None, 0),
        (-2, 0, 3, 0, 7, 0),
    ],
)
def test_one_stock_item_gives_its_available_pieces(
    on_hand: int, reserved: int, pieces: int, buffer: int, maximum: int | None, shown: int
) -> None:
    components = [component("TEE", on_hand, pieces, reserved=reserved)]

    assert listing_quantity(components, buffer=buffer, maximum=maximum).shown == shown


def test_a_kit_shows_what_its_scarcest_component_allows_and_names_it() -> None:
    kit = [component("TEE", 9, 2), component("CAP", 3)]

    assert listing_quantity(kit, buffer=1) == Quantity(2, limited_by="CAP")


def test_a_maximum_that_limits_is_no_component() -> None:
    assert listing_quantity([component("TEE", 9)], maximum=5) == Quantity(5)


def test_unknown_is_not_zero() -> None:
    kit = [component("TEE", 0, is_counted=False), component("CAP", 3)]

    assert listing_quantity(kit) == Quantity(None, uncounted=("TEE",))
