"""How the platform's edge looks when something is wrong: rarely JSON."""

from platforms.sandbox.faults import Fault, FaultKind
from platforms.sandbox.shopee.wire_json import encoded
from platforms.sandbox.wire import HTML_TYPE, TEXT_TYPE, Response, WireRequest

_NOTICE = b"<!-- edge sg-4 -->\n"
_BOM = b"\xef\xbb\xbf"
_BAD_GATEWAY = b"upstream connect error or disconnect/reset before headers\n"
_BLOCKED = b"<html><head><title>403 Forbidden</title></head><body>Forbidden</body></html>\n"
_TOO_MANY = {
    "error": "error_rate_limit",
    "message": "Too many requests, please try again later.",
    "request_id": "0" * 32,
}


def instead_of_work(
    fault: Fault, request: WireRequest, *, rate_limit_status: int
) -> Response | None:
    """The answer of an edge that does not let the request through; None: it does."""
    match fault.kind:
        case FaultKind.TOO_MANY:
            headers = {} if fault.argument == "-" else {"Retry-After": fault.argument}
            return Response(rate_limit_status, encoded(_TOO_MANY), headers)
        case FaultKind.ERROR:
            if fault.argument == "502":
                return Response(502, _BAD_GATEWAY, {}, TEXT_TYPE)
            return Response(500, b"Internal Server Error\n", {}, TEXT_TYPE)
        case FaultKind.MAINTENANCE:
            headers = {"Retry-After": fault.argument}
            return Response(503, b"Service Unavailable\n", headers, TEXT_TYPE)
        case FaultKind.REDIRECT:
            address = fault.argument.rstrip("/") + request.path
            query = f"?{request.raw_query}" if request.raw_query else ""
            return Response(302, b"", {"Location": address + query}, HTML_TYPE)
        case FaultKind.WAF:
            return Response(403, _BLOCKED, {}, HTML_TYPE)
    return None


def spoilt(fault: Fault, response: Response) -> Response:
    """The answer with what a proxy put before it."""
    match fault.kind:
        case FaultKind.NOTICE:
            response.body = _NOTICE + response.body
        case FaultKind.BOM:
            response.body = _BOM + response.body
    return response
