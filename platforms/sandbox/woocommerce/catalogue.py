"""What a merchant does with the catalogue: new products, quantities, SKUs, deletion."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from platforms.sandbox.woocommerce.records import Product
from platforms.sandbox.woocommerce.state import StoreState
from platforms.sandbox.woocommerce.stock import derive_status, move


class Catalogue(StoreState):
    """Actions on products, each under the store's lock."""

    def add_product(
        self,
        name: str,
        *,
        price: str = "",
        sku: str = "",
        stock: int | None = None,
        virtual: bool = False,
        tax_class: str = "",
        taxable: bool = True,
        backorders: str = "no",
        at: datetime | None = None,
    ) -> int:
        """A simple product; `stock` None: not managed. Gives its id."""
        with self.lock, self.as_of(at):
            product = self._new_product(name, price=price, sku=sku, stock=stock)
            product.virtual, product.tax_class, product.backorders = virtual, tax_class, backorders
            product.tax_status = "taxable" if taxable else "none"
            derive_status(product)
            return product.id

    def add_variable(
        self,
        name: str,
        *,
        options: Mapping[str, Sequence[str]],
        price: str = "",
        sku: str = "",
        stock: int | None = None,
        parent_manages: bool = False,
        variation_skus: bool = True,
        at: datetime | None = None,
    ) -> tuple[int, list[int]]:
        """A variable product with a variation per combination of options: (id, variation ids).

        `stock`: of each variation, or of the parent when `parent_manages`.
        """
        with self.lock, self.as_of(at):
            parent_stock = stock if parent_manages else None
            parent = self._new_product(name, price="", sku=sku, stock=parent_stock)
            parent.type = "variable"
            parent.options = {key: list(values) for key, values in options.items()}
            for chosen in _combinations(options):
                code = "-".join([sku, *(value.upper() for value in chosen.values())])
                variation = self._new_product(
                    ", ".join(chosen.values()),
                    price=price,
                    sku=code if sku and variation_skus else "",
                    stock=None if parent_manages else stock,
                )
                variation.type, variation.parent_id = "variation", parent.id
                variation.chosen = chosen
                parent.variations.append(variation.id)
            return parent.id, list(parent.variations)

    def _new_product(self, name: str, *, price: str, sku: str, stock: int | None) -> Product:
        moment = self.now()
        product = Product(
            id=self.next_post_id(),
            name=name,
            sku=sku,
            regular_price=price,
            manage_stock=stock is not None,
            stock=stock,
            created=moment,
            modified=moment,
        )
        self.products[product.id] = product
        return product

    def set_stock(self, product: int | str, quantity: int) -> None:
        """The merchant types a new quantity into a product that is managed."""
        with self.lock:
            found = self.find_product(product)
            move(self, found, quantity - (found.stock or 0))

    def rename_sku(self, product: int | str, sku: str) -> None:
        """Old orders show the new SKU at once: lines read it live."""
        with self.lock:
            found = self.find_product(product)
            found.sku = sku
            self.product_saved(found)
            self.forget_encoded()

    def delete_product(self, product: int | str, *, trash: bool = False) -> None:
        """Gone for good, with its variations: its order lines then read product 0 and no SKU."""
        with self.lock:
            found = self.find_product(product)
            if trash:
                found.status = "trash"
                self.product_saved(found)
            else:
                self.forget_product(found)

    def forget_product(self, product: Product) -> None:
        for variation_id in product.variations:
            self.products.pop(variation_id, None)
        parent = self.products.get(product.parent_id)
        if parent is not None and product.id in parent.variations:
            parent.variations.remove(product.id)
            self.product_saved(parent)
        self.products.pop(product.id, None)
        self.forget_encoded()


def _combinations(options: Mapping[str, Sequence[str]]) -> Iterable[dict[str, str]]:
    chosen: list[dict[str, str]] = [{}]
    for name, values in options.items():
        chosen = [{**before, name: value} for before in chosen for value in values]
    return chosen
