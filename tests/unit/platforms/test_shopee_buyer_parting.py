"""The buyer, taken out of an order, its escrow and its returns."""

from decimal import Decimal
from typing import Any

import pytest

from platforms.money import decode_json
from platforms.shopee.orders import open_order, read_payload
from tests.unit.platforms.shopee_payloads import (
    NAMES,
    escrow,
    fetched,
    item,
    kept,
    opened,
    order,
    returned,
)

ADDRESS = {
    "name": "Aminah binti Salleh",
    "phone": "60123456789",
    "town": "Bangsar",
    "district": "Lembah Pantai",
    "city": "Kuala Lumpur",
    "state": "Wilayah Persekutuan",
    "region": "MY",
    "zipcode": "59000",
    "full_address": "7 Jalan Maarof",
    "geolocation": {"latitude": 3.1, "longitude": 101.6},
}
PERSONAL = (
    "Aminah",
    "60123456789",
    "Bangsar",
    "Lembah Pantai",
    "7 Jalan Maarof",
    "aminah_s",
    "101.6",
    "Leave it at the guard",
    "It is a gift for Farid",
    "123.456.789-00",
    "Lina Dropship",
    "farid@example.com",
    "chipped by my cousin",
    "https://cf.example/proof",
    "880001",
    "fragile secret",
)


def personal_order() -> dict[str, Any]:
    return order(
        recipient_address=ADDRESS,
        message_to_seller="Leave it at the guard",
        note="It is a gift for Farid",
        buyer_cpf_id="123.456.789-00",
        dropshipper="Lina Dropship",
        buyer_cancel_reason="fragile secret",
        item_list=[item(engraving="It is a gift for Farid")],
    )


def personal_return() -> dict[str, Any]:
    return returned(
        text_reason="chipped by my cousin",
        image=["https://cf.example/proof"],
        user={"username": "aminah_s", "email": "farid@example.com"},
    )


def test_nothing_personal_is_left_in_the_payload() -> None:
    detail = escrow(gift_note="It is a gift for Farid")

    found = open_order(fetched(personal_order(), detail, [personal_return()]))

    stored = found.payload.decode()
    assert [words for words in PERSONAL if words in stored] == []
    assert read_payload(found.payload) == found.order


def test_the_buyer_has_what_was_taken_out() -> None:
    buyer = open_order(fetched(personal_order(), escrow(), [personal_return()])).buyer

    assert buyer.shipping.first_name == "Aminah binti Salleh"
    assert buyer.shipping.street == "7 Jalan Maarof"
    assert (buyer.shipping.city, buyer.shipping.postcode) == ("Kuala Lumpur", "59000")
    assert (buyer.shipping.country, buyer.shipping.phone) == ("MY", "60123456789")
    assert buyer.note == "Leave it at the guard"
    assert buyer.free_text["buyer_username"] == "aminah_s"
    assert buyer.free_text["note"] == "It is a gift for Farid"
    assert buyer.free_text["recipient_address.district"] == "Lembah Pantai"
    assert buyer.free_text["item_list.0.engraving"] == "It is a gift for Farid"
    assert buyer.free_text["escrow.buyer_user_name"] == "aminah_s"
    assert buyer.free_text["returns.2603100RETURN1.text_reason"] == "chipped by my cousin"
    assert not buyer.is_masked
    assert not buyer.is_anonymised


@pytest.mark.parametrize(
    ("given", "is_masked"),
    [
        ({}, False),
        ({"name": "A******h"}, True),
        ({"phone": "******89"}, True),
        ({"full_address": "7 ******"}, True),
        ({"name": "****", "phone": "****", "full_address": "****"}, True),
        ({"name": "", "phone": "", "full_address": ""}, True),
        ({"name": "A * Salleh"}, False),
        ({"town": "******"}, False),
    ],
)
def test_stars_or_nothing_at_all_in_place_of_an_address_are_a_mask(
    given: dict[str, str], is_masked: bool
) -> None:
    found = open_order(fetched(order(recipient_address={**ADDRESS, **given})))

    assert found.buyer.is_masked is is_masked


@pytest.mark.parametrize("address", [None, "", "7 Jalan Maarof", [], 5])
def test_an_address_that_is_none_hides_the_buyer_and_stays_nowhere(address: object) -> None:
    found = open_order(fetched(order(recipient_address=address)))

    assert found.buyer.is_masked
    assert b"Maarof" not in found.payload


def test_a_new_amount_of_the_income_stays_and_a_new_text_does_not() -> None:
    detail = escrow(new_fee=Decimal("1.20"), commission_fee="5.20", new_words="about Aminah")

    found = open_order(fetched(order(), detail))

    income = decode_json(found.payload)["details"]["escrow"]["order_income"]
    assert income["new_fee"] == Decimal("1.20")
    assert income["commission_fee"] == "5.20"
    assert "new_words" not in income
    assert found.buyer.free_text["escrow.order_income.new_words"] == "about Aminah"
    assert read_payload(found.payload) == found.order


@pytest.mark.parametrize("info", [None, "Aminah", ["Aminah"], {"tax_id": "Aminah", "fee": 5}])
def test_the_buyers_payment_keeps_its_amounts_alone(info: object) -> None:
    detail = {**escrow(), "buyer_payment_info": info}

    assert b"Aminah" not in open_order(fetched(order(), detail)).payload


@pytest.mark.parametrize("name", NAMES)
def test_no_kept_payload_stores_its_buyer(name: str) -> None:
    source, found = kept(name)["order"], opened(name)

    stored = found.payload.decode()
    address = source["recipient_address"]
    for words in (address["name"], address["full_address"], address["phone"]):
        assert words not in stored
    assert source["buyer_username"] not in stored
    assert "cf.example" not in stored
