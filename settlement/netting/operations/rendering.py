"""Rendering a set-off's agreement."""

from datetime import datetime

from marketplace.kernel.jobs import Claimed


def render_set_off(claimed: Claimed, *, set_off_id: int, at: datetime) -> None:
    """Draw a set-off's agreement, keep it, and write to the seller."""
