"""What becomes of a mail and of its parts in the end; its sender is answered by a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marketplace.kernel.jobs import enqueue
from marketplace.kernel.states import move
from sellers.mailroom.models import Mail, Outcome

FACTS = (
    *("message_id", "sender", "sender_name", "subject", "reference", "authentication", "proof", "automatic"),
    *("market", "seller", "sellers", "route"),
)
"""What reading finds out, written with the move that ends it."""


def step(mail: Mail, to: str, *, at: datetime, also: Mapping[str, Any] | None = None) -> None:
    """Move a locked mail, writing down with the move what is known of it now."""
    facts = {name: getattr(mail, name) for name in FACTS}
    move(mail, to, by=None, at=at, also={**facts, **(also or {})})


def end(mail: Mail, to: str, *, at: datetime, why: str = "") -> None:
    """End a locked mail; its answer follows."""
    step(mail, to, at=at, also={"why": why})
    enqueue("mailroom.answer", key=f"mail:{mail.pk}", mail_id=mail.pk)


def decide_parts(mail: Mail, outcome: Outcome, *, at: datetime, **told: Any) -> None:
    """Give every part of a mail that has none yet the same outcome."""
    mail.parts.filter(outcome="").update(outcome=outcome, told=told, decided_at=at)
