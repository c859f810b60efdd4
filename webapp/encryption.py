"""Secrets at rest: the first key encrypts, all of them decrypt."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from webapp.models.types import Secret


class WrongKey(Exception):
    """A stored secret opens with none of the keys given."""


class Keyring:
    """Seals and opens with Fernet keys (32 bytes, URL-safe base64)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key.encode()) for key in keys])

    def seal(self, clear: bytes) -> bytes:
        return self._fernet.encrypt(clear)

    def open(self, sealed: bytes) -> bytes:
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as fault:
            raise WrongKey(
                "A stored secret does not open with the keys in TILLBRIDGE_ENCRYPTION_KEYS."
            ) from fault


def use_keys(keys: Sequence[str]) -> None:
    """From now on `Secret` columns are sealed with these keys. ValueError: not Fernet keys."""
    Secret.sealer = Keyring(keys)
