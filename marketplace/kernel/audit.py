"""The audit trail: written in the act's own transaction, sealed into a hash chain every minute.

Sealing in each act's transaction would make all writers queue for the chain's end; a minute's
delay costs nothing, and ``check_books`` watches both the chain and the age of what is unsealed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max

from marketplace.kernel.models import AuditRecord

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Act:
    """What one act among many was done to."""

    subject: str
    seller_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def record(
    *,
    verb: str,
    subject: str,
    by: Any,
    at: datetime,
    seller_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> AuditRecord:
    """Write down an act, with the network address of the request it came by, if any."""
    return record_all(verb=verb, acts=[Act(subject, seller_id, details or {})], by=by, at=at)[0]


def record_all(*, verb: str, acts: Iterable[Act], by: Any, at: datetime) -> list[AuditRecord]:
    """Write down many acts of one kind at once, each as :func:`record` would."""
    address = structlog.contextvars.get_contextvars().get("address") or ""
    rows = [
        AuditRecord(
            verb=verb,
            subject=str(act.subject)[:120],
            by=by if getattr(by, "pk", None) else None,
            at=at,
            seller_id=act.seller_id,
            address=str(address)[:45],
            details=dict(act.details),
        )
        for act in acts
    ]
    return AuditRecord.objects.bulk_create(rows)


def seal_of(row: AuditRecord, previous: str) -> str:
    """The seal that links a record to the one before it."""
    facts = [
        previous,
        row.pk,
        row.at.isoformat(),
        row.by_id,
        row.verb,
        row.subject,
        row.seller_id,
        row.address,
        row.details,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def seal_new_records(*, limit: int = 5000) -> int:
    """Link the unsealed records into the chain, oldest first; how many. Runs under a job's effect, alone."""
    with transaction.atomic():
        end = AuditRecord.objects.aggregate(end=Max("chain"))["end"] or 0
        previous = GENESIS if not end else AuditRecord.objects.values_list("seal", flat=True).get(chain=end)
        count = 0
        fresh = AuditRecord.objects.filter(seal__isnull=True).order_by("pk")[:limit]
        for count, row in enumerate(fresh, start=1):
            row.chain, row.seal = end + count, seal_of(row, str(previous))
            previous = row.seal
            row.save(update_fields=["chain", "seal"])
    return count
