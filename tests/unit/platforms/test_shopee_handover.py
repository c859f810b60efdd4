"""How a parcel leaves: the site's way where the courier allows it, and what is told with it."""

from typing import Any

import pytest

from platforms.errors import Refused
from platforms.shopee.handover import choose

SLOT = {"date": 1, "pickup_time_id": "slot-1", "time_text": "09:00"}


def address(address_id: int, *flags: str, slots: tuple[Any, ...] = (SLOT,)) -> dict[str, Any]:
    return {"address_id": address_id, "address_flag": list(flags), "time_slot_list": list(slots)}


def parameter(**ways: list[str]) -> dict[str, Any]:
    return {
        "info_needed": ways,
        "pickup": {
            "address_list": [
                address(1, "return_address"),
                address(2, "default_address"),
                address(3, "pickup_address"),
            ]
        },
        "dropoff": {"branch_list": [{"branch_id": 41}, {"branch_id": 42}], "slug_list": []},
    }


BOTH = parameter(pickup=["address_id", "pickup_time_id"], dropoff=[])


def test_a_pickup_is_at_the_pickup_address_in_its_first_slot() -> None:
    chosen = choose(BOTH, wanted="", tracking="")

    assert (chosen.way, chosen.told) == ("pickup", {"address_id": 3, "pickup_time_id": "slot-1"})


def test_a_pickup_address_without_a_slot_gives_way_to_one_with_a_slot() -> None:
    offered = parameter(pickup=["address_id", "pickup_time_id"])
    offered["pickup"]["address_list"] = [
        address(3, "pickup_address", slots=()),
        address(2, "default_address"),
    ]

    assert choose(offered, wanted="", tracking="").told["address_id"] == 2


def test_the_way_of_the_site_is_taken_where_it_is_allowed() -> None:
    assert choose(BOTH, wanted="dropoff", tracking="").way == "dropoff"


def test_a_way_that_needs_nothing_is_told_with_nothing() -> None:
    assert choose(BOTH, wanted="dropoff", tracking="").told == {}


def test_a_way_that_is_not_allowed_gives_way_to_one_that_is() -> None:
    offered = parameter(dropoff=["branch_id"])

    chosen = choose(offered, wanted="pickup", tracking="")

    assert (chosen.way, chosen.told) == ("dropoff", {"branch_id": 41})


def test_a_courier_outside_the_store_gets_the_number_that_was_typed_in() -> None:
    chosen = choose(parameter(non_integrated=["tracking_no"]), wanted="", tracking="T-1")

    assert (chosen.way, chosen.told) == ("non_integrated", {"tracking_number": "T-1"})


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        (parameter(non_integrated=["tracking_no"]), "tracking number"),
        (parameter(dropoff=["branch_id", "sender_real_name"]), "real name"),
        (parameter(), "no way"),
        ({}, "no way"),
        ({"info_needed": {"pickup": ["address_id"]}, "pickup": None}, "no address"),
    ],
)
def test_what_is_not_known_here_is_said(offered: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        choose(offered, wanted="", tracking="")
