"""Reading statements (camt.053) and notices of bookings (camt.054). Pure: no Django, no clock.

One booking may stand for many payments; each becomes an entry with its own amount.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from settlement.payouts.bank_answers.facts import Answer, BankEntry, Kind, Status
from settlement.payouts.bank_answers.references import variable_symbol_in
from settlement.payouts.bank_answers.tree import Element, text_at, texts_at
from settlement.payouts.bank_answers.values import amount_of, day_at, iban_at, sign_of
from settlement.payouts.refusals import BadStatement, BatchDoesNotAdd

_PARTS = {Kind.STATEMENT: "Stmt", Kind.NOTICE: "Ntfctn"}
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
"""The booked balance; some banks tell the opening one as the closing one of the day before."""
_NAMELESS = "NOTPROVIDED"


@dataclass(frozen=True, slots=True)
class _Booking:
    """What an ``Ntry`` says of all its payments, read once: there may be thousands."""

    number: int
    account: str
    whole: int
    currency: str
    status: Status
    reversal: bool
    charged: bool
    booked_on: date | None
    value_on: date | None
    reference: str
    message_id: str
    text: str

    @property
    def sign(self) -> int:
        """1 for money in, -1 for money out."""
        return -1 if self.whole < 0 else 1


def read_camt(kind: Kind, body: Element) -> Iterator[Answer]:
    """The statements or notices of a message.

    :raises Unreadable: if a value is missing or makes no sense.
    """
    message_id = text_at(body, "GrpHdr/MsgId")
    for part in body.iterfind(_PARTS[kind]):
        account = iban_at(part, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
        opening, closing = _balance(part, _OPENING), _balance(part, _CLOSING)
        entries = tuple(_entries(part, account))
        yield Answer(
            kind=kind,
            message_id=message_id,
            account_iban=account,
            currency=text_at(part, "Acct/Ccy") or (entries[0].currency if entries else ""),
            statement_id=text_at(part, "Id"),
            from_on=day_at(part, "FrToDt/FrDtTm", "FrToDt/FrDt"),
            to_on=day_at(part, "FrToDt/ToDtTm", "FrToDt/ToDt"),
            opening_minor=opening,
            closing_minor=closing,
            entries=entries,
        )


def _balance(part: Element, codes: Sequence[str]) -> int | None:
    balances = {text_at(told, "Tp/CdOrPrtry/Cd"): told for told in reversed(part.findall("Bal"))}
    for code in codes:
        if code in balances:
            amount, _ = amount_of(balances[code].find("Amt"), entry=0)
            return amount * sign_of(balances[code], entry=0)
    return None


def _entries(part: Element, account: str) -> Iterator[BankEntry]:
    positions = count(1)
    for number, element in enumerate(part.iterfind("Ntry"), start=1):
        booking = _booking(number, element, account)
        details = _details(booking, element)
        for detail, amount in zip(details or [element], _amounts(booking, details), strict=True):
            yield _entry(next(positions), booking, detail, amount)


def _booking(number: int, element: Element, account: str) -> _Booking:
    amount, currency = amount_of(element.find("Amt"), entry=number)
    state = text_at(element, "Sts/Cd", "Sts/Prtry", "Sts")
    if not state:
        raise BadStatement(entry=number, value="Sts")
    return _Booking(
        number=number,
        account=account,
        whole=amount * sign_of(element, entry=number),
        currency=currency,
        status=Status.BOOKED if state == "BOOK" else Status.PENDING,
        reversal=text_at(element, "RvslInd") in ("true", "1"),
        charged=element.find("Chrgs") is not None,
        booked_on=day_at(element, "BookgDt/Dt", "BookgDt/DtTm", entry=number),
        value_on=day_at(element, "ValDt/Dt", "ValDt/DtTm", entry=number),
        reference=text_at(element, "AcctSvcrRef"),
        message_id=text_at(element, "NtryDtls/Btch/MsgId", "NtryDtls/Btch/PmtInfId"),
        text=text_at(element, "AddtlNtryInf"),
    )


def _details(booking: _Booking, element: Element) -> list[Element]:
    """The single payments of a booking; banks may give none, but not some of them."""
    details = []
    for block in element.iterfind("NtryDtls"):
        here, told = block.findall("TxDtls"), text_at(block, "Btch/NbOfTxs")
        if here and told and told != str(len(here)):
            raise BatchDoesNotAdd(entry=booking.number)
        details += here
    return details


def _amounts(booking: _Booking, details: Sequence[Element]) -> list[int]:
    """What each payment moved; they must make the booking, or some are missing.

    A single one moved what was booked, even if something was charged on the way.
    """
    if not details or (len(details) == 1 and _is_whole(booking, details[0])):
        return [booking.whole]
    amounts = [_amount_of_detail(booking, detail) for detail in details]
    known = [amount for amount in amounts if amount is not None]
    if len(known) != len(details) or sum(known) != booking.whole:
        raise BatchDoesNotAdd(entry=booking.number)
    return known


def _is_whole(booking: _Booking, detail: Element) -> bool:
    """Whether the only detail may take the whole booking: it names no other amount, or charges explain it."""
    charged = booking.charged or detail.find("Chrgs") is not None
    return charged or _amount_of_detail(booking, detail, "Amt", "AmtDtls/TxAmt/Amt") is None


def _amount_of_detail(booking: _Booking, detail: Element, *paths: str) -> int | None:
    """Its amount in the booking's currency; None if it names none."""
    sign = sign_of(detail, entry=booking.number) if detail.find("CdtDbtInd") is not None else booking.sign
    for path in paths or ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        element = detail.find(path)
        if element is not None and element.get("Ccy") == booking.currency:
            return sign * amount_of(element, entry=booking.number)[0]
    return None


def _entry(position: int, booking: _Booking, detail: Element, amount: int) -> BankEntry:
    status = _status(booking, detail)
    end_to_end = text_at(detail, "Refs/EndToEndId")
    end_to_end = "" if end_to_end.upper() == _NAMELESS else end_to_end
    text, references = _remittance(booking, detail), texts_at(detail, "RmtInf/Strd/CdtrRefInf/Ref")
    name, iban = _counterparty(detail, booking.account, money_in=(amount > 0) != (status is Status.RETURNED))
    return BankEntry(
        position=position,
        bank_reference=text_at(detail, "Refs/AcctSvcrRef") or booking.reference,
        booked_on=booking.booked_on,
        value_on=booking.value_on,
        amount_minor=amount,
        currency=booking.currency,
        end_to_end=end_to_end,
        original_message_id=text_at(detail, "Refs/MsgId", "Refs/PmtInfId") or booking.message_id,
        variable_symbol=variable_symbol_in(structured=references, end_to_end=end_to_end, text=text),
        remittance_text=text,
        counterparty_name=name,
        counterparty_iban=iban,
        status=status,
        reason_code=text_at(detail, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        reason_text=" ".join(texts_at(detail, "RtrInf/AddtlInf")),
        creditor_reference=" ".join(references),
    )


def _status(booking: _Booking, detail: Element) -> Status:
    """A booking taken back is a return as well, though it gives no reason."""
    taken_back = booking.reversal or detail.find("RtrInf") is not None
    return Status.RETURNED if taken_back and booking.status is Status.BOOKED else booking.status


def _remittance(booking: _Booking, detail: Element) -> str:
    for path in ("RmtInf/Ustrd", "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf"):
        if texts := texts_at(detail, path):
            return " ".join(texts)
    return booking.text


def _counterparty(detail: Element, account: str, *, money_in: bool) -> tuple[str, str]:
    """The other party: who paid us, or whom we paid; of a return, as of the payment returned."""
    for side in ("Dbtr", "Cdtr") if money_in else ("Cdtr", "Dbtr"):
        parties = f"RltdPties/{side}"
        name = text_at(detail, f"{parties}/Pty/Nm", f"{parties}/Nm")
        iban = iban_at(detail, f"{parties}Acct/Id/IBAN", f"{parties}Acct/Id/Othr/Id")
        if (name or iban) and (not iban or iban != account):
            return name, iban
    return "", ""
