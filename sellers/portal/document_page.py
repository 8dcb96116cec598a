"""What the page of one document adds up: what its seller invoices or credits, or what the commission
leaves, and who then pays whom.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.parties.models import BusinessModel
from sellers.door.templatetags.money import rate
from settlement.documents.models import Document, DocumentRate, State

Row = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Sum:
    """Some amounts and what they come to, in minor units of the document's currency."""

    title: str
    parts: list[Row]
    total: Row


@dataclass(frozen=True, slots=True)
class Sums:
    """A document in three sums: its main amount, who pays whom, and the same found in another way."""

    heading: str
    figure: int
    main: Sum
    due: Sum
    proof: Sum


def sums_of(document: Document, rates: Sequence[DocumentRate]) -> Sums:
    """The sums of a document."""
    if document.model == BusinessModel.AGENCY:
        return _agency(document, rates)
    return _credited(document, rates) if document.is_credit else _invoiced(document, rates)


def _invoiced(document: Document, rates: Sequence[DocumentRate]) -> Sums:
    void = document.state == State.VOID
    return Sums(
        _("Was to be invoiced; void now") if void else _("To be invoiced by you"),
        document.purchase_gross,
        Sum("", _rate_rows(rates), _row(_("Total"), document.purchase_gross)),
        Sum(
            _("What is due once cash is netted"),
            [
                _row(_("Purchase price"), document.purchase_gross),
                _row(_("Customers' cash you hold"), -document.held_by_seller),
            ],
            _due(document),
        ),
        Sum(
            _("Proof"),
            [
                _row(_("Customers' money the marketplace holds"), document.held_by_marketplace),
                _row(
                    _("plus what you pay") if document.net_due < 0 else _("less what you are paid"),
                    -document.net_due,
                ),
            ],
            _row(_("is the commission, with VAT"), document.commission_gross),
        ),
    )


def _credited(document: Document, rates: Sequence[DocumentRate]) -> Sums:
    void = document.state == State.VOID
    return Sums(
        _("Was to be credited; void now") if void else _("To be credited by you"),
        document.purchase_gross,
        Sum("", _rate_rows(rates), _row(_("Total"), document.purchase_gross)),
        Sum(
            _("What is due for it"),
            [
                _row(_("Purchase price you give back"), -document.purchase_gross),
                _row(_("Refunds you paid to customers"), document.held_by_seller),
            ],
            _due(document),
        ),
        Sum(
            _("Proof"),
            [
                _row(_("Customers' money owed back by the marketplace"), document.held_by_marketplace),
                _row(
                    _("less what you pay") if document.net_due < 0 else _("plus what you are paid"),
                    document.net_due,
                ),
            ],
            _row(_("is the commission, with VAT, it gives back"), document.commission_gross),
        ),
    )


def _agency(document: Document, rates: Sequence[DocumentRate]) -> Sums:
    """Its rows are signed as money to the seller, so that a credit document reads as what it takes back."""
    share = _("Your share taken back") if document.is_credit else _("Your share")
    total = _row(_("Customers' total"), document.customer_total)
    return Sums(
        share,
        document.purchase_gross,
        Sum("", [total, *_commission_rows(rates)], _row(share, document.purchase_gross)),
        _agency_due(document),
        _agency_proof(document, share),
    )


def _agency_due(document: Document) -> Sum:
    """The customers' money the marketplace holds, less its commission."""
    held, paper = (
        (_("Customers' money the marketplace gives back"), _("Commission credit note"))
        if document.is_credit
        else (_("Customers' money the marketplace holds"), _("Commission invoice"))
    )
    rows = [
        _row(held, document.sign * document.held_by_marketplace),
        _row(paper, -document.sign * document.commission_gross),
    ]
    return Sum(_("What is due"), rows, _due(document))


def _agency_proof(document: Document, share: str) -> Sum:
    """The same found from the seller's side: its share, less what it collected itself."""
    collected = (
        _("Customers' money you give back") if document.is_credit else _("Customers' money you collected")
    )
    rows = [
        _row(share, document.sign * document.purchase_gross),
        _row(collected, -document.sign * document.held_by_seller),
    ]
    return Sum(_("Proof"), rows, _due(document))


def _commission_rows(rates: Sequence[DocumentRate]) -> list[Row]:
    rows = []
    for each in rates:
        rows.append(_row(_("Commission, net"), -each.net))
        rows.append(_row(_("VAT %(rate)s on it") % {"rate": rate(each.vat_bp)}, -each.vat))
    return rows


def _rate_rows(rates: Sequence[DocumentRate]) -> list[Row]:
    rows = []
    for each in rates:
        told = {"rate": rate(each.vat_bp)}
        rows += [_row(_("Net at %(rate)s") % told, each.net), _row(_("VAT %(rate)s") % told, each.vat)]
    return rows


def _due(document: Document) -> Row:
    """Who pays whom how much; never a bare sign."""
    label = _("You pay the marketplace") if document.net_due < 0 else _("The marketplace pays you")
    return _row(label, abs(document.net_due))


def _row(label: str, amount: int) -> Row:
    return {"label": label, "amount": amount}
