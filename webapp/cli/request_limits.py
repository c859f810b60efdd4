"""How much the web server reads of a request before anybody has looked at it.

waitress gathers a whole body before the application sees the request. What is too large is
refused by its header, or as soon as too much of it has come; the rest is never read.
"""

import copy
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import RequestEntityTooLarge

from webapp.webhooks import LARGEST_BODY, PREFIX

# The largest upload is a sheet of 30 MB; its form is a little around it.
LARGEST_REQUEST = 32 * 1024 * 1024
LARGEST_HEADER = 64 * 1024
# Idle connections of slow or malicious clients: so many, for so many seconds.
MOST_CONNECTIONS = 500
IDLE_SECONDS = 60

SETTINGS = {
    "max_request_body_size": LARGEST_REQUEST + 1,
    "max_request_header_size": LARGEST_HEADER,
    "connection_limit": MOST_CONNECTIONS,
    "channel_timeout": IDLE_SECONDS,
}


class LimitedParser(HTTPRequestParser):  # type: ignore[misc]
    """Reads less of what goes to the stores' door, where anybody may knock."""

    adj: Any
    is_for_door = False

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.is_for_door = self.path.startswith(PREFIX)
        if self.is_for_door:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = LARGEST_BODY + 1


def limited_channel(too_large_for_door: Callable[[], None]) -> type[HTTPChannel]:
    """The connection's class for a server; it tells of what was too large for the stores' door."""

    class LimitedChannel(HTTPChannel):  # type: ignore[misc]
        parser_class = LimitedParser

        def service(self) -> None:
            request: Any = self.requests[0] if self.requests else None
            if (
                request is not None
                and request.is_for_door
                and isinstance(request.error, RequestEntityTooLarge)
            ):
                too_large_for_door()
            super().service()

    return LimitedChannel
