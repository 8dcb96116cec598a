"""Finding an order's SKUs in an ERP's catalogue. Pure: no Django, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Matches:
    """The item of each SKU that has one; ``shared`` are the SKUs that several items have."""

    items: Mapping[str, str]
    shared: Mapping[str, Cause] = field(default_factory=dict)

    def item_of(self, sku: str) -> str:
        """The item of a SKU.

        :raises CannotInvoice: if none has it, or several: with references these are variants.
        """
        if sku not in self.items:
            raise CannotInvoice(self.shared.get(sku, Cause.SKU_MISSING), sku)
        return self.items[sku]


def matches_for(
    skus: Iterable[str], *, remembered: Mapping[str, str], catalogue: Iterable[Known], by: SkuIs
) -> Matches:
    """The item of each SKU that has one: as somebody said, else as the catalogue does."""
    wanted = set(skus)
    found: dict[str, list[str]] = {}
    for item in catalogue:
        if (key := item.by(by)) and key in wanted and key not in remembered:
            found.setdefault(key, []).append(item.id)
    cause = Cause.VARIANT if by == SkuIs.REFERENCE else Cause.SKU_TWICE
    said = {sku: item_id for sku, item_id in remembered.items() if sku in wanted}
    return Matches(
        items={sku: ids[0] for sku, ids in found.items() if len(ids) == 1} | said,
        shared={sku: cause for sku, ids in found.items() if len(ids) > 1},
    )
