"""The words of receipts: what became of each file, why, and what to do next."""

from typing import Any

from django.utils.translation import gettext as _

from marketplace.edocuments.facts import Fault, Signature
from sellers.receipts.models import Outcome, Receipt, ReceivedFile


def reason_text(row: ReceivedFile) -> str:
    """Why a file has its outcome, and what to do about it, in the active language."""
    told: dict[str, Any] = dict.fromkeys(TOLD, "–") | row.told
    if row.outcome == Outcome.REGISTERED and row.receipt is not None:
        told["order"] = row.receipt.order.number
        return _registered(row) % told
    if row.outcome == Outcome.BAD_CONTENT:
        return (
            _faults().get(row.told.get("fault", ""), _("Its content contradicts itself. Issue it anew."))
            % told
        )
    return _reasons().get(row.outcome, "") % told


def signature_text(receipt: Receipt) -> str:
    """What a receipt's signature says."""
    return {
        Signature.VALID: _("valid: unchanged since it was signed"),
        Signature.UNSIGNED: _("not signed"),
        Signature.BROKEN: _("changed after it was signed"),
    }.get(Signature(receipt.signature), _("not checked"))


TOLD = (
    "number",
    "order",
    "orders",
    "tax_id",
    "total",
    "expected",
    "currency",
    "receipt",
    "return",
    "detail",
    "format",
)


def _registered(row: ReceivedFile) -> str:
    assert row.receipt is not None
    if row.receipt.returned_id is not None:
        return _("Credit note %(number)s is registered on the return of order %(order)s.")
    if not row.receipt.opens_the_gate:
        return _("Note %(number)s is registered on order %(order)s.")
    if row.receipt.late:
        return _("Receipt %(number)s is registered on order %(order)s, late: the order had been sent.")
    return _("Receipt %(number)s is registered on order %(order)s.")


def _reasons() -> dict[str, str]:
    return _of_files() | _of_contents() | _of_orders()


def _of_files() -> dict[str, str]:
    """Reasons that lie in the files themselves."""
    return {
        Outcome.NO_ATTACHMENT: _("The mail has no attachment. Attach the XML and the PDF of the receipt."),
        Outcome.ONLY_PDF: _("Its XML is missing. Send the XML and the PDF together, neither of them zipped."),
        Outcome.ONLY_XML: _("Its PDF is missing. Send the XML and the PDF together, neither of them zipped."),
        Outcome.ARCHIVE: _("Archives are not opened. Send the XML and the PDF as they are, not zipped."),
        Outcome.NOT_PAIRED: _("It is not clear which PDF belongs to which XML. Give both the same name."),
        Outcome.NOT_XML: _("It is not well-formed XML. Send the file as your invoicing program made it."),
        Outcome.DOCTYPE: _(
            "The XML declares a DTD or entities, which no receipt does. Send the original file."
        ),
        Outcome.TOO_LARGE: _(
            "It is larger, or nested deeper, than any receipt is. Send the receipt's own XML."
        ),
        Outcome.NOT_A_PDF: _("It is called a PDF and is none. Make the PDF again and send it with its XML."),
        Outcome.ACTIVE_PDF: _("The PDF holds programs or files and is kept in quarantine. Send a plain PDF."),
        Outcome.PDF_DIFFERS: _("The PDF shows another receipt than %(number)s of the XML. Send its own PDF."),
        Outcome.UNREADABLE: _("The file could not be read. See whether it is whole, and send it again."),
        Outcome.IGNORED: _("It is no part of a receipt, so nothing was done with it."),
        Outcome.CANCELLED: _("Reading was stopped before this file. Send it again."),
    }


def _of_contents() -> dict[str, str]:
    """Reasons that lie in what the document says."""
    return {
        Outcome.WRONG_ROOT: _(
            "It is no invoice, boleta, credit or debit note but %(detail)s. Send the receipt itself."
        ),
        Outcome.WRONG_VERSION: _(
            "It is of version %(detail)s, which is not taken. Issue it in the current version."
        ),
        Outcome.WRONG_FORMAT: _(
            "This market takes another format than %(format)s. Send the receipt in that."
        ),
        Outcome.BAD_NUMBER: _("Its series and number are malformed: %(detail)s. Check them in your program."),
        Outcome.NAME_DIFFERS: _("The file is named after another receipt than %(number)s, which it holds."),
        Outcome.TAX_ID_WRONG: _("The tax id %(detail)s does not exist: its check digit is wrong."),
        Outcome.TAX_ID_UNKNOWN: _("The tax id %(tax_id)s is not yours. Send receipts of your own company."),
        Outcome.SENDER_NOT_TIED: _(
            "Your address may not send receipts for tax id %(tax_id)s. Add it in the portal under Settings, "
            "or send from an address that is."
        ),
        Outcome.BROKEN_SIGNATURE: _("The file was changed after it was signed. Send the original."),
        Outcome.UNSIGNED: _("Receipts must be signed here. Send the signed file."),
    }


def _faults() -> dict[str, str]:
    """What of a document is missing or contradicts itself."""
    return {
        Fault.BAD_DATE: _("Its date of issue is missing or is no date: %(detail)s. Issue it anew."),
        Fault.BAD_AMOUNT: _("An amount is missing or is none: %(detail)s. Issue it anew."),
        Fault.BAD_CURRENCY: _("Its currency is missing or is none: %(detail)s. Issue it anew."),
        Fault.MIXED_CURRENCY: _(
            "It has amounts in other currencies than its own: %(detail)s. Issue it anew."
        ),
        Fault.TAX_ID_MISSING: _("It does not say who issued it. Issue it with your tax id."),
        Fault.SUM_DIFFERS: _("Its total is not the sum of its parts. Issue it anew."),
    }


def _of_orders() -> dict[str, str]:
    """Reasons that lie in the order it is for."""
    return {
        Outcome.DUPLICATE: _("Receipt %(number)s is registered on order %(order)s already; nothing changed."),
        Outcome.ORDER_NOT_FOUND: _(
            "No order of yours was found for receipt %(number)s. Name the order in it, or upload it there."
        ),
        Outcome.ORDER_DIFFERS: _("The receipt names order %(order)s, not %(expected)s. Upload it there."),
        Outcome.TOTAL_DIFFERS: _(
            "Receipt %(number)s is over %(total)s, order %(order)s over %(expected)s: products and shipping."
        ),
        Outcome.CURRENCY_DIFFERS: _(
            "Receipt %(number)s is in %(currency)s, order %(order)s in %(expected)s. Issue it in that."
        ),
        Outcome.OTHER_CONTENT: _(
            "Receipt %(number)s is registered on order %(order)s with other content. Withdraw that one first."
        ),
        Outcome.ORDER_HAS_RECEIPT: _(
            "Order %(order)s has receipt %(receipt)s already. Withdraw that one first."
        ),
        Outcome.ORDER_SENT: _("Order %(order)s was sent already; receipts are due before that. Ask support."),
        Outcome.ORDER_OVER: _("Order %(order)s is cancelled; it needs no receipt."),
        Outcome.ORIGINAL_UNKNOWN: _(
            "Note %(number)s refers to no receipt that is registered on an order of yours. Send that first."
        ),
        Outcome.NO_RETURN: _(
            "No return of order %(order)s waits for a credit note. Send it once the return is registered."
        ),
        Outcome.TO_A_PERSON: _(
            "It fits more than one order: %(orders)s. Choose the right one in the portal."
        ),
    }
