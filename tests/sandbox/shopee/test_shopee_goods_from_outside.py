"""Another process changes goods and pushes through the control door."""

from typing import Any

import requests

from platforms.sandbox.shopee import Sandbox


def ask(sandbox: Sandbox, action: str, **arguments: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(f"{sandbox.url}/_sandbox/{action}", json=arguments, timeout=10)


def test_stock_is_typed_in_and_looked_at(sandbox: Sandbox) -> None:
    ask(sandbox, "products.set_stock", ref="MUG-TEHTARIK", quantity=12)

    shown = ask(sandbox, "products.stock", ref="MUG-TEHTARIK")

    assert shown.json() == {"result": 12}
    assert sandbox.store.products.stock("MUG-TEHTARIK") == 12


def test_a_new_item_and_its_models_come_by_json(sandbox: Sandbox) -> None:
    made = ask(
        sandbox,
        "products.add_item",
        name="Sarong",
        sku="SARONG",
        price="39.90",
        stock=4,
        options={"Colour": ["Blue", "Green"]},
        at="2026-05-01T00:00:00+08:00",
    )

    item = sandbox.store.products.row(made.json()["result"])
    assert [model.sku for model in item.models.values()] == ["SARONG-BLUE", "SARONG-GREEN"]
    assert item.created == 1_777_564_800


def test_what_is_not_an_action_or_does_not_fit_is_said(sandbox: Sandbox) -> None:
    hidden = ask(sandbox, "products.items.clear")
    unknown = ask(sandbox, "products.set_stock", ref="NO-SUCH-SKU", quantity=1)

    assert (hidden.status_code, unknown.status_code) == (400, 400)
    assert "NO-SUCH-SKU" in unknown.json()["error"]
    assert sandbox.store.products.items


def test_pushes_can_be_switched_on_and_disturbed(sandbox: Sandbox) -> None:
    ask(sandbox, "pushes.register", callback_url="http://127.0.0.1:9/gone")
    ask(sandbox, "pushes.lose_next")
    sandbox.store.pushes.order_status("250101AAAAAAAA", "SHIPPED", 1)

    drained = ask(sandbox, "pushes.drain")

    assert drained.json() == {"result": True}
    assert len(sandbox.store.pushes.lost) == 1
