"""What listings are found by: the words of their names, their SKUs and keys, by the beginning."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.backoffice.goods.mapping_reach import chunks
from webapp.database import bulk_insert
from webapp.models.base import table_of
from webapp.models.catalogue import NAME_KEY_LENGTH, Listing, ListingWord

MOST_WORDS = 20


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, or of what is looked for: small letters, no signs, each once. Pure.

    "Set Teh-Tarik (4 pcs)" gives set, teh, tarik, 4, pcs. Marketplaces' names are long: the
    first twenty words count.
    """
    signs = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return tuple(dict.fromkeys(word[:NAME_KEY_LENGTH] for word in signs.split()))[:MOST_WORDS]


def words_of_listing(key: str, sku: str, name: str) -> tuple[str, ...]:
    """Everything that one listing is found by. Pure.

    The SKU and the key stand whole, with their signs; a variation's own id stands for itself too.
    """
    whole = (sku, key, key.partition(":")[2])
    kept = ("".join(each.split()).casefold()[:NAME_KEY_LENGTH] for each in whole)
    return tuple(dict.fromkeys([*words_of(name), *(each for each in kept if each)]))


def index_new_listings(session: Session, site_id: int, keys: Collection[str]) -> None:
    """Words of listings that were just stored and have none yet."""
    for chunk in chunks(keys):
        rows = session.execute(
            select(Listing.id, Listing.key, Listing.sku, Listing.name).where(
                Listing.site_id == site_id, Listing.key.in_(chunk)
            )
        )
        _insert(session, site_id, [(row.id, row.key, row.sku, row.name) for row in rows])


def index_changed_listings(
    session: Session, site_id: int, listings: Sequence[tuple[int, str, str, str]]
) -> None:
    """Words of listings (id, key, SKU, name) that the store calls by another name or SKU now."""
    for chunk in chunks(listing_id for listing_id, *_ in listings):
        session.execute(delete(ListingWord).where(ListingWord.listing_id.in_(chunk)))
    _insert(session, site_id, listings)


def _insert(session: Session, site_id: int, listings: Sequence[tuple[int, str, str, str]]) -> None:
    bulk_insert(
        session.connection(),
        table_of(ListingWord),
        ("listing_id", "word", "site_id"),
        [
            (listing_id, word, site_id)
            for listing_id, key, sku, name in listings
            for word in words_of_listing(key, sku, name)
        ],
    )
