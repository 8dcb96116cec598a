"""The words of invoice documents and of the letter that brings them, in the active language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.amounts import money_text, percent_text
from marketplace.kernel.days import span_text
from settlement.documents.models import Document


def labels() -> dict[str, str]:
    """What stands beside the numbers, by name; PDF and workbook use the same."""
    return {
        "title": _("Invoice document"),
        "page": _("Page {page} of {pages}"),
        "facts": _("Facts"),
        "reference": _("Reference"),
        "market": _("Market"),
        "issued_on": _("Date of issue"),
        "period": _("Settlement period"),
        "currency": _("Currency"),
        "invoice_to": _("Invoice this to"),
        "from": _("Invoiced by"),
        "name": _("Legal name"),
        "address": _("Address"),
        "tax_id": _("Tax ID"),
        "partner_number": _("Partner number"),
        "iban": _("Bank account"),
        "email": _("E-mail"),
        "summary": _("Summary"),
        "customer_total": _("Paid by customers"),
        "commission": _("Commission"),
        "purchase_price": _("Purchase price"),
        "held_by_seller": _("Held by the seller"),
        "held_by_marketplace": _("Held by the marketplace"),
        "recap": _("What to invoice, per VAT rate"),
        "vat_rate": _("VAT rate"),
        "net": _("Net"),
        "vat": _("VAT"),
        "gross": _("Gross"),
        "total": _("Total"),
        "settlement": _("How the money settles"),
        "you_invoice": _("Purchase price that you invoice"),
        "less_held": _("Less customer money that you hold already"),
        "proof": _("Proof"),
        **_order_labels(),
    }


def _order_labels() -> dict[str, str]:
    return {
        "orders": _("Orders"),
        "order": _("Order"),
        "products": _("Products"),
        "product": _("Product"),
        "sku": _("SKU"),
        "quantity": _("Quantity"),
        "customer": _("Customer"),
        "payment": _("Payment"),
        "created": _("Created"),
        "delivered": _("Delivered"),
        "late": _("Late arrival"),
        "late_note": _("Late arrival: delivered before this period and on no document until now."),
        "yes": _("yes"),
        "sale_price": _("Sale price"),
        "purchase_net": _("Purchase price, net"),
        "purchase_gross": _("Purchase price"),
        "orders_note": _(
            "Sale price, commission and purchase price include VAT; net and VAT are the parts of the purchase"
            " price. Products show their sale price with VAT and their purchase price without."
        ),
        "more": _("and {count} more in the Excel file"),
    }


def sentences(document: Document) -> dict[str, str]:
    """What the document says in whole sentences, with its own sums."""
    entity = document.parties["marketplace"]["name"]
    return {
        "not_a_tax_invoice": _("This is not a tax invoice."),
        "to_do": ngettext(
            "Please issue your invoice to %(entity)s for exactly this %(count)s order and exactly the sums"
            " per VAT rate below. Write the reference %(reference)s on it. One document, one invoice.",
            "Please issue your invoice to %(entity)s for exactly these %(count)s orders and exactly the sums"
            " per VAT rate below. Write the reference %(reference)s on it. One document, one invoice.",
            document.orders,
        )
        % {"entity": entity, "count": document.orders, "reference": document.reference},
        "net_sentence": net_sentence(document),
        "proof_sentence": proof_sentence(document),
        "total_of": ngettext("Total of %(count)s order", "Total of %(count)s orders", document.orders)
        % {"count": document.orders},
        "amounts_in": _("All amounts are in %(currency)s.") % {"currency": document.currency},
    }


def net_sentence(document: Document) -> str:
    """Who pays whom: the payer first, never a bare sign."""
    marketplace, seller = document.parties["marketplace"]["name"], document.parties["seller"]["name"]
    if document.net_due == 0:
        return _("Nothing is left to pay on either side.")
    payer, payee = (marketplace, seller) if document.net_due > 0 else (seller, marketplace)
    return _("%(payer)s pays %(payee)s") % {"payer": payer, "payee": payee}


def proof_sentence(document: Document) -> str:
    """That the marketplace keeps its commission and nothing else."""
    amounts = {
        "held": _money(document, document.held_by_marketplace),
        "net": _money(document, abs(document.net_due)),
        "commission": _money(document, document.commission_gross),
    }
    if document.net_due < 0:
        return (
            _(
                "Customer money held by the marketplace %(held)s + net due from the seller %(net)s"
                " = commission %(commission)s"
            )
            % amounts
        )
    return (
        _(
            "Customer money held by the marketplace %(held)s − net due to the seller %(net)s"
            " = commission %(commission)s"
        )
        % amounts
    )


def letter(document: Document, *, attached: bool) -> tuple[str, str]:
    """Subject and text of the letter to the seller."""
    marketplace = document.parties["marketplace"]
    subject = _("Invoice document %(reference)s: please issue your invoice") % {
        "reference": document.reference
    }
    period = span_text(
        document.period.first_on, document.period.span.last_on, language=document.market.spoken
    )
    paragraphs = [
        _("Hello %(seller)s,") % {"seller": document.parties["seller"]["name"]},
        _("Your invoice document %(reference)s for %(period)s is ready. It is not a tax invoice.")
        % {"reference": document.reference, "period": period},
        sentences(document)["to_do"],
        _address(marketplace),
        _rates(document),
        _sums(document),
        _where(attached),
        _("Something is not right? Reply to this e-mail before you invoice."),
        marketplace["market"],
    ]
    return subject, "\n\n".join(paragraphs) + "\n"


def _address(party: dict[str, str]) -> str:
    lines = [party["name"], party["street"], f"{party['zip']} {party['city']}", party["country"]]
    return "\n".join([*lines, f"{_('Tax ID')}: {party['tax_id']}"])


def _rates(document: Document) -> str:
    lines = [
        _("VAT %(rate)s: net %(net)s + VAT %(vat)s = gross %(gross)s")
        % {
            "rate": percent_text(rate.vat_bp, language=document.market.language),
            "net": _money(document, rate.net),
            "vat": _money(document, rate.vat),
            "gross": _money(document, rate.gross),
        }
        for rate in document.rates.order_by("vat_bp")
    ]
    return "\n".join(lines)


def _sums(document: Document) -> str:
    sums = [
        (_("Orders"), str(document.orders)),
        (_("Paid by customers"), _money(document, document.customer_total)),
        (_("Commission"), _money(document, document.commission_gross)),
        (_("Purchase price that you invoice"), _money(document, document.purchase_gross)),
        (_("Less customer money that you hold already"), _money(document, document.held_by_seller)),
        (net_sentence(document), _money(document, abs(document.net_due))),
    ]
    return "\n".join(f"{label}: {amount}" for label, amount in sums)


def _where(attached: bool) -> str:
    if attached:
        return _("The document is attached as a PDF and as an Excel workbook.")
    return _(
        "The document is too large for an e-mail: download the PDF and the Excel workbook in the seller"
        " portal, under Documents."
    )


def _money(document: Document, minor: int) -> str:
    return money_text(minor, currency=document.currency, language=document.market.language)
