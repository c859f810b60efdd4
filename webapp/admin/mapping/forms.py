"""What a person typed of one listing's mapping, checked: every fault beside its field."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from webapp.admin.mapping.rows import ListingRow
from webapp.backoffice.goods.mapping_sheet import LARGEST, Standing
from webapp.models.stock import StockItem

MOST_COMPONENTS = 20
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """A component as it was typed, with what is wrong in it."""

    sku: str = ""
    quantity: str = "1"
    sku_error: str = ""
    quantity_error: str = ""


@dataclass(slots=True, kw_only=True)
class MappingForm:
    """The form as it was typed: it is shown again with what is wrong beside the field."""

    means: str = "stock"
    rows: list[TypedRow] = field(default_factory=list)
    reason: str = ""
    maximum: str = ""
    from_now: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    components: list[tuple[int, int]] = field(default_factory=list)
    max_quantity: int | None = None

    @property
    def is_good(self) -> bool:
        return not self.errors and not any(row.sku_error or row.quantity_error for row in self.rows)

    @property
    def standing(self) -> Standing | None:
        """What the listing is to stand for; None: nothing is known."""
        if self.means == "ignore":
            return Standing(is_ignored=True)
        if self.means == "nothing":
            return None
        return Standing(components=tuple(sorted(self.components)), max_quantity=self.max_quantity)

    @property
    def faults(self) -> list[str]:
        """All that is wrong, for those who see no fields."""
        found = list(self.errors.values())
        for row in self.rows:
            found += [f"{row.sku}: {said}" for said in (row.sku_error, row.quantity_error) if said]
        return found


def read_form(session: Session, typed: MultiDict[str, str]) -> MappingForm:
    """What a person typed, checked: every fault beside its field."""
    form = MappingForm(
        means=typed.get("means", "stock"),
        reason=typed.get("reason", "").strip(),
        maximum=typed.get("maximum", "").strip(),
        from_now=typed.get("reach") == "from_now",
    )
    pairs = list(zip(typed.getlist("sku"), typed.getlist("quantity"), strict=False))
    form.rows = [TypedRow(sku=sku.strip(), quantity=number.strip()) for sku, number in pairs]
    if form.means not in ("stock", "ignore", "nothing"):
        form.errors["means"] = "Choose what the listing stands for."
    elif form.means == "ignore":
        said = reason_fault(form.reason)
        if said:
            form.errors["reason"] = said
    elif form.means == "stock":
        _check_components(session, form)
    return form


def reason_fault(reason: str) -> str:
    """What is wrong with the reason of an ignored listing; "" for nothing."""
    if not reason:
        return "Say why it is ignored, for whoever looks at it next year."
    return f"At most {LONGEST_REASON} characters." if len(reason) > LONGEST_REASON else ""


def _check_components(session: Session, form: MappingForm) -> None:
    filled = [row for row in form.rows if row.sku]
    if not filled:
        form.errors["rows"] = "Name at least one stock item by its SKU."
    if len(filled) > MOST_COMPONENTS:
        form.errors["rows"] = f"A kit holds at most {MOST_COMPONENTS} stock items."
        filled = filled[:MOST_COMPONENTS]
    ids = stock_item_ids(session, [row.sku for row in filled])
    checked: list[TypedRow] = []
    for row in filled:
        sku_error = quantity_error = ""
        if row.sku not in ids:
            sku_error = f"There is no stock item “{row.sku}”."
        elif ids[row.sku] in dict(form.components):
            sku_error = "It stands in this kit already: raise its quantity there."
        quantity = whole_number(row.quantity)
        if quantity is None or quantity < 1:
            quantity_error = "A whole number from 1."
        elif not sku_error:
            form.components.append((ids[row.sku], quantity))
        checked.append(
            TypedRow(
                sku=row.sku,
                quantity=row.quantity,
                sku_error=sku_error,
                quantity_error=quantity_error,
            )
        )
    form.rows = checked
    if form.maximum:
        form.max_quantity = whole_number(form.maximum)
        if form.max_quantity is None:
            form.errors["maximum"] = "A whole number from 0, or empty for no maximum."


def stock_item_ids(session: Session, skus: Sequence[str]) -> dict[str, int]:
    query = select(StockItem.sku, StockItem.id).where(StockItem.sku.in_(skus))
    return {sku: item_id for sku, item_id in session.execute(query)}


def whole_number(text: str) -> int | None:
    """A whole number of pieces, or None."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 8
    return int(text) if is_number and int(text) <= LARGEST else None


def form_as_it_stands(row: ListingRow) -> MappingForm:
    """The form as the listing stands now."""
    if row.mapping is None:
        return MappingForm(rows=[TypedRow()])
    if row.mapping.is_ignored:
        return MappingForm(means="ignore", rows=[TypedRow()], reason=row.mapping.ignore_reason)
    maximum = row.mapping.max_quantity
    return MappingForm(
        rows=[TypedRow(sku=each.item.sku, quantity=str(each.pieces)) for each in row.components],
        maximum="" if maximum is None else str(maximum),
    )
