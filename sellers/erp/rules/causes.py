"""Why an order is not invoiced in an ERP: what the errors queue is grouped by. Pure: no Django, no clock."""

from enum import StrEnum


class Cause(StrEnum):
    """One reason; what it is about (a SKU, a rate) is told beside it."""

    SKU_MISSING = "sku_missing"
    SKU_TWICE = "sku_twice"
    VARIANT = "variant"
    NO_SKU = "no_sku"
    SHIPPING_ITEM = "shipping_item"
    COD_ITEM = "cod_item"
    TAX_MISSING = "tax_missing"
    NO_DOCUMENT = "no_document"
    BUYER = "buyer"
    CURRENCY = "currency"
    TOTAL_DIFFERS = "total_differs"
    NUMBERING = "numbering"
    CREDENTIALS = "credentials"
    PLAN = "plan"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SWITCHED_OFF = "switched_off"
    SHARED = "shared"
    OURS = "ours"


class CannotInvoice(ValueError):
    """An order cannot be invoiced as things are; ``about`` names what is missing."""

    def __init__(self, cause: Cause, about: str = "") -> None:
        super().__init__(f"{cause.value}: {about}")
        self.cause, self.about = cause, about
