"""`buyer`: found, handed out, erased for good."""

import pytest
from sqlalchemy import Engine

from tests import factories as make
from tests.cli.conftest import Run
from webapp.backoffice.people.buyers import buyer_row
from webapp.database import writing


@pytest.fixture
def shop(home_engine: Engine) -> None:
    with writing(home_engine) as session:
        order = make.order(session, make.site(session, name="main"), number="1001")
        make.buyer(session, order, **buyer_row(make.remote_buyer()))


def _email(ready: Run) -> str:
    email: str = ready("buyer", "export", "main", "1001", "--json").json["buyer"]["email"]
    return email


def test_a_buyer_is_found_by_mail(ready: Run, shop: None) -> None:
    said = ready("buyer", "find", _email(ready), "--json")

    assert said.json == {"orders": [{"site": "main", "number": "1001"}]}


def test_an_erased_buyer_is_found_no_more_and_has_nothing_left(ready: Run, shop: None) -> None:
    email = _email(ready)

    first, second = (ready("buyer", "erase", "main", "1001", "--json").json for _ in range(2))

    assert (first, second) == ({"erased": 1}, {"erased": 0})
    assert ready("buyer", "find", email, "--json").json == {"orders": []}
    assert email not in ready("buyer", "export", "main", "1001", "--json").out


@pytest.mark.parametrize("act", ["export", "erase"])
def test_an_order_that_is_not_there_is_said(ready: Run, shop: None, act: str) -> None:
    assert ready("buyer", act, "main", "9", "--json").json["error"]["code"] == "unknown_order"
