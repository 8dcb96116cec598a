"""What documents say: labels by name, and whole sentences with their sums, in the active language.

There are four kinds of them: of resale and of agency, and what came back of each.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.amounts import money_text
from marketplace.parties.models import BusinessModel
from settlement.documents.models import Document


def labels(document: Document) -> dict[str, str]:
    """What stands beside the numbers, by name; PDF, workbook and letter use the same."""
    agency, credit = document.model == BusinessModel.AGENCY, document.is_credit
    return {
        **_labels(),
        **_order_labels(),
        **(_agency_labels() if agency else {}),
        **(_credit_labels() if credit else {}),
        **(_agency_credit_labels() if agency and credit else {}),
        **_holding_labels(document),
    }


def _labels() -> dict[str, str]:
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
        "original": _("Billed on"),
        "yes": _("yes"),
        "sale_price": _("Sale price"),
        "purchase_net": _("Purchase price, net"),
        "purchase_gross": _("Purchase price"),
        "commission_net": _("Commission, net"),
        "share": _("Your share"),
        "orders_note": _(
            "Sale price, commission and purchase price include VAT; net and VAT are the parts of the purchase"
            " price. Products show their sale price with VAT and their purchase price without."
        ),
        "more": _("and {count} more in the Excel file"),
    }


def _agency_labels() -> dict[str, str]:
    return {
        "title": _("Commission document"),
        "invoice_to": _("Invoices the commission"),
        "from": _("Sold to the customers"),
        "recap": _("Commission, per VAT rate"),
        "purchase_price": _("Your share"),
        "you_invoice": _("Your share of what customers paid"),
        "orders_note": _(
            "Sale price, commission and your share include VAT. Products show their sale price with VAT and"
            " their commission without."
        ),
    }


def _credit_labels() -> dict[str, str]:
    return {
        "title": _("Credit document"),
        "invoice_to": _("Credit this to"),
        "from": _("Credited by"),
        "customer_total": _("Sale price of what came back"),
        "held_by_seller": _("Given back by the seller"),
        "held_by_marketplace": _("For the marketplace to give back"),
        "recap": _("What to credit, per VAT rate"),
        "you_invoice": _("Purchase price that you credit"),
        "less_held": _("Less what you gave back to customers yourself"),
    }


def _agency_credit_labels() -> dict[str, str]:
    return {
        "invoice_to": _("Credits the commission"),
        "from": _("Sold to the customers"),
        "recap": _("Commission credited, per VAT rate"),
        "you_invoice": _("Your share of what came back"),
    }


def _holding_labels(document: Document) -> dict[str, str]:
    """Where a seller gave more back than it held, what it holds is less than nothing: it is added then."""
    if document.held_by_seller >= 0 or document.is_credit:
        return {}
    return {"less_held": _("Plus what you gave back to customers beyond what you held")}


def sentences(document: Document) -> dict[str, str]:
    """What the document says in whole sentences, with its own sums."""
    return {
        "not_a_tax_invoice": _("This is not a tax invoice."),
        "to_do": what_to_do(document),
        "net_sentence": net_sentence(document),
        "net_note": net_note(document),
        "proof_sentence": proof_sentence(document),
        "total_of": ngettext("Total of %(count)s order", "Total of %(count)s orders", document.orders)
        % {"count": document.orders},
        "amounts_in": _("All amounts are in %(currency)s.") % {"currency": document.currency},
    }


def what_to_do(document: Document) -> str:
    """What the seller is asked to do, if anything."""
    if document.model == BusinessModel.AGENCY:
        return _what_follows(document)
    told = {
        "entity": document.parties["marketplace"]["name"],
        "count": document.orders,
        "reference": document.reference,
        "gross": _money(document, document.purchase_gross),
    }
    if not document.is_credit:
        return (
            ngettext(
                "Please issue your invoice to %(entity)s for exactly this %(count)s order and exactly the"
                " sums per VAT rate below. Write the reference %(reference)s on it. One document, one"
                " invoice.",
                "Please issue your invoice to %(entity)s for exactly these %(count)s orders and exactly the"
                " sums per VAT rate below. Write the reference %(reference)s on it. One document, one"
                " invoice.",
                document.orders,
            )
            % told
        )
    if not document.purchase_gross:
        return _("You need not credit anything: it notes what you gave back to customers yourself.")
    return (
        ngettext(
            "Please send %(entity)s a credit note over %(gross)s for exactly this %(count)s order and exactly"
            " the sums per VAT rate below. Write the reference %(reference)s on it. One document, one credit"
            " note.",
            "Please send %(entity)s a credit note over %(gross)s for exactly these %(count)s orders and"
            " exactly the sums per VAT rate below. Write the reference %(reference)s on it. One document, one"
            " credit note.",
            document.orders,
        )
        % told
    )


def _what_follows(document: Document) -> str:
    """In agency it is the marketplace that invoices and credits."""
    follows = _credit_follows if document.is_credit else _invoice_follows
    return follows(document) % {"entity": document.parties["marketplace"]["name"]}


def _invoice_follows(document: Document) -> str:
    if document.commission_net > 0:
        return _("You need not invoice anything: the commission invoice of %(entity)s follows.")
    if document.commission_net < 0:
        return _("You need not invoice anything: a commission credit note of %(entity)s follows.")
    return _("You need not invoice anything: these orders bear no commission.")


def _credit_follows(document: Document) -> str:
    if document.commission_net > 0:
        return _(
            "It lists what came back. You need not credit anything: the credit note of %(entity)s for its"
            " commission follows."
        )
    if document.commission_net < 0:
        return _(
            "It lists what came back. You need not credit anything: an invoice of %(entity)s follows, since"
            " commission was credited for it."
        )
    return _("It lists what came back. You need not credit anything: it bore no commission.")


def net_sentence(document: Document) -> str:
    """Who pays whom: the payer first, never a bare sign."""
    marketplace, seller = document.parties["marketplace"]["name"], document.parties["seller"]["name"]
    if document.net_due == 0:
        return _("Nothing is left to pay on either side.")
    payer, payee = (marketplace, seller) if document.net_due > 0 else (seller, marketplace)
    return _("%(payer)s pays %(payee)s") % {"payer": payer, "payee": payee}


def net_note(document: Document) -> str:
    """Where nothing is to be done but to wait, that the next set-off settles it."""
    if document.model == BusinessModel.RESALE and not document.is_credit:
        return ""
    return _("The next set-off settles it. Please pay nothing for this document alone.")


def proof_sentence(document: Document) -> str:
    """That the marketplace keeps its commission, or gives it back, and nothing else."""
    amounts = {
        "held": _money(document, document.held_by_marketplace),
        "net": _money(document, abs(document.net_due)),
        "commission": _money(document, document.commission_gross),
    }
    return _proof(document) % amounts


def _proof(document: Document) -> str:
    if document.is_credit and document.net_due > 0:
        return _(
            "For the marketplace to give back %(held)s + net due to the seller %(net)s"
            " = commission on what came back %(commission)s"
        )
    if document.is_credit:
        return _(
            "For the marketplace to give back %(held)s − net due from the seller %(net)s"
            " = commission on what came back %(commission)s"
        )
    if document.net_due < 0:
        return _(
            "Customer money held by the marketplace %(held)s + net due from the seller %(net)s"
            " = commission %(commission)s"
        )
    return _(
        "Customer money held by the marketplace %(held)s − net due to the seller %(net)s"
        " = commission %(commission)s"
    )


def _money(document: Document, minor: int) -> str:
    return money_text(minor, currency=document.currency, language=document.market.locale)
