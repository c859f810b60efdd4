"""No door into the network: connections that refuse every address that is not public.

A store's address is typed by a person, and its DNS and redirects belong to the store. So a
name is resolved once, all of its addresses are looked at, and the connection goes to one of
those very addresses: there is no second look-up that could answer differently. TLS still
checks the name in the URL. Each redirect is a new connection and is looked at again.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any, NoReturn

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from platforms.errors import ForbiddenAddress
from platforms.hanging_up import Watch

NAT64 = IPv6Network("64:ff9b::/96")
MOST_ADDRESSES_TRIED = 4


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet, also when wrapped in another protocol's."""
    address = _unwrapped(ip_address(text.partition("%")[0]))
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or getattr(address, "is_site_local", False)
    )


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


class Deadline:
    """The moment by which one request must be over, kept by every connection of a transport."""

    def __init__(self) -> None:
        self.at = 0.0
        self.watch = Watch()

    def start(self, seconds: float) -> None:
        self.at = monotonic() + seconds

    def left(self) -> float:
        return self.at - monotonic()

    def end_now(self) -> None:
        """The request is over, from another thread: nobody waits for its answer."""
        self.at = 0.0
        self.watch.hang_up()


class GuardedConnection:
    """What both connection classes share; mixed in before urllib3's own."""

    allow_private = False
    deadline = Deadline()
    # Set by urllib3's class.
    host: str
    port: int
    sock: socket.socket | None
    timeout: Any
    source_address: Any
    socket_options: Any
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        found = _resolve(self)
        if not self.allow_private and not all(is_public(each) for each in found):
            raise ForbiddenAddress(
                f"The address {self.host} leads into a private network, so it is not asked. "
                "Only a setting of this installation can allow that."
            )
        fault: OSError = OSError("no address")
        for address in found[:MOST_ADDRESSES_TRIED]:
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as each:
                fault = each
        if isinstance(fault, TimeoutError):
            raise ConnectTimeoutError(self, "connect timed out") from fault
        raise NewConnectionError(self, str(fault)) from fault  # type: ignore[arg-type]

    def getresponse(self) -> Any:
        """Wait for the answer's head, but not past the deadline."""
        self.deadline.watch.begin(self.sock, self.deadline.at)
        try:
            answer = super().getresponse()  # type: ignore[misc]
        finally:
            self.deadline.watch.end()
        if self.deadline.left() <= 0:
            # Hung up in the middle of the head: what there is of it looks whole.
            answer.close()
            raise TimeoutError
        return answer


def _resolve(connection: Any) -> list[str]:
    host = connection._dns_host.strip("[]")
    try:
        found = socket.getaddrinfo(host, connection.port, 0, socket.SOCK_STREAM)
    except socket.gaierror as fault:
        raise NameResolutionError(connection.host, connection, fault) from fault
    except UnicodeError as fault:
        unknown = socket.gaierror("no host name")
        raise NameResolutionError(connection.host, connection, unknown) from fault
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class GuardedAdapter(HTTPAdapter):
    """An adapter whose connections are guarded. Proxies are refused: they would connect for us."""

    def __init__(self, *, allow_private: bool, deadline: Deadline) -> None:
        self.guard = {"allow_private": allow_private, "deadline": deadline}
        super().__init__(max_retries=0, pool_connections=4, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        plain = type("Guarded", (GuardedConnection, HTTPConnection), dict(self.guard))
        secure = type("GuardedTLS", (GuardedConnection, HTTPSConnection), dict(self.guard))
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("GuardedTLSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ForbiddenAddress("Stores are not asked through a proxy.")
