"""Faults on demand, for any sandbox: by chance from a seed, or scripted for the next request.

A spec is `kind=probability[:argument]`, comma-separated, e.g.
`429=0.05:2,500=0.03,drop=0.02,slow=0.05:0.3,lost=0.02,notice=0.02,truncate=0.02,shift=0.02`.
At most one fault a request.
"""

import random
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock


class FaultKind(StrEnum):
    """What goes wrong. The argument each takes, with its default, stands beside it."""

    TOO_MANY = "429"
    """Too many requests; argument: Retry-After in seconds (1), `-` for none."""
    ERROR = "500"
    """An HTML page of the web server."""
    MAINTENANCE = "503"
    """The store is updating; argument: Retry-After in seconds (600)."""
    DROP = "drop"
    """The connection ends before anything was done."""
    LOST = "lost"
    """The work is done, its answer never arrives."""
    SLOW = "slow"
    """The answer is late; argument: seconds (0.2)."""
    NOTICE = "notice"
    """The text of a warning before the JSON."""
    BOM = "bom"
    """A byte order mark before the JSON."""
    TRUNCATE = "truncate"
    """The honest length, half of the body, then the end of the connection."""
    SHIFT = "shift"
    """A row moves while a client pages: before a list is answered, one order is edited."""
    REDIRECT = "redirect"
    """302; argument: the address (the same path at another host)."""
    WAF = "waf"
    """A firewall's HTML page with 403."""


_DEFAULTS = {
    FaultKind.TOO_MANY: "1",
    FaultKind.MAINTENANCE: "600",
    FaultKind.SLOW: "0.2",
    FaultKind.REDIRECT: "https://store.invalid",
}


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    argument: str


@dataclass(slots=True)
class _Scripted:
    fault: Fault
    method: str | None
    path: str | None
    times: int
    skip: int


class FaultPlan:
    """Which request meets which fault. The same spec, seed and requests give the same faults."""

    def __init__(self, spec: str = "", *, seed: int = 1) -> None:
        self._lock = Lock()
        self._seed = seed
        self._random = random.Random(seed)
        self._chances: list[tuple[float, Fault]] = []
        self._script: list[_Scripted] = []
        self.met: Counter[FaultKind] = Counter()
        """How often each fault happened so far."""
        self.set(spec)

    def set(self, spec: str) -> None:
        """Replace the chances; the dice start anew. ValueError names what is wrong in the spec."""
        chances = parse_spec(spec)
        with self._lock:
            self._chances = chances
            self._random = random.Random(self._seed)

    def once(
        self,
        kind: str,
        argument: str | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
        skip: int = 0,
    ) -> None:
        """The next `times` requests that fit meet the fault, after `skip` fitting ones passed.

        `path` is a shell pattern on the path behind the API's version, e.g. "/orders",
        "/orders/*", "/products/batch".
        """
        fault = _fault(kind, argument)
        with self._lock:
            self._script.append(_Scripted(fault, method, path, times, skip))

    def clear(self) -> None:
        """No more faults, neither by chance nor scripted."""
        with self._lock:
            self._chances = []
            self._script = []

    def draw(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, if any."""
        with self._lock:
            fault = self._scripted(method, path) or self._by_chance()
            if fault is not None:
                self.met[fault.kind] += 1
            return fault

    def _scripted(self, method: str, path: str) -> Fault | None:
        for entry in self._script:
            if entry.method not in (None, method):
                continue
            if entry.path is not None and not fnmatchcase(path, entry.path):
                continue
            if entry.skip > 0:
                entry.skip -= 1
                continue
            entry.times -= 1
            if entry.times <= 0:
                self._script.remove(entry)
            return entry.fault
        return None

    def _by_chance(self) -> Fault | None:
        if not self._chances:
            return None
        dice = self._random.random()
        for chance, fault in self._chances:
            if dice < chance:
                return fault
            dice -= chance
        return None


def parse_spec(spec: str) -> list[tuple[float, Fault]]:
    """(probability, fault) pairs. ValueError for an unknown kind or chances beyond 1."""
    chances = []
    for part in filter(None, (part.strip() for part in spec.split(","))):
        kind, equals, rest = part.partition("=")
        chance, colon, argument = rest.partition(":")
        if not equals:
            raise ValueError(f"fault {part!r}: write kind=probability")
        try:
            probability = float(chance)
        except ValueError:
            raise ValueError(f"fault {part!r}: {chance!r} is not a probability") from None
        if not 0 <= probability <= 1:
            raise ValueError(f"fault {part!r}: a probability lies between 0 and 1")
        chances.append((probability, _fault(kind.strip(), argument if colon else None)))
    if sum(probability for probability, _ in chances) > 1:
        raise ValueError("the probabilities of the faults add up to more than 1")
    return chances


def _fault(kind: str, argument: str | None) -> Fault:
    try:
        known = FaultKind(kind)
    except ValueError:
        kinds = ", ".join(member.value for member in FaultKind)
        raise ValueError(f"no fault {kind!r}; known are {kinds}") from None
    if known is FaultKind.SLOW and argument is not None:
        float(argument)
    return Fault(known, argument if argument is not None else _DEFAULTS.get(known, ""))
