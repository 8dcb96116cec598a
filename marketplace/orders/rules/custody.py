"""Who ends up holding the cash of a tender, where the tender does not say. Pure: no Django, no clock."""

SELLER, MARKETPLACE = "seller", "marketplace"


def default_custody(*, method: str, model: str, fulfilment: str) -> str:
    """Custody by business model and by who ships.

    Cash on delivery lies with whoever's courier took it; a transfer goes to the marketplace in
    resale and to the seller in agency; cards and vouchers are always the marketplace's.
    """
    if method == "cod":
        return SELLER if fulfilment == "seller" else MARKETPLACE
    if method == "transfer" and model == "agency":
        return SELLER
    return MARKETPLACE
