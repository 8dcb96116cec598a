"""Rendering remittance advices and demands."""

from datetime import datetime

from marketplace.kernel.jobs import Claimed


def render_advice(claimed: Claimed, *, payout_id: int, at: datetime) -> None:
    """Draw a payout's remittance advice, keep it, and write to the seller."""


def render_demand(claimed: Claimed, *, collection_id: int, at: datetime) -> None:
    """Draw a demand, keep it, and write to the seller."""
