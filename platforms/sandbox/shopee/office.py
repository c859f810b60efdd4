"""What stands between a caller and the shop, as someone switched it: keys, quota, bans.

Every state can be taken back; `refuse` scripts the next answers of a path.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from fnmatch import fnmatchcase

from platforms.sandbox.shopee import errors
from platforms.sandbox.shopee.errors import ShopeeError
from platforms.sandbox.shopee.state import StoreState

_QUOTA_ZONE = timezone(timedelta(hours=8))


@dataclass(slots=True)
class _Scripted:
    path: str
    error: ShopeeError
    times: int
    skip: int


class Office(StoreState):
    """Switches on the app and the shop; each under the store's lock."""

    _is_key_expired = False
    _is_address_undeclared = False
    _is_banned = False
    _quota_until = 0.0

    def expire_key(self) -> None:
        """The app's key runs out: every call is refused until `renew_key`."""
        self._is_key_expired = True

    def renew_key(self) -> None:
        self._is_key_expired = False

    def undeclare_ip(self) -> None:
        """The caller's address is taken off the app's list."""
        self._is_address_undeclared = True

    def declare_ip(self) -> None:
        self._is_address_undeclared = False

    def ban(self) -> None:
        self._is_banned = True

    def unban(self) -> None:
        self._is_banned = False

    @property
    def is_banned(self) -> bool:
        return self._is_banned

    def exhaust_quota(self, until: datetime | None = None) -> None:
        """The app's calls of the day are used up; None: until the next 00:00 UTC+8."""
        with self.lock:
            if until is None:
                today = datetime.fromtimestamp(self.clock(), UTC).astimezone(_QUOTA_ZONE)
                midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
                until = midnight + timedelta(days=1)
            self._quota_until = until.timestamp()

    def restore_quota(self) -> None:
        self._quota_until = 0.0

    def refuse(
        self,
        path: str,
        error: str,
        message: str = "",
        times: int = 1,
        *,
        status: int = 200,
        skip: int = 0,
    ) -> None:
        """The next `times` calls of a path (a shell pattern, e.g. "/payment/*") are refused.

        They are refused where the work would begin: whoever calls was let in already.
        """
        with self.lock:
            refusal = ShopeeError(error, message, status)
            self._script().append(_Scripted(path, refusal, times, skip))

    def refuse_nothing(self) -> None:
        """Forget every scripted refusal."""
        with self.lock:
            self._script().clear()

    # -- for the gateway ------------------------------------------------------------------

    def demand_app(self, address: str) -> None:
        """ShopeeError when the app as a whole may not call now."""
        if self._is_key_expired:
            raise errors.key_expired()
        if self._is_address_undeclared:
            raise errors.address_undeclared(address)

    def demand_quota(self) -> None:
        if self.clock() < self._quota_until:
            raise errors.quota_reached()

    def demand_unscripted(self, path: str) -> None:
        """ShopeeError when a scripted refusal waits for this path."""
        for entry in self._script():
            if not fnmatchcase(path, entry.path):
                continue
            if entry.skip > 0:
                entry.skip -= 1
                continue
            entry.times -= 1
            if entry.times <= 0:
                self._script().remove(entry)
            raise entry.error

    def _script(self) -> list[_Scripted]:
        script: list[_Scripted] = self.__dict__.setdefault("_refusals", [])
        return script
