"""Taking in what the bank says: the file first, then its movements, each once."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.files import path_of, store
from marketplace.kernel.jobs import Claimed, enqueue
from marketplace.kernel.states import move
from marketplace.parties.models import Market
from settlement.payouts.bank_answers.facts import Answer, Kind, Status
from settlement.payouts.bank_answers.facts import BankEntry as Told
from settlement.payouts.bank_answers.reading import read_bank_file
from settlement.payouts.models import BankEntry, Statement, StatementState
from settlement.payouts.operations.matching import match_entries
from settlement.payouts.reasons import reason_text, refusal_text
from settlement.payouts.refusals import Unreadable


class TakenBefore(Exception):
    """The same file was taken in before."""


@transaction.atomic
def upload_statement(
    *, market: Market, name: str, chunks: Iterable[bytes], by: Any, at: datetime
) -> Statement:
    """Keep a file from a market's bank; its movements are read and matched next.

    :raises TakenBefore: if the same file was taken in before.
    """
    file = store(name=name, content_type="application/xml", chunks=chunks, at=at)
    taken = Statement.objects.filter(market=market, sha256=file.sha256)
    standing = taken.exclude(state=StatementState.UNREADABLE).first()
    if standing is not None:
        raise TakenBefore(_("This file was taken in before, as %(name)s.") % {"name": standing})
    statement = Statement.objects.create(
        market=market, file=file, sha256=file.sha256, uploaded_at=at, uploaded_by=by
    )
    record(verb="statement.uploaded", subject=file.name, by=by, at=at, details={"sha256": file.sha256})
    enqueue("payouts.read", key=f"statement:{statement.pk}", statement_id=statement.pk)
    return statement


def read_statement(claimed: Claimed, *, statement_id: int, at: datetime) -> None:
    """Read a bank's file in a process apart, keep its movements, and match them one by one.

    A movement another file told of is not taken twice.
    """
    statement = Statement.objects.select_related("market", "file").get(pk=statement_id)
    if statement.state == StatementState.READING:
        try:
            answers = read_bank_file(path_of(statement.file), claimed.heartbeat)
            _check_account(statement.market, answers)
        except Unreadable as refusal:
            with claimed.effect(), translation.override(statement.market.spoken):
                _give_up(statement, refusal_text(refusal), at)
            return
        except OtherAccount as refusal:
            with claimed.effect():
                _give_up(statement, str(refusal), at)
            return
        with claimed.effect():
            _keep(statement, answers, at)
    match_entries(claimed, statement_id=statement_id, at=at)


class OtherAccount(Exception):
    """The file is about an account that is not the market's."""


def _check_account(market: Market, answers: Sequence[Answer]) -> None:
    for answer in answers:
        if answer.account_iban and market.entity_iban and answer.account_iban != market.entity_iban:
            told = {"told": answer.account_iban, "ours": market.entity_iban, "market": market.code}
            raise OtherAccount(
                _("It is about the account %(told)s; the account of %(market)s is %(ours)s.") % told
            )


def _give_up(statement: Statement, note: str, at: datetime) -> None:
    move(statement, StatementState.UNREADABLE, by=None, at=at, also={"note": note[:300]})


def _keep(statement: Statement, answers: Sequence[Answer], at: datetime) -> None:
    """Write the heads and the movements; those known from another file are passed over."""
    rows = _rows(statement, answers)
    known = set(
        BankEntry.objects.filter(
            market=statement.market, identity__in=[row.identity for row in rows]
        ).values_list("identity", flat=True)
    )
    fresh = [row for row in rows if row.identity not in known]
    BankEntry.objects.bulk_create(fresh, batch_size=1000)
    head = answers[0]
    also = {
        "kind": str(head.kind),
        "number": (head.statement_id or head.message_id)[:70],
        "account": head.account_iban[:34],
        "currency": head.currency[:3],
        "from_on": head.from_on,
        "to_on": answers[-1].to_on,
        "opening": head.opening_minor,
        "closing": answers[-1].closing_minor,
        "note": _note(answers, len(rows) - len(fresh)),
    }
    move(statement, StatementState.READ, by=None, at=at, also=also)


def _note(answers: Sequence[Answer], known: int) -> str:
    notes = []
    if any(answer.unexplained_minor for answer in answers):
        notes.append(_("The balances do not agree with the movements."))
    if known:
        notes.append(_("%(count)s movements were known from other files.") % {"count": known})
    return " ".join(notes)[:300]


def _rows(statement: Statement, answers: Sequence[Answer]) -> list[BankEntry]:
    seen: Counter[str] = Counter()
    told = ((answer.kind, entry) for answer in answers for entry in answer.entries)
    rows = []
    for position, (kind, entry) in enumerate(told, start=1):
        identity = _identity(entry, kind)
        seen[identity] += 1
        if seen[identity] > 1:  # two alike in one file are two movements
            identity = hashlib.sha256(f"{identity}:{seen[identity]}".encode()).hexdigest()
        rows.append(_row(statement, position, identity, entry))
    return rows


def _row(statement: Statement, position: int, identity: str, told: Told) -> BankEntry:
    reason = told.reason_text or (reason_text(told.reason_code) if told.reason_code else "")
    return BankEntry(
        statement=statement,
        market=statement.market,
        position=position,
        identity=identity,
        status=str(told.status),
        bank_reference=told.bank_reference[:70],
        booked_on=told.booked_on or told.value_on,
        amount=told.amount_minor,
        currency=told.currency[:3] or statement.market.currency,
        end_to_end=told.end_to_end[:35],
        original_message=told.original_message_id[:70],
        symbol=told.variable_symbol[:35],
        creditor_reference=told.creditor_reference[:70],
        text=told.remittance_text[:300],
        counterparty=told.counterparty_name[:140],
        counterparty_account=told.counterparty_iban[:34],
        reason_code=told.reason_code[:35],
        reason=str(reason)[:300],
    )


def _identity(told: Told, kind: Kind) -> str:
    """What a movement is known by: all that is told of it, whichever file tells it.

    Money in that a notice announces is not yet the movement: the statement will tell it.
    """
    announced = kind == Kind.NOTICE and told.amount_minor > 0 and told.status == Status.BOOKED
    parts = [
        "announced" if announced else "",
        str(told.status),
        told.bank_reference,
        told.end_to_end,
        told.original_message_id,
        str(told.amount_minor),
        str(told.booked_on),
        told.counterparty_iban,
        told.variable_symbol,
        told.remittance_text,
    ]
    if told.creditor_reference and not told.variable_symbol:
        parts.append(told.creditor_reference)  # the symbol is read from it where it is one
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
