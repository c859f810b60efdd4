"""Made-up buyers of the seeded shop, with the alphabets that a real one has."""

import random

from platforms.sandbox.woocommerce.sale import Buyer

_NAMES = (
    ("Aisyah", "Rahman"),
    ("Wei Ling", "Tan"),
    ("Muhammad Hafiz", "bin Ismail"),
    ("Priya", "Subramaniam"),
    ("小明", "陳"),
    ("தமிழ்", "செல்வி"),
    ("Siti Nurhaliza", "binti Ahmad"),
    ("Jürgen", "Groß"),
    ("太郎", "山田"),
    ("Élodie", "D'Souza"),
    ("Kevin", "O'Connor"),
    ("Nur Ain", "Zulkifli"),
)
_STREETS = (
    ("12 Jalan Ampang", "Kuala Lumpur", "KUL", "50450", "MY"),
    ("3-2, Lorong Selamat", "George Town", "PNG", "10400", "MY"),
    ("88 Jalan Wong Ah Fook", "Johor Bahru", "JHR", "80000", "MY"),
    ("Lot 5, Jalan Gaya", "Kota Kinabalu", "SBH", "88000", "MY"),
    ("27 Jalan SS 2/24", "Petaling Jaya", "SGR", "47300", "MY"),
    ("1 Orchard Road", "Singapore", "", "238801", "SG"),
)
NOTES = (
    "",
    "",
    "",
    "Please ring the bell 🔔",
    "Leave it with the guard, terima kasih!",
    "请放在门口",
    'Gift: no prices on the slip, "surprise" <3',
)
GIFT_MESSAGES = (
    "Selamat Hari Raya, dari kami sekeluarga",
    "生日快樂 🎂",
    "Happy Deepavali & best wishes",
)


USER_AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"


def random_buyer(dice: random.Random, number: int) -> Buyer:
    """A person with an address, an e-mail and a phone number of her own."""
    first, last = dice.choice(_NAMES)
    street, city, state, postcode, country = dice.choice(_STREETS)
    return Buyer(
        first_name=first,
        last_name=last,
        company="Kedai Kopi Sdn. Bhd." if dice.random() < 0.08 else "",
        address_1=street,
        address_2=f"Unit {dice.randrange(1, 40)}" if dice.random() < 0.4 else "",
        city=city,
        state=state,
        postcode=postcode,
        country=country,
        email=f"buyer{number}@example.test",
        phone=f"+60 1{dice.randrange(10)}-{dice.randrange(1000000, 9999999)}",
    )
