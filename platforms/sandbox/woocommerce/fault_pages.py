"""How a WordPress host looks when something is wrong."""

import json

from platforms.sandbox.faults import Fault, FaultKind
from platforms.sandbox.wire import HTML_TYPE, JSON_TYPE, Response, WireRequest

_NOTICE = (
    b'<br />\n<b>Warning</b>:  Undefined array key "region" in '
    b"<b>/var/www/html/wp-content/plugins/kedai-labels/labels.php</b> on line <b>212</b><br />\n"
)
_BOM = b"\xef\xbb\xbf"
_UPDATING = "Briefly unavailable for scheduled maintenance. Check back in a minute."


def instead_of_work(fault: Fault, request: WireRequest) -> Response | None:
    """The answer of a host that does not let the request through; None: it does."""
    match fault.kind:
        case FaultKind.TOO_MANY:
            headers = {} if fault.argument == "-" else {"Retry-After": fault.argument}
            return Response(429, _page("429 Too Many Requests"), headers, HTML_TYPE)
        case FaultKind.ERROR:
            return Response(500, _page("500 Internal Server Error"), {}, HTML_TYPE)
        case FaultKind.MAINTENANCE:
            return _maintenance(fault, request)
        case FaultKind.REDIRECT:
            address = fault.argument.rstrip("/") + request.path
            query = f"?{request.raw_query}" if request.raw_query else ""
            return Response(302, b"", {"Location": address + query}, HTML_TYPE)
        case FaultKind.WAF:
            return Response(403, _page("Access denied. Your request was blocked."), {}, HTML_TYPE)
    return None


def spoilt(fault: Fault, response: Response) -> Response:
    """The answer with what a plugin or theme printed before it."""
    match fault.kind:
        case FaultKind.NOTICE:
            response.body = _NOTICE + response.body
        case FaultKind.BOM:
            response.body = _BOM + response.body
    return response


def _maintenance(fault: Fault, request: WireRequest) -> Response:
    headers = {"Retry-After": fault.argument}
    if "application/json" not in request.headers.get("accept", ""):
        return Response(503, _page(_UPDATING), headers, HTML_TYPE)
    envelope = {
        "code": "wp_die",
        "message": _UPDATING,
        "data": {"status": 503},
        "additional_errors": [],
    }
    return Response(503, json.dumps(envelope).encode(), headers, JSON_TYPE)


def _page(title: str) -> bytes:
    return (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>"
        f"<body><h1>{title}</h1></body></html>\n"
    ).encode()
