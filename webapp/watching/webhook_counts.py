"""How many webhooks came in, by platform and what became of them.

Of this process since it began, as monitors expect of counters: each web process is asked by itself.
A forged webhook leaves no other trace than here.
"""

from collections import Counter
from enum import StrEnum
from threading import Lock


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    FORGED = "forged"
    IGNORED = "ignored"  # a ping, or a topic that we do not follow
    REFUSED = "refused"  # too large, or for no site of ours


_counts: Counter[tuple[str, Outcome]] = Counter()
_lock = Lock()


def count_webhook(platform: str, outcome: Outcome) -> None:
    with _lock:
        _counts[platform, outcome] += 1


def webhook_counts() -> dict[tuple[str, Outcome], int]:
    with _lock:
        return dict(_counts)
