"""`settlement pull` and `books clearing`: the contract's keys, and how they end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import factories as make
from tests.cli.conftest import Run
from tests.market_jobs.connected import Market, open_market
from webapp.database import writing


@pytest.fixture
def market(home_engine: Engine) -> Iterator[Market]:
    """A marketplace's shop named market, in an initialised home."""
    with open_market(home_engine, products=2) as market:
        yield market


def test_payouts_are_pulled_and_what_is_left_is_zero(ready: Run, market: Market) -> None:
    number = market.sells("50.00")
    assert ready("pull", "market").status == 0
    left = ready("books", "clearing", "market", "--json").json
    market.completes(number)
    market.store.release(number)

    said = ready("settlement", "pull", "market", "--json")

    assert left["currency"] == "MYR"
    assert left["balance"] == "45.00"
    (order,) = left["orders"]
    assert {key: order[key] for key in ("number", "balance", "age_days", "chapters")} == {
        "number": number,
        "balance": "45.00",
        "age_days": 0,
        "chapters": {"sale": "50.00", "fees": "-5.00", "refund": "0.00", "payout": "0.00"},
    }
    assert said.status == 0
    wanted = {"rows": 1, "posted": 1, "unchanged": 0, "unmatched": []}
    assert {key: said.json[key] for key in wanted} == wanted
    assert ready("books", "clearing", "market", "--json").json["orders"] == []
    assert "clearing stands at zero" in ready("books", "clearing", "market").out


def test_a_payout_without_its_order_is_on_the_worklist_and_the_command_is_done(
    ready: Run, market: Market
) -> None:
    number = market.sells("50.00")
    market.completes(number)
    market.store.release(number)

    said = ready("settlement", "pull", "market", "--json")
    text = ready("settlement", "pull", "market").out
    waiting = ready("settlement", "worklist", "market", "--json").json["lines"]

    assert said.status == 0
    (unmatched,) = said.json["unmatched"]
    assert unmatched["reference"].startswith(f"release:{number}:")
    assert (unmatched["order_number"], unmatched["net"], unmatched["code"]) == (
        number,
        "45.00",
        "order_unknown",
    )
    assert "1 payout waits in the worklist" in text
    assert [line["net"] for line in waiting] == ["45.00"]


def test_people_see_the_oldest_first_and_the_sum(ready: Run, market: Market) -> None:
    number = market.sells("1050.00")
    ready("pull", "market")

    text = ready("books", "clearing", "market").out

    assert number in text
    assert "1,045.00 MYR left in 1 order." in text


def test_a_site_of_another_kind_is_told_to_import_files(ready: Run, home_engine: Engine) -> None:
    with writing(home_engine) as session:
        make.site(session, name="shop")

    said = ready("settlement", "pull", "shop", "--json")

    assert said.status == 1
    error = said.json["error"]
    assert error["code"] == "no_payouts"
    assert "settlement import shop" in error["next"]


def test_a_way_of_handing_over_is_one_that_the_platform_offers(
    ready: Run, market: Market, tmp_path: Path
) -> None:
    file = tmp_path / "site.json"
    file.write_text('{"name": "market", "automation": {"handover": "by pigeon"}}')

    said = ready("site", "apply", str(file), "--json")

    assert said.status == 1
    (wrong,) = said.json["error"]["errors"]
    assert wrong["key"] == "automation.handover"
    assert "dropoff" in wrong["message"]

    file.write_text('{"name": "market", "automation": {"handover": "dropoff"}}')
    said = ready("site", "apply", str(file), "--json")
    assert said.json["sites"][0]["changed"] == ["automation.handover"]
