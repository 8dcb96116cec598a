"""The words of invoices: what differs and why, what was found on the file, and the letters."""

from django.utils.translation import gettext as _

from marketplace.edocuments.facts import Fault
from marketplace.kernel.amounts import money_text, percent_text
from settlement.invoices.models import Invoice
from settlement.invoices.rules import Cause, Part, Variance


def part_text(variance: Variance, *, language: str) -> str:
    """What differs: "VAT at 21 %"."""
    if variance.vat_bp is None:
        return {
            Part.CURRENCY: _("Currency"),
            Part.REFERENCE: _("Reference"),
            Part.ISSUED_ON: _("Date of issue"),
            Part.SUPPLIER: _("Supplier's tax ID"),
            Part.CUSTOMER: _("Customer's tax ID"),
            Part.KIND: _("Kind"),
            Part.ORDER: _("Order %(order)s, net"),
        }[variance.part] % {"order": variance.order}
    rate = percent_text(variance.vat_bp, language=language)
    text = _("Net at %(rate)s") if variance.part == Part.NET else _("VAT at %(rate)s")
    return text % {"rate": rate}


def value_text(value: str | int, *, currency: str, language: str) -> str:
    """A told or expected value as a person reads it."""
    if isinstance(value, int):
        return money_text(value, currency=currency, language=language)
    return value or "–"


def cause_text(variance: Variance) -> str:
    """Why it differs, and what to do about it."""
    return {
        Cause.UNKNOWN: _("Compare the invoice with the document order by order; the Excel file helps."),
        Cause.ROUNDED_PER_LINE: _("VAT was rounded line by line; compute it once, on the sum of the nets."),
        Cause.ORDER_MISSING: _("The difference is exactly order %(order)s: it seems to be missing."),
        Cause.ORDER_TWICE: _("The difference is exactly order %(order)s: it seems to be counted twice."),
        Cause.CUSTOMER_PRICE: _("These are the customers' prices; invoice the purchase price."),
        Cause.GROSS_AS_NET: _("This is the amount with VAT; enter the amount without it."),
        Cause.RATE_MISSING: _("The document has this VAT rate, the invoice has not."),
        Cause.RATE_UNKNOWN: _("The document has nothing at this VAT rate."),
        Cause.OTHER_CURRENCY: _("Invoice in the document's currency."),
        Cause.OTHER_REFERENCE: _("The invoice must carry the document's reference."),
        Cause.OTHER_SUPPLIER: _("The invoice must be yours, under the tax ID your contract names."),
        Cause.OTHER_CUSTOMER: _("The invoice must be addressed to the marketplace's legal entity."),
        Cause.WRONG_KIND: _("A document is answered by an invoice, a credit document by a credit note."),
        Cause.ORDER_DIFFERS: _("This order's net is another on the document."),
        Cause.ORDER_UNKNOWN: _("This order is not on the document; invoice it with the document it is on."),
        Cause.IN_THE_FUTURE: _("An invoice cannot be dated in the future."),
        Cause.BEFORE_ITS_PERIOD: _("The document's period had not begun then; check the date."),
    }[variance.cause] % {"order": variance.order}


def variance_line(variance: Variance, *, currency: str, language: str) -> str:
    """One difference as a sentence of a letter."""
    told, expected = (
        value_text(value, currency=currency, language=language)
        for value in (variance.told, variance.expected)
    )
    return _("%(what)s: the invoice says %(told)s, the document %(expected)s. %(cause)s") % {
        "what": part_text(variance, language=language),
        "told": told,
        "expected": expected,
        "cause": cause_text(variance),
    }


def harmful_text() -> str:
    """Why a PDF is not opened, and what to send instead."""
    return _("The PDF holds programs or files, or is locked. Send a plain PDF, or the XML alone.")


def fault_text(fault: Fault | None, detail: str) -> str:
    """Why a file could not be read as an electronic invoice, and what to do instead."""
    if fault is None:
        return _("The file holds no electronic invoice. Hand it in below, with its number and totals.")
    text = {
        Fault.DOCTYPE: _(
            "The XML declares a DTD or entities, which no invoice does. Send the original file."
        ),
        Fault.WRONG_ROOT: _("The XML is no invoice and no credit note but %(detail)s."),
        Fault.WRONG_VERSION: _("The invoice is of version %(detail)s, which is not read."),
        Fault.SUM_DIFFERS: _("The invoice's total is not the sum of its parts. Issue it anew."),
        Fault.BROKEN_SIGNATURE: _("The file was changed after it was signed. Send the original."),
    }.get(
        fault, _("The electronic invoice could not be read (%(detail)s). Issue it anew, or hand it in below.")
    )
    return text % {"detail": detail or str(fault)}


def finding_text(name: str) -> str:
    """What is looked for on the file."""
    return {
        "reference": _("The document's reference"),
        "number": _("The invoice number"),
        "tax_id": _("The marketplace's tax ID"),
        "gross": _("The total"),
    }.get(name, name)


def refused_letter(invoice: Invoice, reason: str) -> tuple[str, str]:
    """Subject and text that tell a seller its invoice was refused."""
    told = {"number": invoice.number, "reference": invoice.document.reference, "reason": reason}
    return (
        _("Your invoice %(number)s was refused") % told,
        _(
            "Accounting refused your invoice %(number)s for document %(reference)s: %(reason)s\n\n"
            "Correct it and hand it in again on the document's page."
        )
        % told,
    )


def cancelled_letter(invoice: Invoice, reason: str) -> tuple[str, str]:
    """Subject and text that tell a seller the booking of its invoice was undone."""
    told = {"number": invoice.number, "reference": invoice.document.reference, "reason": reason}
    return (
        _("The booking of your invoice %(number)s was undone") % told,
        _(
            "Accounting undid the booking of your invoice %(number)s for document %(reference)s: "
            "%(reason)s\n\n"
            "Hand in the right invoice on the document's page."
        )
        % told,
    )


def reminder_letter(*, reference: str, amount: str, days: int, entity: str) -> tuple[str, str]:
    """Subject and text that remind a seller of a document without an invoice."""
    told = {"reference": reference, "amount": amount, "days": days, "entity": entity}
    return (
        _("Please invoice document %(reference)s") % told,
        _(
            "Invoice document %(reference)s was issued %(days)s days ago and we have no invoice for it "
            "yet.\n\n"
            "Invoice %(amount)s to %(entity)s with the reference %(reference)s, and hand the invoice in on "
            "the document's page. You are paid once it is booked and the set-off is confirmed."
        )
        % told,
    )


def credit_reminder_letter(*, reference: str, amount: str, days: int, entity: str) -> tuple[str, str]:
    """Subject and text that remind a seller of a credit document without a credit note."""
    told = {"reference": reference, "amount": amount, "days": days, "entity": entity}
    return (
        _("Please send a credit note for %(reference)s") % told,
        _(
            "Credit document %(reference)s was issued %(days)s days ago and we have no credit note for it "
            "yet.\n\n"
            "Credit %(amount)s to %(entity)s with the reference %(reference)s, and hand the credit note in "
            "on the document's page."
        )
        % told,
    )
