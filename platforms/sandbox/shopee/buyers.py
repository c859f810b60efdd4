"""Made-up buyers of the seeded shop, with the alphabets that a real one has."""

import random

from platforms.sandbox.shopee.records import Recipient

_NAMES = (
    ("Aisyah Rahman", "aisyah_r"),
    ("Tan Wei Ling", "weiling88"),
    ("Muhammad Hafiz bin Ismail", "hafiz.ismail"),
    ("Priya Subramaniam", "priya_s"),
    ("陳小明", "siuming.chan"),
    ("தமிழ் செல்வி", "tamilselvi"),
    ("Siti Nurhaliza binti Ahmad", "sitinur"),
    ("Kevin O'Connor", "kev_oc"),
    ("Nur Ain Zulkifli", "nurain_z"),
)
_STREETS = {
    "MY": (
        ("12 Jalan Ampang", "", "Kuala Lumpur", "Kuala Lumpur", "50450"),
        ("3-2, Lorong Selamat", "", "George Town", "Pulau Pinang", "10400"),
        ("88 Jalan Wong Ah Fook", "", "Johor Bahru", "Johor", "80000"),
        ("Lot 5, Jalan Gaya", "", "Kota Kinabalu", "Sabah", "88000"),
    ),
    "SG": (("1 Orchard Road #04-11", "", "Singapore", "Singapore", "238801"),),
    "ID": (
        ("Jl. Kemang Raya No. 8", "Mampang Prapatan", "Jakarta Selatan", "DKI Jakarta", "12730"),
    ),
    "TH": (("99/1 ถนนสุขุมวิท", "เขตวัฒนา", "กรุงเทพมหานคร", "กรุงเทพมหานคร", "10110"),),
    "VN": (("25 Lê Lợi", "Quận 1", "TP. Hồ Chí Minh", "TP. Hồ Chí Minh", "700000"),),
    "PH": (("17 Mabini St.", "Ermita", "Manila", "Metro Manila", "1000"),),
    "TW": (("忠孝東路四段 1 號", "大安區", "台北市", "台北市", "106"),),
}
_PREFIXES = {"MY": "60", "SG": "65", "ID": "62", "TH": "66", "VN": "84", "PH": "63", "TW": "886"}

MESSAGES = (
    "",
    "",
    "",
    "",
    "Tolong bungkus elok-elok 🙏",
    "请尽快发货",
    "Gift for my mum, thanks <3",
)


def random_recipient(dice: random.Random, number: int, region: str) -> Recipient:
    """A person in the market of the shop."""
    name, username = dice.choice(_NAMES)
    street, district, city, state, zipcode = dice.choice(_STREETS[region])
    return Recipient(
        name=name,
        phone=f"{_PREFIXES[region]}1{dice.randrange(10**7, 10**8)}",
        district=district,
        city=city,
        state=state,
        region=region,
        zipcode=zipcode,
        street=street,
        username=f"{username}{number % 97}",
        user_id=880_100 + number,
    )
