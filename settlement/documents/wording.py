"""The letter that brings a document to its seller, in the active language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text, percent_text
from marketplace.kernel.days import span_text
from marketplace.parties.models import BusinessModel
from settlement.documents.labels import labels, net_note, net_sentence, what_to_do
from settlement.documents.models import Document


def letter(document: Document, *, attached: bool) -> tuple[str, str]:
    """Subject and text of the letter to the seller."""
    marketplace, words = document.parties["marketplace"], labels(document)
    asks = document.model == BusinessModel.RESALE and document.purchase_gross > 0
    paragraphs = [
        _("Hello %(seller)s,") % {"seller": document.parties["seller"]["name"]},
        _what_it_is(document),
        what_to_do(document),
        _address(marketplace) if asks else "",
        _rates(document, words),
        "\n".join(_sums(document, words)),
        net_note(document),
        _where(attached),
        _("Something is not right? Reply to this e-mail before you invoice.")
        if asks and not document.is_credit
        else _("Something is not right? Reply to this e-mail."),
        marketplace["market"],
    ]
    return _subject(document, asks), "\n\n".join(filter(None, paragraphs)) + "\n"


def _subject(document: Document, asks: bool) -> str:
    told = {"reference": document.reference}
    if document.is_credit:
        if asks:
            return _("Credit document %(reference)s: please send your credit note") % told
        return _("Credit document %(reference)s") % told
    if document.model == BusinessModel.AGENCY:
        return _("Commission document %(reference)s") % told
    return _("Invoice document %(reference)s: please issue your invoice") % told


def _what_it_is(document: Document) -> str:
    period = span_text(
        document.period.first_on, document.period.span.last_on, language=document.market.spoken
    )
    told = {"reference": document.reference, "period": period}
    if document.is_credit:
        return (
            _(
                "Your credit document %(reference)s is ready: it lists what came back by the end of"
                " %(period)s of orders that were settled before. It is not a tax invoice."
            )
            % told
        )
    if document.model == BusinessModel.AGENCY:
        return (
            _("Your commission document %(reference)s for %(period)s is ready. It is not a tax invoice.")
            % told
        )
    return _("Your invoice document %(reference)s for %(period)s is ready. It is not a tax invoice.") % told


def _address(party: dict[str, str]) -> str:
    lines = [party["name"], party["street"], f"{party['zip']} {party['city']}", party["country"]]
    return "\n".join([*lines, f"{_('Tax ID')}: {party['tax_id']}"])


def _rates(document: Document, words: dict[str, str]) -> str:
    lines = [
        _("VAT %(rate)s: net %(net)s + VAT %(vat)s = gross %(gross)s")
        % {
            "rate": percent_text(rate.vat_bp, language=document.market.locale),
            "net": _money(document, rate.net),
            "vat": _money(document, rate.vat),
            "gross": _money(document, rate.gross),
        }
        for rate in document.rates.order_by("vat_bp")
    ]
    return "\n".join([f"{words['recap']}:", *lines] if lines else [])


def _sums(document: Document, words: dict[str, str]) -> Iterator[str]:
    yield f"{words['orders']}: {document.orders}"
    for name, amount in (
        ("customer_total", document.customer_total),
        ("commission", document.commission_gross),
        ("you_invoice", document.purchase_gross),
        ("less_held", abs(document.held_by_seller)),
    ):
        yield f"{words[name]}: {_money(document, amount)}"
    yield f"{net_sentence(document)}: {_money(document, abs(document.net_due))}"


def _where(attached: bool) -> str:
    if attached:
        return _("The document is attached as a PDF and as an Excel workbook.")
    return _(
        "The document is too large for an e-mail: download the PDF and the Excel workbook in the seller"
        " portal, under Documents."
    )


def _money(document: Document, minor: int) -> str:
    return money_text(minor, currency=document.currency, language=document.market.locale)
