"""The books: balanced, written once, corrected by mirrors only."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.books import run_checks
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.ledger.operations import ContradictsTheBooks, post, post_all, reverse
from marketplace.ledger.queries import balance
from marketplace.ledger.rules import Draft, Leg, Unbalanced
from marketplace.parties.models import Market, Seller

NOW = datetime(2026, 10, 5, tzinfo=UTC)


def draft(market: Market, key: str = "fact:1", amount: int = 100, *, seller: Seller | None = None) -> Draft:
    legs = (Leg("bank", amount), Leg("prepaid", -amount))
    if seller:
        legs = (Leg("receivable", amount, seller.pk), Leg("sales", -amount))
    return Draft(key=key, market_id=market.pk, at=NOW, text="x", legs=legs)


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6))
def test_a_draft_that_does_not_balance_cannot_be_built(amounts: list[int]) -> None:
    legs = tuple(Leg(f"account{place}", amount) for place, amount in enumerate(amounts))
    whole = Leg("rest", -sum(amounts))
    if sum(amounts):
        with pytest.raises(Unbalanced):
            Draft(key="x", market_id=1, at=NOW, text="", legs=legs)
    if any(amounts):
        assert (
            sum(leg.amount for leg in Draft(key="x", market_id=1, at=NOW, text="", legs=(*legs, whole)).legs)
            == 0
        )


def test_a_fact_is_posted_once(market: Market) -> None:
    first, again = post(draft(market)), post(draft(market))

    assert first == again
    assert (Entry.objects.count(), Posting.objects.count()) == (1, 2)


def test_the_same_fact_with_other_amounts_is_an_error(market: Market) -> None:
    post(draft(market))

    with pytest.raises(ContradictsTheBooks):
        post(draft(market, amount=101))

    assert balance(market_id=market.pk, kind="bank") == 100


def test_a_reversal_is_the_exact_mirror_and_there_is_only_one(market: Market, seller: Seller) -> None:
    post(draft(market, seller=seller))

    mirror, again = (reverse(key="fact:1", at=NOW, text="undone") for _ in range(2))

    assert mirror == again
    assert balance(market_id=market.pk, kind="receivable", seller_id=seller.pk) == 0
    assert run_checks() == []


def test_many_facts_are_posted_in_a_handful_of_queries(
    market: Market, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        post_all([draft(market, key=f"fact:{place}") for place in range(300)])

    assert balance(market_id=market.pk, kind="prepaid") == -300 * 100


@pytest.mark.django_db(transaction=True)
def test_what_is_posted_is_never_changed_or_deleted(market: Market) -> None:
    with transaction.atomic():
        post(draft(market))

    for rows, change in (
        (Posting.objects.all(), {"amount": 1}),
        (Entry.objects.all(), {"text": "y"}),
        (Account.objects.all(), {"kind": "vat"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)

    assert balance(market_id=market.pk, kind="bank") == 100


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgres_refuses_an_entry_that_does_not_balance(market: Market) -> None:
    with transaction.atomic():
        entry = post(draft(market))

    with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
        Posting.objects.create(entry=entry, account=Account.objects.earliest("pk"), amount=1)
    with pytest.raises(DatabaseError, match="no postings"), transaction.atomic():
        Entry.objects.create(key="empty", fingerprint="", market=market, at=NOW, text="")


def plant(statement: str, *parameters: int) -> list[str]:
    """Damage the database past its triggers, as a stranger with its password would; what the checks then
    say.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was written well is checked while it is
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, parameters)
    return [broken.check for broken in run_checks()]


def test_the_check_finds_an_entry_put_out_of_balance(market: Market) -> None:
    post(draft(market))

    broken = plant("UPDATE ledger_posting SET amount = amount + 1 WHERE amount > 0")

    assert "ledger: every entry balances and has at least two postings" in broken


def test_the_check_finds_a_seller_account_on_the_wrong_side(market: Market, seller: Seller) -> None:
    post(draft(market, amount=-100, seller=seller))

    broken = [each.check for each in run_checks()]

    assert "ledger: payable and deposits are never in debit, receivable never in credit" in broken


def test_the_check_finds_a_crooked_reversal(market: Market) -> None:
    post(draft(market))
    mirror = reverse(key="fact:1", at=NOW, text="undone")

    broken = plant("UPDATE ledger_posting SET amount = amount * 2 WHERE entry_id = %s", mirror.pk)

    assert "ledger: every reversal is the exact mirror of its entry" in broken
