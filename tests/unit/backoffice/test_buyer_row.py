"""What a store's buyer becomes in the one row that holds everything personal."""

from platforms.base import RemoteAddress, RemoteBuyer
from tests.factories import remote_buyer
from webapp.backoffice.people.buyers import EMPTY_ROW, buyer_row


def test_name_words_are_kept_once_billing_first_and_at_most_four() -> None:
    row = buyer_row(
        remote_buyer(
            billing=RemoteAddress(first_name="Nur Siti", last_name="Ahmad"),
            shipping=RemoteAddress(first_name="SITI", last_name="Lim Chong Wei"),
        )
    )

    assert [row[f"word_{n}"] for n in (1, 2, 3, 4)] == ["nur", "siti", "ahmad", "lim"]
    assert row["name"] == "Nur Siti Ahmad"


def test_a_buyer_who_says_nothing_gives_an_empty_row() -> None:
    row = buyer_row(RemoteBuyer())

    assert row == {**EMPTY_ROW, "is_masked": False}


def test_only_filled_address_fields_are_kept() -> None:
    row = buyer_row(remote_buyer(shipping=RemoteAddress(city="Ipoh", country="MY")))

    assert row["shipping"] == {"city": "Ipoh", "country": "MY"}
    assert row["billing"]["street"] == "1 Jalan Besar"


def test_the_country_is_where_the_goods_go() -> None:
    row = buyer_row(remote_buyer(shipping=RemoteAddress(country="SG")))

    assert row["country"] == "SG"


def test_free_text_address_and_browser_stand_together() -> None:
    row = buyer_row(
        remote_buyer(free_text={"meta_data.gift": "hi"}, ip_address="1.2.3.4", user_agent="Web")
    )

    assert row["rest"] == {"meta_data.gift": "hi", "ip_address": "1.2.3.4", "user_agent": "Web"}


def test_characters_that_a_database_cannot_hold_are_left_out() -> None:
    row = buyer_row(remote_buyer(email="a\0b@example.com", note="x\0y"))

    assert (row["email"], row["email_key"], row["note"]) == (
        "ab@example.com",
        "ab@example.com",
        "xy",
    )
