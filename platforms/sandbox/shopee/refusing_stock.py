"""What stands in the way of a seller who changes stock, as switches for tests.

Source: POST /api/v2/product/update_stock, its list of errors.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

MESSAGES = {
    "error_auth": "Total stock must be more than reserved stock.",
    "error.param": "Can not update item with stock less than reserved stock",
    "error_param": "Can not update item with stock less than reserve stock",
    "error_cannt_edit_stock_in_promotion": (
        "Normal_stock cannot be edited when item is under promotion."
    ),
    "error_promotion_cantnot_update_stock": "Cannot change stock when item is under promotion.",
    "error_model_update_stock_model_in_promotion": (
        "Model stock cannot be editted when item/model is promotion."
    ),
    "error_holiday_mode_change_stock": "Cannot change stock in holiday mode.",
    "error_wms_shop_block_upate_stock": "Warehouse shop can't update stock.",
    "error_seller_under_penalty": "The shop is under penalty.",
    "error_item_uneditable": "Can't edit this item. item status can not support editing.",
    "error_item_not_found": "Item_id is not found.",
    "error_item_not_belong_shop": "Item not belong to shop.",
    "error_edit_item_stock_for_item_has_model": (
        "Can't to edit item stock directly while item has models."
    ),
    "error_busi": "The merchant/shop has multi warehouse, please input location id",
    "error_inner": "Invalid stock location ID",
    "error_system_busy": "Our system is taking some time to respond, please try later.",
    "error_busi_update_stock_failed": (
        "Update stock failed, please check failure_list for detailed reason"
    ),
}
"""The text that goes with each code."""

BELOW_RESERVED = "error_auth"
IN_PROMOTION = "error_promotion_cantnot_update_stock"

# Promotion ids are unsigned 64-bit numbers, beyond what a float keeps.
_FIRST_PROMOTION = 9_300_000_000_000_000_007


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    promotion_id: int
    reserved: int
    is_locked: bool
    says: str


@dataclass(slots=True)
class StockRefusals:
    """The shop's state that update_stock looks at before it writes."""

    is_on_holiday: bool = False
    is_run_by_a_warehouse: bool = False
    is_under_penalty: bool = False
    foreign_items: set[int] = field(default_factory=set)
    """Items of other shops, which the store knows and does not let be edited."""
    promotions: dict[tuple[int, int], Promotion] = field(default_factory=dict)
    scripted: list[tuple[tuple[int, int], str]] = field(default_factory=list)
    """Models whose next row fails, and the reason it is given."""
    _last_promotion: int = field(default=_FIRST_PROMOTION, init=False)

    def promote(
        self, item_id: int, model_id: int, *, reserved: int, locked: bool, says: str
    ) -> None:
        """Set `reserved` pieces apart, or lock the stock altogether.

        `says`: refuse the whole call with that code. Without it a model's row lands in
        `failure_list`, and an item without models is refused with the usual code.
        ValueError: a code that update_stock does not know.
        """
        if says and says not in MESSAGES:
            raise ValueError(f"update_stock knows no {says}")
        self._last_promotion += 1
        self.promotions[item_id, model_id] = Promotion(
            promotion_id=self._last_promotion, reserved=reserved, is_locked=locked, says=says
        )

    def of(self, item_id: int, model_id: int) -> Promotion | None:
        return self.promotions.get((item_id, model_id))

    def fail_next(self, item_id: int, model_id: int, reason: str, times: int = 1) -> None:
        """The next row for this model fails, whatever it says."""
        self.scripted += [((item_id, model_id), reason)] * times

    def take_scripted(self, item_id: int, model_id: int) -> str | None:
        for number, (key, reason) in enumerate(self.scripted):
            if key == (item_id, model_id):
                del self.scripted[number]
                return reason
        return None

    def of_the_shop(self) -> Iterator[str]:
        """Codes that refuse any change in this shop."""
        if self.is_under_penalty:
            yield "error_seller_under_penalty"
        if self.is_run_by_a_warehouse:
            yield "error_wms_shop_block_upate_stock"
        if self.is_on_holiday:
            yield "error_holiday_mode_change_stock"
