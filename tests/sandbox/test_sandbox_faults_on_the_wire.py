"""What a client sees of each fault, and what the store has done by then."""

import json
from collections.abc import Iterator

import pytest
import requests

from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests.sandbox.caller import Caller


@pytest.fixture
def plain() -> Iterator[Caller]:
    """Over HTTP with Basic let in, so that a cut connection is not hidden by TLS."""
    with open_sandbox(with_cases=True) as sandbox:
        sandbox.store.configure(basic_over_http=True)
        caller = Caller(sandbox)
        yield caller
        caller.close()


@pytest.mark.parametrize(
    ("kind", "argument", "status", "retry_after"),
    [
        ("429", "7", 429, "7"),
        ("429", "-", 429, None),
        ("500", None, 500, None),
        ("503", None, 503, "600"),
        ("503", "2", 503, "2"),
        ("waf", None, 403, None),
    ],
)
def test_a_refusing_host_answers_in_html(
    plain: Caller, kind: str, argument: str | None, status: int, retry_after: str | None
) -> None:
    plain.sandbox.faults.once(kind, argument)

    refused = plain.call("GET", "/orders")
    after = plain.call("GET", "/orders")

    assert refused.status_code == status
    assert refused.headers["Content-Type"].startswith("text/html")
    assert refused.headers.get("Retry-After") == retry_after
    assert after.status_code == 200


def test_maintenance_speaks_json_to_those_who_accept_only_that(plain: Caller) -> None:
    plain.sandbox.faults.once("503")

    answer = plain.call("GET", "/orders", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (503, "wp_die")


@pytest.mark.parametrize(
    ("kind", "start"), [("notice", b"<br />\n<b>Warning</b>"), ("bom", b"\xef\xbb\xbf[")]
)
def test_text_before_the_json_comes_with_200(plain: Caller, kind: str, start: bytes) -> None:
    plain.sandbox.faults.once(kind)

    answer = plain.call("GET", "/orders")

    assert answer.status_code == 200
    assert answer.content.startswith(start)
    assert len(json.loads(answer.content[answer.content.index(b"[{") :])) == 10


def test_a_truncated_answer_ends_before_its_stated_length(plain: Caller) -> None:
    plain.sandbox.faults.once("truncate")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        plain.call("GET", "/orders")
    assert plain.call("GET", "/orders").status_code == 200


def test_a_dropped_request_has_done_nothing_and_a_lost_one_everything(plain: Caller) -> None:
    first, second = plain.sandbox.cases["6"], plain.sandbox.cases["7"]
    plain.sandbox.faults.once("drop", method="PUT")
    plain.sandbox.faults.once("lost", method="PUT")

    for order_id in (first, second):
        with pytest.raises(requests.exceptions.ConnectionError):
            plain.call("PUT", f"/orders/{order_id}", json={"status": "completed"})

    assert plain.get(f"/orders/{first}")["status"] == "processing"
    assert plain.get(f"/orders/{second}")["status"] == "completed"
    assert [entry.status for entry in plain.sandbox.log.requests][:2] == [0, 0]


def test_a_redirect_points_to_the_same_path_elsewhere(plain: Caller) -> None:
    plain.sandbox.faults.once("redirect", "https://www.shop.example")

    answer = plain.call("GET", "/orders?page=2")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://www.shop.example/wp-json/wc/v3/orders?page=2"


def test_slow_answers_come_in_the_end(plain: Caller) -> None:
    plain.sandbox.faults.once("slow", "0.15")

    answer = plain.call("GET", "/orders")

    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.15


def test_a_shift_edits_an_order_before_the_page_is_read(plain: Caller) -> None:
    before = {
        order["id"]: order["date_modified_gmt"] for order in plain.get("/orders", per_page=100)
    }
    plain.sandbox.faults.once("shift", path="/orders")

    after = plain.get("/orders", per_page=100)

    assert len([o for o in after if o["date_modified_gmt"] != before[o["id"]]]) == 1


def test_faults_by_chance_are_the_same_for_the_same_seed() -> None:
    runs = []
    for _ in range(2):
        with open_sandbox(https=True, faults="500=0.3,429=0.2", seed=5) as sandbox:
            caller = Caller(sandbox)
            runs.append([caller.call("GET", "/orders").status_code for _ in range(20)])
            caller.close()

    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 429, 500}


def test_a_wrong_fault_spec_opens_no_store() -> None:
    with pytest.raises(ValueError, match="no fault 'explode'"):
        open_sandbox(faults="explode=1")


def test_a_stopped_store_answers_nobody_not_even_on_an_open_connection() -> None:
    sandbox = open_sandbox(https=True).start()
    caller = Caller(sandbox)
    assert caller.get("/orders") == []

    sandbox.stop()

    with pytest.raises(requests.exceptions.ConnectionError):
        caller.call("GET", "/orders")
    caller.close()


def test_the_control_door_drives_the_store_from_another_process(plain: Caller) -> None:
    door = f"{plain.sandbox.url}/_sandbox"

    def act(action: str, **arguments: object) -> requests.Response:
        return requests.post(f"{door}/{action}", json=arguments, timeout=10)

    order_id = act(
        "place_order",
        lines=[{"product": "MUG-TEHTARIK", "quantity": 2}],
        buyer={"first_name": "Mei"},
        at="2026-07-01T00:00:00+00:00",
    ).json()["result"]
    act("fault_once", kind="500", path="/orders/*")

    assert plain.call("GET", f"/orders/{order_id}").status_code == 500
    order = plain.get(f"/orders/{order_id}")
    assert (order["billing"]["first_name"], order["total"]) == ("Mei", "51.94")
    assert act("place_order", lines=[{"product": "NOWHERE"}]).status_code == 400
    assert act("no_such_thing").status_code == 400
    assert act("faults", spec="429=2").status_code == 400
    cases = requests.get(f"{door}/cases", timeout=10).json()
    act("play", case="7")
    assert plain.get(f"/orders/{cases['7']}")["status"] == "cancelled"
    logged = requests.get(f"{door}/log", timeout=10).json()
    assert [row["path"] for row in logged[-3:-1]] == ["/_sandbox/cases", "/_sandbox/play"]


def test_requests_are_counted_by_route(sandbox: Sandbox, shop: Caller) -> None:
    shop.get("/orders")
    shop.get("/orders/999999/refunds")
    shop.get("/products/999999/variations")

    assert sandbox.log.counts() == {
        "GET /orders": 1,
        "GET /orders/<id>/refunds": 1,
        "GET /products/<id>/variations": 1,
    }
    sandbox.log.clear()
    assert sandbox.log.requests == []
