"""Posting to the books: once per key, and reversed rather than changed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from marketplace.ledger.models import Account, Entry, Posting
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Market


class ContradictsTheBooks(Exception):
    """The same fact was posted before, with other amounts."""


def post(draft: Draft) -> Entry:
    """Post one draft; see :func:`post_all`."""
    return post_all([draft])[0]


def post_all(drafts: Sequence[Draft]) -> list[Entry]:
    """Post drafts, each once per key: what stands already, with the same fingerprint, is left as it is.

    :raises ContradictsTheBooks: if a key stands with another fingerprint.
    """
    assert connection.in_atomic_block
    standing = _standing(drafts)
    fresh = [draft for draft in drafts if draft.key not in standing]
    rows = [
        Entry(
            key=each.key,
            fingerprint=each.fingerprint,
            market_id=each.market_id,
            at=each.at,
            text=each.text[:200],
        )
        for each in fresh
    ]
    Entry.objects.bulk_create(rows)
    accounts = _accounts(fresh)
    Posting.objects.bulk_create(
        Posting(entry=row, account_id=accounts[draft.market_id, leg.kind, leg.seller_id], amount=leg.amount)
        for row, draft in zip(rows, fresh, strict=True)
        for leg in draft.legs
    )
    standing.update({row.key: row for row in rows})
    return [standing[draft.key] for draft in drafts]


@transaction.atomic
def reverse(*, key: str, at: datetime, text: str) -> Entry:
    """Post the exact mirror of an entry, once; the reversal's key is ``reversal:`` and the entry's."""
    entry = Entry.objects.select_for_update(no_key=True, of=("self",)).get(key=key)
    standing = Entry.objects.filter(reverses=entry).first()
    if standing is not None:
        return standing
    postings = list(entry.postings.select_related("account"))
    legs = tuple(Leg(each.account.kind, -each.amount, each.account.seller_id) for each in postings)
    draft = Draft(key=f"reversal:{key}", market_id=entry.market_id, at=at, text=text, legs=legs)
    mirror = Entry.objects.create(
        key=draft.key,
        fingerprint=draft.fingerprint,
        market_id=entry.market_id,
        at=at,
        text=text,
        reverses=entry,
    )
    Posting.objects.bulk_create(
        Posting(entry=mirror, account_id=each.account_id, amount=-each.amount) for each in postings
    )
    return mirror


def _standing(drafts: Sequence[Draft]) -> dict[str, Entry]:
    standing = {row.key: row for row in Entry.objects.filter(key__in=[draft.key for draft in drafts])}
    for draft in drafts:
        if draft.key in standing and standing[draft.key].fingerprint != draft.fingerprint:
            raise ContradictsTheBooks(draft.key)
    return standing


def _accounts(drafts: Sequence[Draft]) -> dict[tuple[int, str, int | None], int]:
    """The accounts of all legs, opened where they do not stand yet."""
    wanted = {(draft.market_id, leg.kind, leg.seller_id) for draft in drafts for leg in draft.legs}
    markets = {draft.market_id for draft in drafts}
    sellers = {seller for _, _, seller in wanted if seller is not None}
    found = _find(markets, sellers)
    if wanted - found.keys():
        currency = dict(Market.objects.filter(pk__in=markets).values_list("pk", "currency"))
        Account.objects.bulk_create(
            [
                Account(market_id=market, kind=kind, seller_id=seller, currency=currency[market])
                for market, kind, seller in sorted(wanted - found.keys(), key=str)
            ],
            ignore_conflicts=True,
        )
        found = _find(markets, sellers)
    return found


def _find(markets: set[int], sellers: set[int]) -> dict[tuple[int, str, int | None], int]:
    concerned = Account.objects.filter(market_id__in=markets).filter(
        Q(seller__isnull=True) | Q(seller__in=sellers)
    )
    rows = concerned.values_list("market_id", "kind", "seller_id", "pk")
    return {(market, kind, seller): pk for market, kind, seller, pk in rows}
