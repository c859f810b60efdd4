"""A process of its own that pulls a site: `python -m tests.pull.pulling URL SITE_ID [--forks]`.

It says "ready" and waits for a line. With `--forks` it forks a child that pulls for each line
and says its pid, then how it ended: a process to be killed that costs no start-up. It needs the
encryption key in TILLBRIDGE_TEST_KEY.
"""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine

from jobs.pull import pull_site
from tests.stores import runtime_of
from webapp.database import make_engine
from webapp.encryption import use_keys

ROOT = Path(__file__).parent.parent.parent


class Puller:
    """The process, seen from the test: ready to begin when this is made."""

    def __init__(
        self, engine: Engine, site_id: int, keys: tuple[str, ...], *, forks: bool = False
    ) -> None:
        url = engine.url.render_as_string(hide_password=False)
        arguments = [url, str(site_id), *(["--forks"] if forks else [])]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.pull.pulling", *arguments],
            cwd=ROOT,
            env={**os.environ, "TILLBRIDGE_TEST_KEY": keys[0]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self.said() != "ready":
            _, error = self.process.communicate()
            raise AssertionError(error)

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ended(self) -> str:
        """What it wrote to stderr; it is stopped in any case."""
        try:
            _, error = self.process.communicate(timeout=60)
        finally:
            self.process.kill()
        return error

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def pull(url: str, site_id: str) -> None:
    pull_site(runtime_of(make_engine(url)), int(site_id))


def pull_in_a_child(url: str, site_id: str) -> None:
    pid = os.fork()
    if pid == 0:
        pull(url, site_id)
        os._exit(0)
    print(pid, flush=True)  # noqa: T201
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def main(url: str, site_id: str, *extra: str) -> None:
    use_keys((os.environ["TILLBRIDGE_TEST_KEY"],))
    print("ready", flush=True)  # noqa: T201
    if "--forks" in extra:
        for _ in sys.stdin:
            pull_in_a_child(url, site_id)
    else:
        sys.stdin.readline()
        pull(url, site_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
