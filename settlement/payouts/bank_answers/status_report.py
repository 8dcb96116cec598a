"""Reading what became of an order to pay (pain.002). Pure: no Django, no clock."""

from collections.abc import Iterator
from itertools import count

from settlement.payouts.bank_answers.facts import Answer, BankEntry, Kind, Status
from settlement.payouts.bank_answers.tree import Element, text_at, texts_at
from settlement.payouts.bank_answers.values import amount_of, iban_at
from settlement.payouts.refusals import BadStatement

_ACCEPTED = frozenset({"ACTC", "ACCP", "ACSP", "ACSC", "ACCC", "ACWC", "ACWP"})
_REJECTED = frozenset({"RJCT", "CANC"})


def read_status_report(body: Element) -> Iterator[Answer]:
    """The report of a message; there is one.

    :raises Unreadable: if it does not say what it reports on.
    """
    if not text_at(body, "OrgnlGrpInfAndSts/OrgnlMsgId"):
        raise BadStatement(entry=0, value="OrgnlMsgId")
    yield Answer(
        kind=Kind.STATUS,
        message_id=text_at(body, "GrpHdr/MsgId"),
        account_iban="",
        currency="",
        statement_id="",
        from_on=None,
        to_on=None,
        opening_minor=None,
        closing_minor=None,
        entries=tuple(_entries(body)),
    )


def _entries(body: Element) -> Iterator[BankEntry]:
    """Each payment named; and the rest of a block, or of the message, if the report leaves any out."""
    positions = count(1)
    group = body.find("OrgnlGrpInfAndSts")
    assert group is not None, "the caller has looked"
    message_id, state = text_at(group, "OrgnlMsgId"), text_at(group, "GrpSts")
    blocks = body.findall("OrgnlPmtInfAndSts")
    if not blocks:
        yield _entry(next(positions), group, message_id, state)
    for block in blocks:
        payments = block.findall("TxInfAndSts")
        of_block = text_at(block, "PmtInfSts") or state
        for payment in payments:
            yield _entry(next(positions), payment, message_id, text_at(payment, "TxSts") or of_block)
        left_out = text_at(block, "OrgnlNbOfTxs") != str(len(payments))
        if not payments or (left_out and _status(of_block) is not Status.PENDING):
            source = block if block.find("StsRsnInf") is not None else group
            yield _entry(next(positions), source, message_id, of_block)


def _entry(position: int, told: Element, message_id: str, state: str) -> BankEntry:
    amount, currency = 0, ""
    instructed = told.find("OrgnlTxRef/Amt/InstdAmt")
    if instructed is not None:
        amount, currency = amount_of(instructed, entry=position)
    return BankEntry(
        position=position,
        bank_reference=text_at(told, "AcctSvcrRef"),
        booked_on=None,
        value_on=None,
        amount_minor=-amount,
        currency=currency,
        end_to_end=text_at(told, "OrgnlEndToEndId"),
        original_message_id=message_id,
        variable_symbol="",
        remittance_text="",
        counterparty_name=text_at(told, "OrgnlTxRef/Cdtr/Pty/Nm", "OrgnlTxRef/Cdtr/Nm"),
        counterparty_iban=iban_at(told, "OrgnlTxRef/CdtrAcct/Id/IBAN"),
        status=_status(state),
        reason_code=text_at(told, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry"),
        reason_text=" ".join(texts_at(told, "StsRsnInf/AddtlInf")),
    )


def _status(state: str) -> Status:
    """What is neither yes nor no is still under way."""
    if state in _ACCEPTED:
        return Status.ACCEPTED
    return Status.REJECTED if state in _REJECTED else Status.PENDING
