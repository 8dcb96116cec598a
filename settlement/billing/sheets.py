"""What a billing invoice says, issued or to be: the same facts make its preview, PDF, workbook and XML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market, Seller
from settlement.billing.catalogues import STRICT_VAT
from settlement.billing.models import (
    BillingInvoice,
    BillingKind,
    BillingLine,
    Deposit,
    Fee,
    Subject,
)
from settlement.billing.rules.amounts import Amounts, invoice_amounts, split_amounts
from settlement.billing.rules.recipients import Recipient
from settlement.billing.rules.splitting import Wanted
from settlement.documents.facts import plain
from settlement.documents.queries import parties_of


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A deposit or a fee, or a part of one, in minor units; ``whole`` is what all of it is."""

    reference: str
    on: date
    what: str
    net: int
    vat: int
    gross: int
    whole: int

    @property
    def is_part(self) -> bool:
        return self.gross != self.whole


@dataclass(frozen=True, slots=True)
class Sheet:
    """An invoice's or credit note's content; ``reference`` is empty where it is not issued."""

    reference: str
    kind: BillingKind
    subject: Subject
    market: Market
    issued_at: datetime
    issued_on: date
    supplied_on: date
    vat_bp: int
    net: int
    vat: int
    gross: int
    marketplace: Mapping[str, Any]
    seller: Mapping[str, Any]
    recipient: Mapping[str, Any]
    lines: tuple[SheetLine, ...]
    credits: BillingInvoice | None = None
    replaces: BillingInvoice | None = None
    reason: str = ""
    reason_code: str = ""

    @property
    def is_credit(self) -> bool:
        return self.kind == BillingKind.CREDIT

    @property
    def original(self) -> BillingInvoice | None:
        """The invoice it takes back or stands for."""
        return self.credits or self.replaces


def sheet_of(invoice: BillingInvoice) -> Sheet:
    """What an issued invoice or credit note says."""
    rows = BillingLine.objects.filter(invoice=invoice).select_related("deposit", "fee").order_by("position")
    return Sheet(
        reference=invoice.reference,
        kind=BillingKind(invoice.kind),
        subject=Subject(invoice.subject),
        market=invoice.market,
        issued_at=invoice.issued_at,
        issued_on=invoice.issued_on,
        supplied_on=invoice.supplied_on,
        vat_bp=invoice.vat_bp,
        net=invoice.net,
        vat=invoice.vat,
        gross=invoice.gross,
        marketplace=invoice.parties["marketplace"],
        seller=invoice.parties["seller"],
        recipient=invoice.parties["recipient"],
        lines=tuple(_line(row.deposit or row.fee, row.net, row.vat, row.gross) for row in rows),
        credits=invoice.credits,
        replaces=invoice.replaces,
        reason=invoice.reason,
        reason_code=invoice.reason_code,
    )


def sheet_of_deposits(
    *, seller: Seller, deposits: Sequence[Deposit], recipient: Recipient, at: datetime
) -> Sheet:
    """What the invoice of these deposits would say, if it were issued now."""
    amounts = invoice_amounts([each.uninvoiced for each in deposits], deposits[0].vat_bp)
    return _coming(seller, Subject.DEPOSITS, deposits, amounts, recipient, at)


def sheets_of_wanted(*, invoice: BillingInvoice, wanted: Sequence[Wanted], at: datetime) -> list[Sheet]:
    """What the invoices would say that are to replace one, with the same total to the cent."""
    rows = invoice.lines.select_related("deposit", "fee")
    things = {row.position: row.deposit or row.fee for row in rows}
    strict = invoice.vat_bp if invoice.market.code in STRICT_VAT else None
    grosses = [[part.gross for part in each.parts] for each in wanted]
    shares = split_amounts(grosses, invoice.vat, strict_bp=strict)
    return [
        _coming(
            invoice.seller,
            Subject(invoice.subject),
            [things[part.line] for part in each.parts],
            amounts,
            each.recipient,
            at,
            replaces=invoice,
        )
        for each, amounts in zip(wanted, shares, strict=True)
    ]


def sheet_of_credit(*, invoice: BillingInvoice, reason: str, reason_code: str, at: datetime) -> Sheet:
    """What the credit note would say that takes an invoice back as a whole."""
    return replace(
        sheet_of(invoice),
        reference="",
        kind=BillingKind.CREDIT,
        issued_at=at,
        issued_on=local_date(at, invoice.market.zone),
        credits=invoice,
        replaces=None,
        reason=reason,
        reason_code=reason_code,
    )


def title_of(sheet: Sheet) -> str:
    """What kind of paper it is, in the active language."""
    if sheet.is_credit:
        return _("Credit note")
    return _("Corrected invoice") if sheet.replaces else _("Invoice")


def _coming(
    seller: Seller,
    subject: Subject,
    things: Sequence[Any],
    amounts: Amounts,
    recipient: Recipient,
    at: datetime,
    replaces: BillingInvoice | None = None,
) -> Sheet:
    market, parties = seller.market, parties_of(seller, seller.market)
    today = local_date(at, market.zone)
    lines = tuple(
        _line(thing, each.net, each.vat, each.gross)
        for thing, each in zip(things, amounts.lines, strict=True)
    )
    return Sheet(
        reference="",
        kind=BillingKind.INVOICE,
        subject=subject,
        market=market,
        issued_at=at,
        issued_on=today,
        supplied_on=min(max(line.on for line in lines), today),
        vat_bp=things[0].vat_bp,
        net=amounts.total.net,
        vat=amounts.total.vat,
        gross=amounts.total.gross,
        marketplace=parties["marketplace"] | {"regime": market.entity_regime},
        seller=parties["seller"],
        recipient=recipient.as_json(),
        lines=lines,
        replaces=replaces,
    )


def _line(thing: Deposit | Fee | None, net: int, vat: int, gross: int) -> SheetLine:
    assert thing is not None
    if isinstance(thing, Deposit):
        what, day = plain(thing.method or thing.get_source_display()), thing.received_on
    else:
        what, day = plain(f"{thing.get_kind_display()}: {thing.text}"), thing.charged_on
    return SheetLine(thing.reference, day, what, net, vat, gross, thing.gross)
