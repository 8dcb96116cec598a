"""Finding an order's SKUs in an ERP's catalogue. Pure: no Django, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sellers.erp.rules.causes import CannotInvoice, Cause


class SkuIs(StrEnum):
    """By which of an item's fields a SKU knows it."""

    BARCODE = "barcode"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Known:
    """An item as far as it is looked for."""

    id: str
    reference: str
    barcode: str

    def by(self, field: SkuIs) -> str:
        return self.barcode if field == SkuIs.BARCODE else self.reference


def items_for(
    skus: Iterable[str], *, remembered: Mapping[str, str], catalogue: Iterable[Known], field: SkuIs
) -> dict[str, str]:
    """The item of each SKU that has one: as somebody said, else as the catalogue does.

    :raises CannotInvoice: if several items share one SKU: with references these are variants.
    """
    wanted = set(skus)
    found: dict[str, list[str]] = {}
    for item in catalogue:
        if (key := item.by(field)) and key in wanted and key not in remembered:
            found.setdefault(key, []).append(item.id)
    for sku, ids in found.items():
        if len(ids) > 1:
            cause = Cause.VARIANT if field == SkuIs.REFERENCE else Cause.SKU_TWICE
            raise CannotInvoice(cause, sku)
    return {sku: ids[0] for sku, ids in found.items()} | {
        sku: item_id for sku, item_id in remembered.items() if sku in wanted
    }
