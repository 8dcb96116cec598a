"""Background work of receipts."""

from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from sellers.receipts.operations.reading import read_bundle


@job("receipts.read", lease_seconds=120)
def read(claimed: Claimed, *, bundle_id: int) -> None:
    """Read the files of a bundle, and register the receipts in them."""
    read_bundle(claimed, bundle_id=bundle_id, at=timezone.now())
