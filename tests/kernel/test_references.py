"""Foreign keys that PostgreSQL checks statement by statement hold as well as others."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from settlement.claims.models import Claim
from tests.cast import BEFORE, MakeOrder

pytestmark = pytest.mark.django_db(transaction=True)

INSTEAD_OF_KEYS = {
    ("claims_claim", "order_id"),
    ("review_submissionline", "submission_id"),
    ("review_submissionline", "order_id"),
    ("documents_documentline", "document_id"),
    ("documents_documentline", "order_id"),
}


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_rows_that_point_at_nothing_are_refused_with_all_of_their_statement(
    make_order: MakeOrder, missing: int
) -> None:
    keys = [make_order().pk for _ in range(3)]
    keys[missing] = 999_999

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.bulk_create(Claim(order_id=key, reference="X", claimed_at=BEFORE) for key in keys)

    assert not Claim.objects.exists()


def test_rows_that_point_at_something_are_taken(make_order: MakeOrder) -> None:
    keys = [make_order().pk for _ in range(3)]

    Claim.objects.bulk_create(Claim(order_id=key, reference="X", claimed_at=BEFORE) for key in keys)

    assert Claim.objects.count() == 3


def test_what_points_is_never_pointed_elsewhere(make_order: MakeOrder) -> None:
    first, second = make_order(), make_order()
    Claim.objects.create(order=first, reference="X", claimed_at=BEFORE)

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.update(order=second)

    assert Claim.objects.get().order_id == first.pk


@pytest.mark.postgres
def test_every_other_foreign_key_is_the_databases_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c JOIN pg_attribute a "
            "ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'"
        )
        held = set(cursor.fetchall())

    wanted = {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if field.many_to_one or field.one_to_one
    }
    assert wanted - held == INSTEAD_OF_KEYS
