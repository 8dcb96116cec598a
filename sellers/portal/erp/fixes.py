"""Where each cause of an error is put right."""

from django.urls import reverse

from sellers.erp.rules.causes import Cause

PAGES = {
    Cause.SKU_MISSING: "portal:erp_skus",
    Cause.SKU_TWICE: "portal:erp_skus",
    Cause.VARIANT: "portal:erp_skus",
    Cause.SHIPPING_ITEM: "portal:erp_configuration",
    Cause.COD_ITEM: "portal:erp_configuration",
    Cause.NO_DOCUMENT: "portal:erp_configuration",
    Cause.BUYER: "portal:erp_configuration",
    Cause.NUMBERING: "portal:erp_automation",
    Cause.CREDENTIALS: "portal:erp_credentials",
    Cause.TAX_MISSING: "portal:erp_channels",
}


def setting_url(cause: Cause) -> str:
    """The page with the setting that puts a cause right; none for what is put right in its place."""
    if cause == Cause.VARIANT:
        return reverse("portal:erp_configuration")
    return "" if PAGES.get(cause) == "portal:erp_skus" else fix_url(cause)


def fix_url(cause: Cause) -> str:
    """The page on which a cause is put right; none where that is done elsewhere."""
    return reverse(PAGES[cause]) if cause in PAGES else ""
