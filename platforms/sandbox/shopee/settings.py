"""What the owner of the app and of the shop has set up."""

from dataclasses import dataclass

REGIONS = {
    "MY": ("MYR", "Asia/Kuala_Lumpur"),
    "SG": ("SGD", "Asia/Singapore"),
    "ID": ("IDR", "Asia/Jakarta"),
    "TH": ("THB", "Asia/Bangkok"),
    "VN": ("VND", "Asia/Ho_Chi_Minh"),
    "PH": ("PHP", "Asia/Manila"),
    "TW": ("TWD", "Asia/Taipei"),
}
"""Currency and time zone of each market."""

WHOLE_UNITS = frozenset({"IDR", "VND", "TWD"})
"""Currencies whose amounts have no decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettings:
    """One app with one shop. Durations are seconds."""

    region: str = "MY"
    shop_name: str = "Kedai Kita"
    partner_id: int = 2001887
    partner_key: str = "testpartnerkey"
    shop_id: int = 14701711
    token_seconds: int = 14_400
    grace_seconds: int = 300
    """How long an access token lives on after it was replaced."""
    replay_seconds: int = 14_400
    """How long a used refresh token still gives the pair that it gave."""
    refresh_token_seconds: int = 30 * 86_400
    code_seconds: int = 600
    consent_seconds: int = 365 * 86_400
    is_approved: bool = False
    """The app may read the buyer's name, phone and street."""
    lenient_lists: bool = False
    """Repeated keys are taken where the reference says comma-joined."""
    unknown_sn: str = "refuse"
    """An unknown order among those asked for in detail: `refuse` the call, or `omit` it."""
    stale_answer: str = "invalid_acceess_token"
    """Or `error_auth`: both are met for the same thing."""
    redirect_domain: str = ""
    """The domain registered for redirects; "": none yet, any is taken."""
    stable_cursor: bool = False
    """A list goes on behind its last row; else at its last offset, whatever moved meanwhile."""
    newest_first: bool = False
    first_return_page: int = 0
    """Where pages of returns begin: the reference says 0, its sample 1."""
    rate_limit_status: int = 429
    locations: tuple[str, ...] = ()
    """Warehouses of a multi-warehouse shop; none: an ordinary one."""

    @property
    def currency(self) -> str:
        return REGIONS[self.region][0]

    @property
    def timezone(self) -> str:
        return REGIONS[self.region][1]

    @property
    def decimals(self) -> int:
        return decimals_of(self.currency)


def decimals_of(currency: str) -> int:
    """Decimals of settled amounts; listing prices are whole in more currencies."""
    return 0 if currency in WHOLE_UNITS else 2
