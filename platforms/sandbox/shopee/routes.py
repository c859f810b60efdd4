"""Every path of the API that this store answers, and what it asks for.

Source: the API reference, one page per path; paths are behind `/api/v2`.
"""

from collections.abc import Mapping

from platforms.sandbox.shopee import (
    logistics_routes,
    order_routes,
    payment_routes,
    product_routes,
    push_routes,
    return_routes,
    token_routes,
)
from platforms.sandbox.shopee.exchange import Route

ROUTES: Mapping[str, Route] = {
    **token_routes.ROUTES,
    **order_routes.ROUTES,
    **payment_routes.ROUTES,
    **return_routes.ROUTES,
    **product_routes.ROUTES,
    **logistics_routes.ROUTES,
    **push_routes.ROUTES,
}
