"""Rendering a fee invoice: drawn, kept and sent to the seller once, however often it is run."""

from datetime import datetime

from marketplace.kernel.jobs import Claimed


def render_fee_invoice(claimed: Claimed, *, fee_invoice_id: int, at: datetime) -> None:
    """Draw a fee invoice's files."""
