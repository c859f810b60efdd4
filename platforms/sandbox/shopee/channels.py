"""Shipping channels, and the ways in which each takes a package.

Source: GET /api/v2/logistics/get_shipping_parameter (`info_needed`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DAY = 86_400

ADDRESSES: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (118_454_205, "12 Jalan Kilang, Shah Alam", ("default_address", "pickup_address")),
    (118_454_311, "3 Lorong Gudang, Klang", ("return_address",)),
)
"""(address_id, street, flags) of the seller's pickup addresses."""
BRANCHES: tuple[tuple[int, str], ...] = ((4101, "Pos Laju Shah Alam"), (4102, "Pos Laju Klang"))
SLOT_HOURS = (("1", "09:00 ~ 13:00"), ("2", "13:00 ~ 18:00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """`needs`: the inputs of each way that this channel allows; an empty list needs `{}`."""

    channel_id: int
    needs: Mapping[str, tuple[str, ...]]


_PICKUP = ("address_id", "pickup_time_id")
CHANNELS: Mapping[str, Channel] = {
    "J&T Express": Channel(channel_id=20021, needs={"pickup": _PICKUP, "dropoff": ()}),
    "SPX Express": Channel(channel_id=20088, needs={"pickup": _PICKUP}),
    "Pos Laju": Channel(channel_id=20007, needs={"dropoff": ("branch_id", "sender_real_name")}),
    "Seller Own Fleet": Channel(channel_id=20098, needs={"non_integrated": ("tracking_no",)}),
}


def channel_of(carrier: str) -> Channel:
    """A carrier that is not in the table takes packages as J&T Express does."""
    return CHANNELS.get(carrier, CHANNELS["J&T Express"])


def shipping_parameter(channel: Channel, now: int, region: str) -> dict[str, Any]:
    """What a seller must choose from, for each way that the channel allows."""
    return {
        "info_needed": {mode: list(needs) for mode, needs in channel.needs.items()},
        "pickup": _pickup(now, region) if channel.needs.get("pickup") else None,
        "dropoff": _dropoff(channel, region) if "dropoff" in channel.needs else None,
    }


def pickup_times(now: int) -> list[tuple[str, int, str]]:
    """(pickup_time_id, day, text) of the next three days."""
    midnight = now - now % _DAY
    return [
        (f"{midnight + day * _DAY}_{slot}", midnight + day * _DAY, text)
        for day in (1, 2, 3)
        for slot, text in SLOT_HOURS
    ]


def _pickup(now: int, region: str) -> dict[str, Any]:
    return {
        "address_list": [
            {
                "address_id": address_id,
                "region": region,
                "state": "Selangor",
                "city": "Shah Alam",
                "district": "",
                "town": "",
                "address": street,
                "zipcode": "40150",
                "address_flag": list(flags),
                "time_slot_list": [
                    {
                        "date": day,
                        "pickup_time_id": time_id,
                        "time_text": text,
                        "flags": ["recommended"] if number == 0 else [],
                    }
                    for number, (time_id, day, text) in enumerate(pickup_times(now))
                ],
            }
            for address_id, street, flags in ADDRESSES
        ]
    }


def _dropoff(channel: Channel, region: str) -> dict[str, Any]:
    branches = BRANCHES if "branch_id" in channel.needs["dropoff"] else ()
    return {
        "branch_list": [
            {
                "branch_id": branch_id,
                "region": region,
                "state": "Selangor",
                "city": "Shah Alam",
                "address": name,
                "zipcode": "40150",
                "district": "",
                "town": "",
            }
            for branch_id, name in branches
        ],
        "slug_list": [],
    }
