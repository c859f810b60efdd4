"""The markets: each shop is of one, and sells in its currency and by its clock.

Source: the region codes of the developer guide *Data Definition*.
"""

from dataclasses import dataclass

from platforms.money import currency_digits

# Amounts of these are whole in every payload, whatever ISO 4217 says.
WHOLE = frozenset({"IDR", "VND", "TWD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    currency: str
    timezone: str


REGIONS = {
    "MY": Region(currency="MYR", timezone="Asia/Kuala_Lumpur"),
    "SG": Region(currency="SGD", timezone="Asia/Singapore"),
    "ID": Region(currency="IDR", timezone="Asia/Jakarta"),
    "TH": Region(currency="THB", timezone="Asia/Bangkok"),
    "VN": Region(currency="VND", timezone="Asia/Ho_Chi_Minh"),
    "PH": Region(currency="PHP", timezone="Asia/Manila"),
    "TW": Region(currency="TWD", timezone="Asia/Taipei"),
    "BR": Region(currency="BRL", timezone="America/Sao_Paulo"),
    "MX": Region(currency="MXN", timezone="America/Mexico_City"),
    "CO": Region(currency="COP", timezone="America/Bogota"),
    "CL": Region(currency="CLP", timezone="America/Santiago"),
    "AR": Region(currency="ARS", timezone="America/Argentina/Buenos_Aires"),
    "PL": Region(currency="PLN", timezone="Europe/Warsaw"),
    "ES": Region(currency="EUR", timezone="Europe/Madrid"),
}


def settlement_digits(currency: str) -> int:
    """Decimals of the amounts that an order settles in: MYR 2, THB 2, IDR 0."""
    return 0 if currency in WHOLE else currency_digits(currency)
