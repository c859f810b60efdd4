"""The local home: where everything of one installation lies, and the keys it generates."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

KEY_FILE = "secret_key"
ENCRYPTION_FILE = "encryption_keys"


def home_path(environment: dict[str, str] | os._Environ[str]) -> Path:
    """`TILLBRIDGE_HOME`, or `instance/` in the checkout."""
    given = environment.get("TILLBRIDGE_HOME", "")
    if given:
        return Path(given).expanduser().resolve()
    return Path(__file__).resolve().parent.parent / "instance"


def make_home(home: Path) -> None:
    """The folder and its logs folder, for this user alone."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "logs").mkdir(exist_ok=True, mode=0o700)


def generate_keys(home: Path) -> bool:
    """Write the keys that are missing (mode 0600). True if any was made."""
    made = [
        _write_once(home / KEY_FILE, secrets.token_urlsafe(48)),
        _write_once(home / ENCRYPTION_FILE, Fernet.generate_key().decode()),
    ]
    return any(made)


def read_key(home: Path, name: str) -> str:
    """A generated key, or "" if `init` has not made it."""
    path = home / name
    # Bytes that are no ASCII are no key either, which is said where the key is used.
    return path.read_text(encoding="ascii", errors="replace").strip() if path.exists() else ""


def write_key(home: Path, name: str, text: str) -> None:
    """Put a key into the home in one step, for this user alone, in place of what stands there."""
    path = home / name
    beside = path.with_name(f".{name}.new")
    beside.unlink(missing_ok=True)
    _write_once(beside, text)
    beside.replace(path)


def _write_once(path: Path, text: str) -> bool:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
    return True
