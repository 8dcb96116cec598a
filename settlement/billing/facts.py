"""What a fee invoice says: a tax invoice for commission, or its credit note, in the active language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from marketplace.kernel.amounts import percent_text
from marketplace.kernel.days import day_text, span_text
from marketplace.kernel.zones import local_date
from settlement.billing.models import FeeInvoice
from settlement.documents.facts import plain
from settlement.documents.papers.facts import Cell, Column, Kind, Listing, PaperFacts, Row, Shown, Sum
from settlement.documents.papers.words import common_words, orders_total
from settlement.documents.queries import lines_of, party_facts


def fee_facts(fee: FeeInvoice) -> PaperFacts:
    """What a fee invoice says above its orders, and their headings."""
    market, told = fee.market, told_of(fee)
    parties = {kind: party_facts(party) for kind, party in fee.parties.items()}
    return PaperFacts(
        title=fee.get_kind_display(),
        reference=fee.reference,
        market=plain(fee.parties["marketplace"]["market"]),
        currency=fee.currency,
        language=market.locale,
        spoken=market.spoken,
        meta=(
            (_("Date of issue"), day_text(fee.issued_on, language=market.spoken)),
            (_("Date of supply"), day_text(fee.supplied_on, language=market.spoken)),
            (_("Settlement period"), told["period"]),
            (_("Currency"), fee.currency),
        ),
        stressed=settling_text(fee),
        text=about_text(fee),
        parties=(
            Shown(_("Supplier"), parties["marketplace"]),
            Shown(pgettext("whom an invoice is for", "Customer"), parties["seller"], addressed=True),
        ),
        sums_heading=_("What is credited") if fee.is_credit else _("What is invoiced"),
        sums=tuple(_sums(fee)),
        result=Sum(
            _("Total credited to %(seller)s") % told
            if fee.is_credit
            else _("Total invoiced to %(seller)s") % told,
            fee.gross,
        ),
        note=_("VAT is computed on the sum of the net commissions, and shared out to the orders."),
        lists=(_orders(fee),),
        words=common_words(fee.currency),
    )


def _sums(fee: FeeInvoice) -> Iterator[Sum]:
    """Commission and VAT per rate; what came back may span a change of the rate."""
    sign = _sign(fee)
    for row in fee.document.rates.exclude(net=0).order_by("vat_bp"):
        told = {"rate": percent_text(row.vat_bp, language=fee.market.locale)}
        yield Sum(_("Commission, net"), sign * row.net)
        yield Sum(_("VAT %(rate)s") % told, sign * row.vat)


def told_of(fee: FeeInvoice) -> dict[str, str]:
    """What its texts speak of."""
    period, spoken = fee.document.period, fee.market.spoken
    return {
        "reference": fee.reference,
        "document": fee.document.reference,
        "originals": ", ".join(fee.originals),
        "marketplace": plain(fee.parties["marketplace"]["name"]),
        "seller": plain(fee.parties["seller"]["name"]),
        "rate": percent_text(fee.vat_bp, language=fee.market.locale),
        "period": span_text(period.first_on, period.span.last_on, language=spoken),
    }


def settling_text(fee: FeeInvoice) -> str:
    """How it is settled: by no payment of its own."""
    if fee.is_credit:
        return _("It is settled by set-off; nothing is paid for it by itself.")
    return _("Do not pay this invoice by itself: it is settled by set-off.")


def about_text(fee: FeeInvoice) -> str:
    """What it is for; of a credit note, which invoices it lowers."""
    return _about(fee) % told_of(fee)


def _about(fee: FeeInvoice) -> str:
    if fee.originals:
        return ngettext(
            "It lowers invoice %(originals)s by the commission on what came back, which credit document"
            " %(document)s lists.",
            "It lowers the invoices %(originals)s by the commission on what came back, which credit document"
            " %(document)s lists.",
            len(fee.originals),
        )
    if fee.is_credit:
        return _(
            "It credits the commission on the orders of commission document %(document)s, %(period)s:"
            " discounts bring it below nothing."
        )
    if fee.document.is_credit:
        return _("It takes back what was credited for the orders that credit document %(document)s lists.")
    return _("It is for the commission on the orders of commission document %(document)s, %(period)s.")


def fee_rows(fee: FeeInvoice) -> Iterator[Row]:
    """The orders it adds up from, read a page at a time."""
    zone, invoices, sign = fee.market.zone, _invoices(fee), _sign(fee)
    for line in lines_of(fee.document):
        original = (invoices.get(line.original, ""),) if fee.originals else ()
        net, vat = sign * line.commission_net, sign * line.commission_vat
        cells: tuple[Cell, ...] = (plain(line.number), *original, local_date(line.delivered_at, zone))
        yield 0, (*cells, line.total, net, vat, net + vat)


def _sign(fee: FeeInvoice) -> int:
    """A commission below nothing turns an invoice into a credit note, and the other way round."""
    return 1 if fee.is_credit == fee.document.is_credit else -1


def _invoices(fee: FeeInvoice) -> dict[str, str]:
    """The invoices it credits, by the document whose commission each was."""
    rows = FeeInvoice.objects.filter(reference__in=fee.originals)
    return dict(rows.values_list("document__reference", "reference"))


def _orders(fee: FeeInvoice) -> Listing:
    document = fee.document
    original = (Column(_("Invoice it lowers"), Kind.TEXT),) if fee.originals else ()
    sale_price = _("Sale price of what came back") if document.is_credit else _("Sale price")
    return Listing(
        _("Orders"),
        (
            Column(_("Order"), Kind.NUMBER),
            *original,
            Column(_("Delivered"), Kind.DAY),
            Column(sale_price, Kind.AMOUNT, document.customer_total),
            Column(_("Commission, net"), Kind.AMOUNT, fee.net),
            Column(_("VAT"), Kind.AMOUNT, fee.vat),
            Column(_("Commission"), Kind.AMOUNT, fee.gross),
        ),
        document.orders,
        orders_total(document.orders),
    )
