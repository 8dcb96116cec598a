"""Registering receipts on their orders, some dozens to a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from marketplace.edocuments.facts import EDocument, Fault, Kind, Signature
from marketplace.kernel.audit import Act, record_all
from marketplace.kernel.money import decimal_text
from marketplace.orders.models import Order, Return, State
from marketplace.orders.operations.receipts import note_receipts
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Bundle, Outcome, Receipt
from sellers.receipts.operations.matching import Known, look_up
from sellers.receipts.operations.wanted import Refused, Wanted
from sellers.receipts.rules.matching import accepts, identity_of, is_note, total_of


def register(*, bundle: Bundle, wanted: Sequence[Wanted], alone: bool, at: datetime) -> None:
    """Register documents on their orders, and give their files their outcomes, which the caller saves.

    ``alone``: the bundle holds one document only, so that its subject speaks of it.
    """
    assert connection.in_atomic_block
    known = look_up(bundle=bundle, documents=[each.document for each in wanted], alone=alone, wanted=wanted)
    fresh: list[Receipt] = []
    for each in wanted:
        try:
            receipt = _judge(bundle, each, known, at)
        except Refused as refusal:
            _decide(each, refusal.outcome, at, **refusal.told)
            continue
        fresh.append(receipt)
        known.add(receipt)
        each.receipt = receipt
        _decide(each, Outcome.REGISTERED, at, late=receipt.late)
    _write(bundle, fresh, at)


def _judge(bundle: Bundle, wanted: Wanted, known: Known, at: datetime) -> Receipt:
    """The receipt a document becomes.

    :raises Refused: with the one reason why it becomes none.
    """
    document = wanted.document
    _check_document(bundle.market, document)
    sellers = _sellers(known, document)
    wanted.seller = sellers[0]
    _check_standing(known, wanted)
    if is_note(document):
        return _note(bundle, wanted, known, sellers, at)
    order = known.order_of(wanted, sellers)
    wanted.order = order
    wanted.seller = _owner(order, sellers)
    _check(bundle, order, document)
    if (held := known.receipt_on(order)) is not None:
        raise Refused(Outcome.ORDER_HAS_RECEIPT, {"order": order.number, "receipt": held.number})
    return _receipt(bundle, wanted, wanted.seller, order, at)


def _check_document(market: Market, document: EDocument) -> None:
    if not accepts(market.receipt_reader, document):
        raise Refused(Outcome.WRONG_FORMAT, {"format": str(document.syntax)})
    if market.receipt_signature_required and document.signature == Signature.UNSIGNED:
        raise Refused(Outcome.UNSIGNED)
    if document.signature == Signature.BROKEN:
        raise Refused(Outcome.BROKEN_SIGNATURE)
    if total_of(document) < 0:
        told = {"fault": Fault.BAD_AMOUNT, "detail": decimal_text(total_of(document))}
        raise Refused(Outcome.BAD_CONTENT, told)


def _check_standing(known: Known, wanted: Wanted) -> None:
    """Refuse one that is registered already, and one that lacks its other file."""
    standing = known.standing(wanted)
    if standing is not None:
        wanted.receipt, wanted.order = standing, standing.order
        same = standing.sha256 == wanted.sha256
        raise Refused(Outcome.DUPLICATE if same else Outcome.OTHER_CONTENT, {"order": standing.order.number})
    if wanted.lacks is not None:
        raise Refused(wanted.lacks)


def _sellers(known: Known, document: EDocument) -> list[Seller]:
    """The sellers it may be of: one company may sell under several partner numbers."""
    told = {"tax_id": document.supplier.tax_id}
    sellers = known.sellers_called(document.supplier.tax_id)
    if not sellers:
        raise Refused(Outcome.TAX_ID_UNKNOWN, told)
    if allowed := [seller for seller in sellers if seller.pk in known.allowed]:
        return allowed
    raise Refused(Outcome.SENDER_NOT_TIED if known.by_mail else Outcome.TAX_ID_UNKNOWN, told)


def _owner(order: Order, sellers: Sequence[Seller]) -> Seller:
    return next(seller for seller in sellers if seller.pk == order.seller_id)


def _check(bundle: Bundle, order: Order, document: EDocument) -> None:
    told = {"order": order.number}
    if order.state == State.CANCELLED:
        raise Refused(Outcome.ORDER_OVER, told)
    if order.shipped_at is not None and not bundle.market.receipts_taken_late:
        raise Refused(Outcome.ORDER_SENT, told)
    _check_currency(order, document)
    _check_total(total_of(document), order.total, bundle.market.receipt_tolerance, told)


def _check_currency(order: Order, document: EDocument) -> None:
    if order.currency != document.currency:
        told = {"currency": document.currency, "expected": order.currency, "order": order.number}
        raise Refused(Outcome.CURRENCY_DIFFERS, told)


def _check_total(found: int, expected: int, tolerance: int, told: dict[str, str]) -> None:
    if abs(found - expected) > tolerance:
        amounts = {"total": decimal_text(found), "expected": decimal_text(expected)}
        raise Refused(Outcome.TOTAL_DIFFERS, amounts | told)


def _note(bundle: Bundle, wanted: Wanted, known: Known, sellers: Sequence[Seller], at: datetime) -> Receipt:
    """A credit note is registered on the return it credits, a debit note on the order of its original."""
    document = wanted.document
    original = known.original_of(document, sellers)
    if original is None:
        # It names no receipt: it is of the order it names, if that has one.
        original = known.receipt_on(known.order_of(wanted, sellers, guess=False))
    if original is None:
        raise Refused(Outcome.ORIGINAL_UNKNOWN)
    wanted.order = original.order
    wanted.seller = _owner(original.order, sellers)
    _check_currency(original.order, document)
    receipt = _receipt(bundle, wanted, wanted.seller, original.order, at)
    receipt.original = original
    if document.kind == Kind.CREDIT:
        receipt.returned = _credited(known, receipt, bundle.market.receipt_tolerance)
    return receipt


def _credited(known: Known, receipt: Receipt, tolerance: int) -> Return:
    """The return a credit note is for: the first that waits for one over its total."""
    told = {"order": receipt.order.number}
    waiting = known.returns_of(receipt.order)
    if not waiting:
        raise Refused(Outcome.NO_RETURN, told)
    for each in waiting:
        if abs(each.gross - receipt.total) <= tolerance:
            return each
    amounts = {"total": decimal_text(receipt.total), "expected": decimal_text(waiting[0].gross)}
    raise Refused(Outcome.TOTAL_DIFFERS, amounts | told)


def _receipt(bundle: Bundle, wanted: Wanted, seller: Seller, order: Order, at: datetime) -> Receipt:
    document, first = wanted.document, wanted.files[0]
    holds_itself = first.kind == "pdf"
    other = wanted.files[1].file if len(wanted.files) > 1 else None
    return Receipt(
        market=bundle.market,
        seller=seller,
        order=order,
        syntax=document.syntax,
        kind=document.kind,
        type_code=document.type_code[:6],
        number=document.number[:60],
        identity=identity_of(document, bundle.market.code),
        uid=document.uid[:60],
        issued_on=document.issued_on,
        currency=document.currency,
        total=total_of(document),
        buyer=document.customer.tax_id[:40],
        signature=document.signature,
        xml=None if holds_itself else first.file,
        pdf=first.file if holds_itself else other,
        sha256=wanted.sha256,
        late=order.shipped_at is not None and not is_note(document),
        registered_at=at,
        registered_by=bundle.opened_by,
    )


def _write(bundle: Bundle, fresh: Sequence[Receipt], at: datetime) -> None:
    Receipt.objects.bulk_create(fresh)
    note_receipts(
        orders=[receipt.order for receipt in fresh if receipt.opens_the_gate], by=bundle.opened_by, at=at
    )
    acts = [
        Act(row.number, row.seller_id, {"order": row.order.number, "sha256": row.sha256}) for row in fresh
    ]
    record_all(verb="receipt.registered", acts=acts, by=bundle.opened_by, at=at)


def _decide(wanted: Wanted, outcome: Outcome, at: datetime, **told: Any) -> None:
    """Give a document's files their outcome; what a stranger's sender may not know is left out."""
    for row in wanted.files:
        row.outcome, row.decided_at = outcome, at
        row.told = {"number": wanted.document.number, **{name: each for name, each in told.items() if each}}
        if wanted.seller is not None:
            row.seller = wanted.seller
        row.order = wanted.order
        row.receipt = wanted.receipt
