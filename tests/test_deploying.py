"""What stands in deploy/ starts commands that exist, and lets them end as they need to."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from webapp.cli.main import parser_of
from webapp.cli.supervising import ENDS_WITHIN

CHECKOUT = Path(__file__).parent.parent
DEPLOY = CHECKOUT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PAGE = CHECKOUT / "docs" / "how-to" / "run-on-several-machines.md"
PROGRAM = "/srv/tillbridge/bin/tillbridge"
PROCESSES = {"web", "scheduler", "worker"}


def _unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path, encoding="utf-8")
    return unit


def _parses(words: list[str]) -> str:
    """The command that the words call; SystemExit, UsageFault: it does not take them."""
    parser = parser_of(words[0])
    assert parser is not None, words
    parser.parse_args(words[1:])
    return words[0]


def test_there_is_a_unit_for_each_process() -> None:
    called = {shlex.split(_unit(path)["Service"]["ExecStart"])[1] for path in UNITS}

    assert called == PROCESSES


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_of_ours_and_leaves_it_time_to_end(path: Path) -> None:
    service = _unit(path)["Service"]
    program, *words = shlex.split(service["ExecStart"])

    assert program == PROGRAM
    assert f"-{_parses(words)}" in path.stem
    assert int(service["TimeoutStopSec"]) > ENDS_WITHIN
    assert service["EnvironmentFile"] in PAGE.read_text(encoding="utf-8")
    # What it writes is in the one folder that it may write.
    home = service["Environment"].removeprefix("TILLBRIDGE_HOME=")
    assert (service["ProtectSystem"], home) == ("strict", f"/var/lib/{service['StateDirectory']}")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace(
            PROGRAM, str(CHECKOUT / "bin" / "tillbridge")
        )
        (tmp_path / path.name.replace("@", "@1")).write_text(text, encoding="utf-8")

    found = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.glob("*.service"))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_the_procfile_starts_each_process() -> None:
    lines = (DEPLOY / "Procfile").read_text(encoding="utf-8").splitlines()
    called = set()
    for line in lines:
        name, command = re.fullmatch(r"([a-z]+): (.+)", line).groups()  # type: ignore[union-attr]
        program, *words = shlex.split(re.sub(r"\$\{\w+:-(\w+)\}", r"\1", command))
        assert program == "bin/tillbridge"
        assert _parses(words) == name
        called.add(name)

    assert called == PROCESSES


def test_the_image_starts_the_web_as_a_user_that_may_not_write_the_program() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    (command,) = re.findall(r"^CMD (.+)$", text, re.MULTILINE)

    assert _parses(re.findall(r'"([^"]+)"', command)) == "web"
    assert f'ENTRYPOINT ["{PROGRAM}"]' in text
    assert text.index("COPY . ") < text.index(" --help") < text.index("USER tillbridge")
    assert "--chown" not in text


def test_keys_and_books_of_this_machine_stay_out_of_the_image() -> None:
    ignored = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split()

    assert {"instance", ".venv", ".git"} <= set(ignored)
