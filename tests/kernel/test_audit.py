"""The audit trail can be added to, and nothing else."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.audit import record
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
