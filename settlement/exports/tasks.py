"""Background work of exports."""

from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from settlement.exports.operations import write_export


@job("exports.write", attempts=3)
def write(claimed: Claimed, *, export_id: int) -> None:
    """Write the workbook of an export."""
    write_export(claimed, export_id=export_id, at=timezone.now())
