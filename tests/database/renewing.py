"""A process of its own that renews a site's keys: `python -m tests.database.renewing URL SITE_ID DO`.

It says "ready" and waits for a line. With `count` it raises the number among the keys TIMES
times, reading it anew each time; with `hold` it takes the right to renew, says "holding" and
never gives it back. It needs the encryption key in TILLBRIDGE_TEST_KEY.
"""

import os
import sys
import time

from webapp.backoffice.sites.keyring import SiteKeyring
from webapp.database import make_engine, utc_now
from webapp.encryption import use_keys

TIMES = 25


def count(keyring: SiteKeyring) -> None:
    for _ in range(TIMES):
        with keyring.renewing() as renewal:
            number = int(renewal.keys.get("number", "0"))
            renewal.store({"number": str(number + 1)})


def hold(keyring: SiteKeyring) -> None:
    with keyring.renewing():
        print("holding", flush=True)  # noqa: T201
        time.sleep(60)


def main(url: str, site_id: str, does: str) -> None:
    use_keys((os.environ["TILLBRIDGE_TEST_KEY"],))
    keyring = SiteKeyring(engine=make_engine(url), site_id=int(site_id), now=utc_now)
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    {"count": count, "hold": hold}[does](keyring)


if __name__ == "__main__":
    main(*sys.argv[1:])
