"""Pages of a list: slices, totals and the `Link` header.

Source: WordPress REST API handbook, pagination; GET /wc/v3/orders, response headers.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from platforms.sandbox.woocommerce.arguments import Arg
from platforms.sandbox.woocommerce.exchange import Answer, Request
from platforms.sandbox.woocommerce.php_query import PhpArray, link_query

Row = TypeVar("Row")

PAGE_ARGS = {
    "page": Arg(type="integer", default=1, minimum=1),
    "per_page": Arg(type="integer", default=10, minimum=1, maximum=100),
    "offset": Arg(type="integer"),
}


def window(rows: Sequence[Row], params: dict[str, Any]) -> Sequence[Row]:
    """The rows of the page asked for; `offset` replaces `page`."""
    per_page = params["per_page"]
    start = params.get("offset")
    if start is None:
        start = (params["page"] - 1) * per_page
    return rows[start : start + per_page]


def counted(
    answer: Answer,
    rows: Sequence[Any],
    params: dict[str, Any],
    *,
    defaults: PhpArray | None = None,
    empty_past_end: bool = False,
) -> Answer:
    """Totals of the whole list. `empty_past_end`: a page behind the last one reports 0."""
    per_page = params["per_page"]
    answer.total = len(rows)
    answer.page = params["page"]
    answer.pages = -(-len(rows) // per_page)
    past_end = answer.page > max(answer.pages, 1)
    if past_end and empty_past_end:
        answer.total = answer.pages = 0
    added = dict(defaults or {})
    if past_end:
        added = {name: value for name, value in added.items() if name == "status"}
    answer.link_defaults = added
    return answer


def link_header(answer: Answer, request: Request, home: str) -> str:
    """`prev` and `next`, built from the home URL and the request's own query, secrets and all."""
    api = f'<{home}/wp-json/>; rel="https://api.w.org/"'
    if answer.total is None:
        return api
    base: PhpArray = {**request.query}
    for name, value in answer.link_defaults.items():
        base.setdefault(name, value)
    if isinstance(base.get("status"), str) and "status" in answer.link_defaults:
        base["status"] = {
            str(n): part for n, part in enumerate(str(base["status"]).split(",")) if part
        }
    url = home + request.path
    links = []
    if answer.page > 1:
        previous = min(answer.page - 1, answer.pages)
        links.append(_link(url, base, previous, "prev"))
    if answer.page < answer.pages:
        links.append(_link(url, base, answer.page + 1, "next"))
    return ", ".join(links) or api


def _link(url: str, base: PhpArray, page: int, relation: str) -> str:
    return f'<{url}?{link_query({**base, "page": str(page)})}>; rel="{relation}"'
