"""Suggestions of a stock item: the best first, each with a reason, and silence when unsure."""

from webapp.backoffice.goods.suggestions import Matcher, Named

MATCHER = Matcher(
    [
        Named(1, "TEE-RED-M", "Kampung Tee Red M"),
        Named(2, "TEE-RED-L", "Kampung Tee Red L"),
        Named(3, "MUG-01", "Teh Tarik Mug"),
        Named(4, "CAP", "Cap"),
    ]
)


def suggested(sku: str, name: str = "") -> list[tuple[int, int]]:
    found = MATCHER.suggest(Named(9, sku, name))
    assert all(each.reason.endswith(".") for each in found)
    return [(each.stock_item_id, each.score) for each in found]


def test_the_same_sku_comes_first() -> None:
    assert suggested("tee-red-m")[0] == (1, 100)


def test_a_sku_with_other_signs_is_nearly_sure() -> None:
    assert suggested("TEE RED/M")[0] == (1, 95)


def test_a_sku_with_a_typing_error_is_suggested_with_a_lower_score() -> None:
    [(item, score)] = suggested("TEE-RED-MM")[:1]

    assert item == 1
    assert 85 <= score < 95


def test_a_name_in_another_order_of_words_is_found() -> None:
    found = MATCHER.suggest(Named(9, "", "Mug, Teh Tarik"))

    assert found[0].stock_item_id == 3
    assert "Teh Tarik Mug" in found[0].reason


def test_nothing_alike_gives_no_suggestion() -> None:
    assert suggested("ZZZ-999", "Wooden spoon") == []
    assert suggested("", "") == []


def test_at_most_three_are_suggested_best_first() -> None:
    scores = [score for _, score in suggested("TEE-RED-M", "Kampung Tee Red M")]

    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 3
