"""What the demo counts on in every platform's story, however the store behind it works."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from platforms import registry
from platforms.sandbox.goods import PLAIN
from platforms.sandbox.story import FORGOTTEN, SHARED, Deed, Story
from webapp.backoffice.errors import Code
from webapp.cli.sandbox import sandbox_names

PLATFORMS = sandbox_names()


@pytest.fixture(params=PLATFORMS)
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    opened: Story = import_module(f"platforms.sandbox.{request.param}.story").open_story()
    with opened.store:
        yield opened


def test_every_platform_has_a_store_with_a_story() -> None:
    assert set(registry.names()) <= set(PLATFORMS)


def test_the_stores_sell_the_same_goods_from_one_shelf(story: Story) -> None:
    mapped = {(row["listing_sku"], row["sku"]) for row in story.store.mapping_rows()}

    assert {(good.sku, good.sku) for good in PLAIN} <= mapped
    assert SHARED != FORGOTTEN


def test_its_troubles_are_known_by_their_codes_and_told_in_sentences(story: Story) -> None:
    planted = story.plant()

    assert {each.code for each in planted} <= set(Code)
    assert len({each.order for each in planted}) == len(planted)
    assert {each.is_mended for each in planted} == {True, False}
    assert all(each.why.endswith(".") for each in planted)


def test_a_sale_and_an_unpaid_order_both_take_pieces_and_only_the_unpaid_one_gives_them_back(
    story: Story,
) -> None:
    before = story.shown(SHARED)

    story.sell(SHARED, 3)
    sold = story.shown(SHARED)
    number, _ = story.reserve(SHARED, 2)
    waiting = story.shown(SHARED)
    story.let_go(number)

    assert (before - sold, sold - waiting, story.shown(SHARED) - waiting) == (3, 2, 2)


def test_a_day_ends_with_entries_to_show(story: Story) -> None:
    story.plant()

    acts = list(story.day())

    assert acts[-1].shows
    assert {step.deed for act in acts for step in act.steps} >= {Deed.PULL, Deed.SHIP}
