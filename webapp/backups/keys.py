"""The keys that a restored database needs, and whether its secrets open with those at hand."""

from cryptography.fernet import Fernet
from sqlalchemy import Engine

from webapp import home as local_home
from webapp.backups.manifest import BackupKeys, BackupUnreadable
from webapp.config import Config
from webapp.database import reading
from webapp.encryption import Keyring, WrongKey


def keys_of(config: Config) -> BackupKeys:
    return BackupKeys(secret_key=config.secret_key, encryption_keys=config.encryption_keys)


def take_over(config: Config, kept: BackupKeys) -> None:
    """Put a backup's keys into a home: as its own where it has none, else beside its own.

    The first key goes on encrypting, all of them decrypt. Keys that the environment gives are
    not ours to change. BackupUnreadable: what the backup has for keys is none.
    """
    try:
        Keyring(kept.encryption_keys)
    except ValueError as fault:
        raise BackupUnreadable("The backup is damaged: its keys are no keys.") from fault
    home = config.home
    own = _listed(local_home.read_key(home, local_home.ENCRYPTION_FILE))
    if config.encryption_keys and list(config.encryption_keys) != own:
        return
    wanted = [*own, *(key for key in kept.encryption_keys if key not in own)]
    local_home.make_home(home)
    local_home.write_key(home, local_home.ENCRYPTION_FILE, ",".join(wanted))
    if not config.secret_key:
        local_home.write_key(home, local_home.KEY_FILE, kept.secret_key)


def _listed(text: str) -> list[str]:
    return [key.strip() for key in text.split(",") if key.strip()]


def sealed_away(engine: Engine, keys: tuple[str, ...]) -> list[str]:
    """The sites whose stored credentials open with none of these keys."""
    # Without any key nothing opens: one that was just made stands for them.
    keyring = Keyring(keys or (Fernet.generate_key().decode(),))
    with reading(engine) as session:
        rows = session.connection().exec_driver_sql(
            "SELECT name, credentials, renewed_keys FROM sites ORDER BY id"
        )
        return [
            name
            for name, *secrets in rows
            if not all(_opens(keyring, bytes(secret)) for secret in secrets if secret is not None)
        ]


def _opens(keyring: Keyring, secret: bytes) -> bool:
    try:
        keyring.open(secret)
    except WrongKey:
        return False
    return True
