"""The picture of the house: who may import whom, and files of one idea each."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
PACKAGES = ("platforms", "webapp", "jobs")
SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "core", "lib", "services"}
LINE_LIMIT = 400


def _python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))]


def test_imports_run_one_way() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    found = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_has_a_name_that_says_nothing(package: str) -> None:
    named = [path for path in _python_files(package) if path.stem in SAY_NOTHING]
    named += [path.parent for path in _python_files(package) if path.parent.name in SAY_NOTHING]

    assert named == []


def test_no_file_holds_more_than_one_idea_can_fill() -> None:
    long = {
        str(path.relative_to(CHECKOUT)): lines
        for path in _python_files(*PACKAGES, "tests", "benchmarks")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LINE_LIMIT
    }

    assert long == {}


def test_every_package_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(CHECKOUT))
        for path in _python_files(*PACKAGES)
        if not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]

    assert silent == []
