"""Stock items found while a person types, and the words that listings are found by."""

import pytest

from webapp.backoffice.goods.item_index import ItemIndex
from webapp.backoffice.goods.listing_words import words_of, words_of_listing
from webapp.backoffice.goods.suggestions import Matcher, Named

ITEMS = (
    Named(1, "KETTLE-12", "Enamel kettle 1.2 L"),
    Named(2, "KETTLE-20", "Enamel kettle 2 L"),
    Named(3, "GLASS TT", "Teh tarik glass"),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kett", ["KETTLE-12", "KETTLE-20"]),
        ("KETTLE-2", ["KETTLE-20"]),
        ("enamel 1", ["KETTLE-12"]),
        ("glass tt", ["GLASS TT"]),
        ("tarik te", ["GLASS TT"]),
        ("namel", []),
        ("  ", []),
    ],
)
def test_items_are_found_by_the_beginning_of_a_sku_or_of_words(
    typed: str, found: list[str]
) -> None:
    assert [item.sku for item in ItemIndex(ITEMS).find(typed)] == found


def test_a_listing_is_found_by_its_words_its_sku_and_its_ids() -> None:
    words = words_of_listing("811:1204", "CB-350 IND", "Batik mug (350 ml), batik")

    assert words == ("batik", "mug", "350", "ml", "cb-350ind", "811:1204", "1204")


def test_long_names_and_odd_signs_give_words_that_fit_a_key() -> None:
    assert words_of("É" * 200 + " x") == ("é" * 80, "x")
    assert len(words_of(" ".join(str(number) for number in range(50)))) == 20


def test_the_one_item_of_the_same_sku_is_sure_and_two_alike_are_not() -> None:
    matcher = Matcher([*ITEMS, Named(4, "kettle-12", "Another"), Named(5, "TEE_1", "Tee")])

    assert matcher.best_exact(Named(9, "KETTLE-12", "")) is None
    found = matcher.best_exact(Named(9, "tee-1", ""))
    assert found is not None
    assert (found.stock_item_id, found.score) == (5, 95)
    assert matcher.best_exact(Named(9, "", "Tee")) is None
