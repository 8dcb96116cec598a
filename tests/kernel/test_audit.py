"""The audit trail can be added to, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.audit import Act, record, record_all
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord
from marketplace.users.models import User


def test_records_are_sealed_into_an_unbroken_chain(db: None, carla: User) -> None:
    for verb in ("a", "b", "c"):
        record(verb=verb, subject="x", by=carla, at=timezone.now())

    jobs.enqueue("audit.seal", key="audit")
    jobs.work_off()

    chain = AuditRecord.objects.order_by("chain").values_list("chain", flat=True)
    assert list(chain) == list(range(1, len(chain) + 1))
    assert run_checks() == []


def test_many_acts_are_recorded_at_once_as_each_would_be(
    db: None, carla: User, django_assert_num_queries: Any
) -> None:
    at = timezone.now()

    with django_assert_num_queries(1):
        record_all(
            verb="seen", acts=[Act(f"order {place}", details={"place": place}) for place in range(30)],
            by=carla, at=at,
        )  # fmt: skip
    alone = record(verb="seen", subject="order 0", by=carla, at=at, details={"place": 0})

    rows = AuditRecord.objects.filter(verb="seen").order_by("pk")
    assert [row.subject for row in rows][:30] == [f"order {place}" for place in range(30)]
    kept = ("verb", "subject", "by_id", "at", "seller_id", "address", "details")
    assert [getattr(rows[0], name) for name in kept] == [getattr(alone, name) for name in kept]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change", [{"verb": "else"}, {"subject": "else"}, {"at": timezone.now() - timedelta(days=1)}]
)
def test_a_record_is_never_changed(change: dict[str, object]) -> None:
    record(verb="a", subject="x", by=None, at=timezone.now())

    with pytest.raises(DatabaseError), transaction.atomic():
        AuditRecord.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditRecord.objects.all().delete()

    assert AuditRecord.objects.get().verb == "a"


def test_a_record_slipped_in_beside_the_chain_is_found(db: None) -> None:
    record(verb="a", subject="x", by=None, at=timezone.now())
    AuditRecord.objects.create(at=timezone.now(), verb="forged", subject="x", chain=1, seal="0" * 64)

    assert "audit: the chain of seals is unbroken" in [broken.check for broken in run_checks()]
