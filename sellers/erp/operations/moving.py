"""Moves of an order's invoice, each with its trace."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from marketplace.kernel.jobs import enqueue
from marketplace.kernel.states import move
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.port import Made
from sellers.erp.rules.causes import Cause

MOVED_AT_ONCE = 500


def fail(row: ErpInvoice, cause: Cause, about: str, *, at: datetime) -> None:
    """Put an order into the errors queue, with its cause."""
    move(
        row, ErpState.FAILED, by=None, at=at, reason=about, also={"cause": cause.value, "about": about[:300]}
    )


def wait(row: ErpInvoice, *, due_at: datetime, by: Any, at: datetime, reason: str = "") -> None:
    """Let an order wait for its next try."""
    also = {"due_at": due_at, "cause": "", "about": ""}
    move(row, ErpState.WAITING, by=by, at=at, reason=reason[:300], also=also)


def finish(row: ErpInvoice, made: Made, *, differs: str, at: datetime) -> None:
    """Note the invoice the ERP has made of an order."""
    assert connection.in_atomic_block
    also = {
        "external_id": made.id,
        "number": made.number[:60],
        "status": made.status[:20],
        "total": made.total,
        "pdf_url": made.pdf_url[:500],
        "stamped": made.stamped,
        "done_at": at,
        "compared_at": at,
        "differs": differs[:300],
        "cause": "",
        "about": "",
    }
    move(row, ErpState.DONE, by=None, at=at, also=also)


def wake(channel: Channel, *, delay: timedelta = timedelta(0)) -> None:
    """Have a channel's worker look what is due."""
    enqueue(
        "erp.work",
        key=f"channel:{channel.pk}",
        seller_id=channel.seller_id,
        delay=delay,
        channel_id=channel.pk,
    )
