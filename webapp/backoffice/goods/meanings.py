"""What an order's lines stand for: their listing, and the mapping they are read with. Pure."""

from collections.abc import Mapping as Lookup
from dataclasses import dataclass

from platforms.base import RemoteLine


@dataclass(frozen=True, slots=True)
class Meaning:
    """One mapping version: its components (stock item id, pieces), or nothing when ignored."""

    mapping_id: int
    is_ignored: bool
    components: tuple[tuple[int, int], ...]
    corrected_by: int | None = None


@dataclass(frozen=True, slots=True)
class KnownListing:
    listing_id: int
    name: str
    mapping_id: int | None  # the current mapping


@dataclass(frozen=True, slots=True)
class KeptLine:
    """What a line of this order was read as before."""

    listing_id: int
    mapping_id: int | None


@dataclass(frozen=True, slots=True)
class LineMeaning:
    """A line with its listing and its meaning; None when the listing is unmapped."""

    line: RemoteLine
    listing: KnownListing
    meaning: Meaning | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The listings and mappings that a batch of orders needs, by key and by id."""

    by_key: Lookup[str, KnownListing]
    by_id: Lookup[int, KnownListing]
    meanings: Lookup[int, Meaning]


def gone_key(name: str) -> str:
    """The key of the listing that stands for lines served without a product, by their name."""
    return f"gone:{' '.join(name.split())[:70]}"


def line_key(line: RemoteLine) -> str:
    return line.listing_key if line.listing_key is not None else gone_key(line.name)


def mean_lines(
    lines: tuple[RemoteLine, ...], catalogue: Catalogue, kept: Lookup[str, KeptLine]
) -> tuple[LineMeaning, ...]:
    """Each line with its listing and meaning.

    A line known before keeps its listing, also when the store no longer serves its product,
    and its mapping, unless that was corrected since; a new line takes the current mapping.
    """
    found = []
    for line in lines:
        before = kept.get(line.remote_line_id)
        if before is not None and line.listing_key is None:
            listing = catalogue.by_id[before.listing_id]
        else:
            listing = catalogue.by_key[line_key(line)]
        mapping_id = listing.mapping_id
        if before is not None and before.listing_id == listing.listing_id and before.mapping_id:
            mapping_id = _present(before.mapping_id, catalogue.meanings)
        meaning = catalogue.meanings.get(mapping_id) if mapping_id is not None else None
        found.append(LineMeaning(line, listing, meaning))
    return tuple(found)


def _present(mapping_id: int, meanings: Lookup[int, Meaning]) -> int:
    """Follow corrections to the mapping that now stands for an old one."""
    while True:
        corrected_by = meanings[mapping_id].corrected_by
        if corrected_by is None:
            return mapping_id
        mapping_id = corrected_by
