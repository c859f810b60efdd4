"""The public clients of WooCommerce work against the sandbox as against a real store."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from woocommerce import API

from platforms.sandbox.woocommerce import Buyer, Sandbox, Sold, open_sandbox

NPM_PACKAGE = "@woocommerce/woocommerce-rest-api@1.0.2"
INSTALL_SECONDS = 120


@pytest.fixture(params=["http", "https", "https-query"])
def python_client(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, Any]]:
    """PyPI `woocommerce`: OAuth 1.0a over HTTP, Basic over HTTPS, keys in the query."""
    https = request.param != "http"
    with open_sandbox(orders=40, https=https) as sandbox:
        client = API(
            url=sandbox.url,
            **sandbox.credentials,
            version="wc/v3",
            timeout=10,
            verify_ssl=sandbox.ca_file if https else True,
            query_string_auth=request.param == "https-query",
        )
        yield sandbox, client


def test_python_lists_with_filters_page_by_page(python_client: tuple[Sandbox, Any]) -> None:
    sandbox, client = python_client
    query = {
        "status": "processing,completed",
        "modified_after": "2026-03-05T03:00:00",
        "dates_are_gmt": "true",
        "orderby": "modified",
        "order": "asc",
        "per_page": 7,
    }

    first = client.get("orders", params={**query, "page": 1})
    pages = range(1, int(first.headers["X-WP-TotalPages"]) + 1)
    listed = [
        o for page in pages for o in client.get("orders", params={**query, "page": page}).json()
    ]

    wanted = [
        order.id
        for order in sandbox.store.orders.values()
        if order.status in ("processing", "completed")
    ]
    assert sorted(order["id"] for order in listed) == sorted(wanted)
    assert int(first.headers["X-WP-Total"]) == len(wanted)


def test_python_lists_explicit_array_elements_beyond_ten(
    python_client: tuple[Sandbox, Any],
) -> None:
    sandbox, client = python_client
    wanted = list(sandbox.store.orders)[:12]
    query = {f"include[{n}]": order_id for n, order_id in enumerate(wanted)}

    listed = client.get("orders", params={**query, "per_page": 100}).json()

    assert sorted(order["id"] for order in listed) == sorted(wanted)


def test_python_searches_beyond_ascii(python_client: tuple[Sandbox, Any]) -> None:
    sandbox, client = python_client
    buyer = Buyer(last_name="Größe & Söhne ~1")
    order_id = sandbox.store.place_order(lines=[Sold(product="MUG-TEHTARIK")], buyer=buyer)

    found = client.get("orders", params={"search": "größe & söhne ~1"}).json()

    assert [order["id"] for order in found] == [order_id]


def test_python_writes_one_order_and_a_batch(python_client: tuple[Sandbox, Any]) -> None:
    sandbox, client = python_client
    order_id = sandbox.cases["6"]
    mug = sandbox.store.find_product("MUG-TEHTARIK").id

    put = client.put(f"orders/{order_id}", {"status": "completed", "customer_note": "été"})
    batch = client.post(
        "products/batch",
        {"update": [{"id": mug, "stock_quantity": 3}, {"id": 987654, "stock_quantity": 1}]},
    )

    assert (put.json()["status"], put.json()["customer_note"]) == ("completed", "été")
    assert batch.json()["update"][0]["stock_quantity"] == 3
    assert batch.json()["update"][1]["error"]["code"] == "woocommerce_rest_product_invalid_id"


def test_python_is_told_what_is_not_there(python_client: tuple[Sandbox, Any]) -> None:
    _, client = python_client

    missing, strange = client.get("orders/999999"), client.get("no-such-route")
    options, deleted = (
        client.options("orders"),
        client.delete("orders/999999", params={"force": True}),
    )

    assert missing.json()["code"] == "woocommerce_rest_shop_order_invalid_id"
    assert strange.json()["code"] == "rest_no_route"
    assert options.json()["namespace"] == "wc/v3"
    assert deleted.status_code == 404


SCRIPT = """
const imported = require('@woocommerce/woocommerce-rest-api');
const Client = imported.default || imported;
const [url, consumerKey, consumerSecret, orderId, productId] = process.argv.slice(2);
const client = new Client({ url, consumerKey, consumerSecret, version: 'wc/v3' });
const failed = (error) => ({ status: error.response.status, code: error.response.data.code });
(async () => {
  const out = {};
  const page = await client.get('orders', {
    status: ['processing', 'completed'], per_page: 7, page: 2, orderby: 'id', order: 'asc',
    modified_after: '2026-03-05T03:00:00', dates_are_gmt: true });
  out.page = page.data.map((order) => order.id);
  out.total = page.headers['x-wp-total'];
  out.found = (await client.get('orders', { search: 'größe & söhne' })).data.map((o) => o.id);
  out.put = (await client.put(`orders/${orderId}`, { status: 'completed' })).data.status;
  const update = [{ id: Number(productId), stock_quantity: 3 }, { id: 987654, stock_quantity: 1 }];
  const batch = (await client.post('products/batch', { update })).data.update;
  out.batch = [batch[0].stock_quantity, batch[1].error.code];
  out.missing = await client.get('orders/999999').catch(failed);
  const many = Array.from({ length: 12 }, (_, n) => n + 1);
  out.many = await client.get('orders', { include: many }).then((a) => ({ status: a.status }), failed);
  console.log(JSON.stringify(out));
})().catch((error) => { console.error(String(error)); process.exit(1); });
"""


@pytest.fixture(scope="session")
def npm_folder(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the official npm client installed; kept in pytest's cache."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not on this machine: the npm client was not tried")
    cache = getattr(pytestconfig, "cache", None)
    kept = cache.mkdir("npm-woocommerce") if cache is not None else None
    folder = kept or tmp_path_factory.mktemp("npm-woocommerce")
    if (folder / "installed").exists():
        return Path(folder)
    try:
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), NPM_PACKAGE],
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            cwd=folder,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(
            f"npm install took longer than {INSTALL_SECONDS} s: the npm client was not tried"
        )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        pytest.skip(f"npm install failed ({last}): the npm client was not tried")
    (folder / "installed").touch()
    return Path(folder)


def test_npm_lists_searches_writes_and_is_told_what_is_wrong(npm_folder: Path) -> None:
    node = shutil.which("node")
    assert node is not None
    with open_sandbox(orders=40) as sandbox:
        store = sandbox.store
        buyer = Buyer(last_name="Größe & Söhne")
        found = store.place_order(
            lines=[Sold(product="MUG-TEHTARIK")], buyer=buyer, status="pending"
        )
        paid = [o.id for o in store.orders.values() if o.status in ("processing", "completed")]
        mug = store.find_product("MUG-TEHTARIK").id

        arguments = [sandbox.url, *sandbox.credentials.values(), str(sandbox.cases["6"]), str(mug)]
        done = subprocess.run(
            [node, "-e", SCRIPT, "client", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=npm_folder,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "page": sorted(paid)[7:14],
        "total": str(len(paid)),
        "found": [found],
        "put": "completed",
        "batch": [3, "woocommerce_rest_product_invalid_id"],
        "missing": {"status": 404, "code": "woocommerce_rest_shop_order_invalid_id"},
        # Its signature sorts the elements as text; a real store refuses that from eleven on.
        "many": {"status": 401, "code": "woocommerce_rest_authentication_error"},
    }
