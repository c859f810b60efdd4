"""JSON with one place that breaks the rules is cut apart around that place."""

from decimal import Decimal

import pytest

from platforms.shopee import loose_json
from platforms.shopee.answers import clean, fields_in
from platforms.shopee.fetched import fetched_row

BROKEN = [b"NaN", b"-Infinity", b'"\\ud800"', b'"\xff"', b'"a\nb"', b"1e9999999999999999999"]


@pytest.mark.parametrize("broken", BROKEN)
def test_the_elements_of_a_list_are_the_stores_own_bytes(broken: bytes) -> None:
    body = b'[ {"a": 1.50},\n{"a":%b} , [%b] ]' % (broken, broken)

    assert loose_json.elements(body) == [b'{"a": 1.50}', b'{"a":%b}' % broken, b"[%b]" % broken]


@pytest.mark.parametrize("broken", BROKEN)
def test_the_members_of_an_object_are_the_stores_own_bytes(broken: bytes) -> None:
    found = loose_json.members(b'{"a" : 1.50,"b":%b, "c":{}}' % broken)

    assert found == {"a": b"1.50", "b": broken, "c": b"{}"}


@pytest.mark.parametrize("body", [b"", b"[", b"[1", b"[1 2", b"x", b"{}", b"[" * 10_000])
def test_what_is_no_list_even_so_is_none(body: bytes) -> None:
    assert loose_json.elements(body) in (None, [])
    assert body != b"{}" or loose_json.elements(body) is None


@pytest.mark.parametrize("body", [b"", b"{", b'{"a"', b'{"a":', b'{"a":1', b"{1:2}", b"[]"])
def test_what_is_no_object_even_so_is_none(body: bytes) -> None:
    assert loose_json.members(body) is None


def test_amounts_stay_exact_and_what_is_no_number_is_none() -> None:
    found = loose_json.value(b'{"a":0.1,"b":NaN,"c":1e99999999999999999999,"d":%b}' % (b"9" * 6000))

    assert found["a"] == Decimal("0.1")
    assert found["b"].is_nan()
    assert found["c"].is_nan()
    assert found["d"] == Decimal("9" * 6000)


def test_half_a_letter_becomes_a_question_mark() -> None:
    assert loose_json.value(b'{"a":["no \\ud83d"],"b":"\\ud83d\\ude00"}') == {
        "a": ["no ?"],
        "b": "\N{GRINNING FACE}",
    }


@pytest.mark.parametrize("broken", BROKEN)
def test_an_answer_that_breaks_the_rules_is_still_an_answer(broken: bytes) -> None:
    found = fields_in(b'{"error":"","response":{"rows":[%b]}}' % broken)

    assert found is not None
    assert bytes(found["response"]) == b'{"rows":[%b]}' % broken


def test_an_answer_that_breaks_off_is_none() -> None:
    assert fields_in(b'{"error":"","response":{"rows":[NaN') is None


@pytest.mark.parametrize("broken", BROKEN)
def test_an_order_that_breaks_the_rules_keeps_its_number_and_its_date(broken: bytes) -> None:
    row = fetched_row(b'{"order_sn":"260305A","update_time":1772686800,"total_amount":%b}' % broken)

    assert row.order.remote_id == "260305A"
    assert row.order.modified_at.timestamp() == 1772686800


@pytest.mark.parametrize("words", ["<" * 500_000, "token=" * 100_000, "&amp;" * 100_000])
def test_endless_words_are_cut_before_they_are_looked_at(words: str) -> None:
    assert len(clean(words)) <= 300


def test_markup_is_taken_out_however_it_is_written() -> None:
    assert clean("&lt;b&gt;No&lt;/b&gt; <i>way</i>\x1b[2J") == "No way[2J"
