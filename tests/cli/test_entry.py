"""bin/tillbridge itself: from any folder, by a symlink, in a copied checkout, and without Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from webapp import VERSION

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copied checkout, without an environment."""
    copy = tmp_path / "a copy"
    copy.mkdir()
    for name in ("bin", "webapp", "jobs", "platforms"):
        shutil.copytree(
            CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "sandbox")
        )
    shutil.copy(CHECKOUT / "requirements.txt", copy)
    return copy


@pytest.fixture
def made(checkout: Path) -> Path:
    """The copy with an environment that is finished: this test run's own Python."""
    _program(checkout / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    both = b"".join(
        (checkout / name).read_bytes() for name in ("requirements.txt", "bin/environment")
    )
    stamp = subprocess.run(["cksum"], input=both, capture_output=True, check=True).stdout
    (checkout / ".venv" / ".stamp").write_bytes(stamp)
    return checkout


def _program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def _run(
    program: Path, *words: str, folder: Path | str = "/", path: str = "/usr/bin:/bin", **more: str
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "HOME": os.environ.get("HOME", "/"), **more}
    return subprocess.run(
        [str(program), *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A folder of programs whose python3 is new enough but has neither venv nor pip."""
    folder = tmp_path / "programs"
    for name in (
        "sh",
        "cat",
        "cksum",
        "mkdir",
        "rm",
        "dirname",
        "date",
        "grep",
        "readlink",
        "tail",
    ):
        found = shutil.which(name)
        assert found is not None
        folder.mkdir(exist_ok=True)
        (folder / name).symlink_to(found)
    _program(
        folder / "python3",
        'case "$1" in -c) exit 0;; --version) echo "Python 3.12.1";; *) exit 1;; esac',
    )
    return folder


def test_it_runs_from_any_folder_and_asks_nothing_of_it(made: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "webapp").mkdir(parents=True)
    (elsewhere / "webapp" / "__init__.py").write_text("raise SystemExit('the wrong webapp')")

    said = _run(made / "bin" / "tillbridge", "--version", folder=elsewhere)

    assert (said.returncode, said.stdout, said.stderr) == (0, f"Tillbridge {VERSION}\n", "")


def test_it_runs_through_a_symlink_to_a_symlink(made: Path, tmp_path: Path) -> None:
    (tmp_path / "first").symlink_to(made / "bin" / "tillbridge")
    (tmp_path / "second").symlink_to("first")

    assert _run(tmp_path / "second", "--version").stdout == f"Tillbridge {VERSION}\n"


def test_exit_statuses_come_through(made: Path, tmp_path: Path) -> None:
    home = {"TILLBRIDGE_HOME": str(tmp_path / "home")}

    assert _run(made / "bin" / "tillbridge", "orders", **home).returncode == 2
    assert _run(made / "bin" / "tillbridge", "orders", "main", **home).returncode == 1


def test_a_python_that_is_too_old_is_one_sentence(checkout: Path, python: Path) -> None:
    _program(python / "python3", 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')

    said = _run(checkout / "bin" / "tillbridge", "--version", path=str(python))

    assert said.returncode == 2
    assert "needs Python 3.11 or newer, and found Python 3.9.2" in said.stderr


def test_without_the_venv_module_it_names_the_package(checkout: Path, python: Path) -> None:
    said = _run(checkout / "bin" / "tillbridge", "--version", path=str(python))

    assert said.returncode == 2
    assert "python3-venv" in said.stderr
    assert not (checkout / ".venv").exists()


def test_an_install_that_fails_is_said_and_made_anew_the_next_time(
    checkout: Path, python: Path
) -> None:
    _program(
        python / "python3",
        # A python whose venv works, and whose pip has no network.
        'case "$*" in -c*) exit 0;; *"-m venv"*) mkdir -p "$3/bin"; '
        'printf \'#!/bin/sh\\ncase "$*" in *--version*) exit 0;; esac\\n'
        'echo "no network" >&2; exit 1\\n\' >"$3/bin/python"; chmod +x "$3/bin/python";; esac',
    )
    (python / "chmod").symlink_to(shutil.which("chmod") or "")
    (python / "basename").symlink_to(shutil.which("basename") or "")

    said = _run(checkout / "bin" / "tillbridge", "--version", path=str(python))

    assert said.returncode == 1
    assert "no network" in said.stderr
    assert "could not install requirements.txt" in said.stderr
    assert not (checkout / ".venv" / ".stamp").exists()


def test_a_half_made_environment_is_never_used(checkout: Path, python: Path) -> None:
    _program(checkout / ".venv" / "bin" / "python", "echo half-made")

    said = _run(checkout / "bin" / "tillbridge", "--version", path=str(python))

    assert "half-made" not in said.stdout
    assert not (checkout / ".venv").exists()


def test_changed_requirements_make_the_environment_anew(made: Path, python: Path) -> None:
    with (made / "requirements.txt").open("a") as file:
        file.write("another==1.0\n")

    said = _run(made / "bin" / "tillbridge", "--version", path=str(python))

    assert "making an environment" in said.stderr
