"""`web`: serves the admin until it is stopped, and says when its port is taken."""

import signal
import socket

import requests

from tests.cli.conftest import Run
from tests.cli.processes import first_json, started


def test_it_serves_the_sign_in_and_ends_on_sigterm(ready: Run) -> None:
    with started("web", "--port", "0", "--json") as process:
        ready_at = first_json(process)["url"]
        page = requests.get(ready_at, timeout=10)
        process.send_signal(signal.SIGTERM)
        rest, complaints = process.communicate(timeout=10)

    assert page.status_code == 200
    assert "/sign-in" in page.url
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in complaints


def test_a_port_that_is_taken_is_a_sentence(ready: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = ready("web", "--port", str(taken.getsockname()[1]), "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "port_taken")
    assert "--port" in said.json["error"]["next"]
