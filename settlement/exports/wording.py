"""What an export's workbook says, in the language at hand; screens and documents use the same names."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.orders.models import State
from marketplace.orders.wording import payment_text
from settlement.claims.models import Verdict
from settlement.exports.models import Export
from settlement.exports.sheets import Kind
from settlement.exports.workbook import Sums, Words

ORDER_TITLES = (
    gettext_lazy("Order number"),
    gettext_lazy("COD amount (0 = paid up front)"),
    gettext_lazy("Customer"),
    gettext_lazy("Created"),
    gettext_lazy("Delivered"),
    gettext_lazy("Total (sale price)"),
    gettext_lazy("Voucher"),
    gettext_lazy("Amount to be paid"),
    gettext_lazy("Payment method"),
    gettext_lazy("To collect by seller"),
    gettext_lazy("Commission"),
    gettext_lazy("Purchase price"),
    gettext_lazy("Currency"),
    gettext_lazy("Late arrival"),
)
"""Columns A to N; their places are a promise, their names follow the reader's language."""

LEFT_OUT_TITLES = (
    gettext_lazy("Order number"),
    gettext_lazy("Created"),
    gettext_lazy("Delivered"),
    gettext_lazy("Status"),
    gettext_lazy("Total (sale price)"),
    gettext_lazy("Currency"),
    gettext_lazy("Why it is not included"),
    gettext_lazy("Code of the reason"),
    gettext_lazy("Document"),
)


def export_words() -> Words:
    """The words of an export, in the language that is active now."""
    return Words(
        # Sheets are part of the format: scripts open them by name, whatever the language.
        orders="Orders",
        left_out="Not included",
        about="About",
        order_titles=_said(ORDER_TITLES),
        left_out_titles=_said(LEFT_OUT_TITLES),
        yes=_("Yes"),
        no=_("No"),
        payment=payment_text,
        status=status_text,
        verdict=verdict_text,
    )


def status_text(state: str) -> str:
    """The word for an order's status."""
    return str(State(state).label)


def verdict_text(verdict: str) -> str:
    """The words for a reason."""
    return str(Verdict(verdict).label)


def _said(titles: Sequence[object]) -> list[str]:
    return [str(title) for title in titles]


def about_export(export: Export, sums: Sums, at: datetime) -> list[tuple[str, Kind, str | int]]:
    """What the last sheet tells: whose export it is, of which period, and what it held when written."""
    zone = ZoneInfo(export.market.zone)
    said: list[tuple[str, Kind, str | int]] = [
        (_("Partner number"), Kind.TEXT, export.seller.partner_number),
        (_("Seller"), Kind.TEXT, export.seller.name),
        (_("Market"), Kind.TEXT, export.market.code),
        (_("First day"), Kind.TEXT, f"{export.first_on}"),
        (_("Last day"), Kind.TEXT, f"{export.span.last_on}"),
        (_("Orders"), Kind.COUNT, sums.rows),
        (_("Total (sale price)"), Kind.MONEY, sums.total),
        (_("Purchase price"), Kind.MONEY, sums.purchase),
        (_("Currency"), Kind.TEXT, export.market.currency),
        (_("Written"), Kind.TEXT, f"{at.astimezone(zone):%Y-%m-%d %H:%M}"),
    ]
    if export.preview:
        said.append(
            (_("Preview"), Kind.TEXT, _("The period was still running; this workbook cannot be sent."))
        )
    return said


def refusal_text(code: str, **where: str | int) -> str:
    """Why a workbook is not taken, and what to do; the codes are those of the reader."""
    return _refusals()[code] % where


def _refusals() -> dict[str, str]:
    return {
        "too_many_bytes": _("The file is larger than 25 MB. Split the period's orders over two workbooks."),
        "old_excel": _(
            "This is a workbook of the old .xls format. Open it in Excel or LibreOffice, choose “Save as”, "
            "then “Excel workbook (.xlsx)”, and send that file."
        ),
        "encrypted": _("This workbook is protected by a password. Save it without one and send it again."),
        "open_document": _(
            "This is an OpenDocument spreadsheet (.ods). Save it as “Excel workbook (.xlsx)”."
        ),
        "binary_excel": _("This is a binary workbook (.xlsb). Save it as “Excel workbook (.xlsx)”."),
        "text": _(
            "This is a text file, such as CSV. Send the workbook itself, saved as “Excel workbook (.xlsx)”."
        ),
        "no_workbook": _("This is no Excel workbook. Send the export as .xlsx."),
        "damaged": _(
            "The workbook is damaged or incomplete. Open it, save it again as .xlsx, and send that."
        ),
        "suspicious": _(
            "The workbook's inner structure is not one Excel or LibreOffice writes, so it was not opened."
        ),
        "too_large": _("The workbook is too large to be read. Split the period's orders over two workbooks."),
        "wrong_sheet": _(
            "No sheet of this workbook is an export for invoicing. Expected are the columns as exported: "
            "A order number, B COD amount, C customer, D created, E delivered, F total, G voucher, "
            "H amount to be paid."
        ),
        "no_number": _("Sheet “%(sheet)s”, row %(row)s: the order number (column A) is missing."),
        "rounded_number": _(
            "Sheet “%(sheet)s”, row %(row)s: the order number was turned into a rounded number. "
            "Format column A as text."
        ),
        "odd_number": _("Sheet “%(sheet)s”, row %(row)s: column A holds no order number."),
        "no_amount": _("Sheet “%(sheet)s”, row %(row)s, column %(column)s: this is no amount."),
        "too_fine": _(
            "Sheet “%(sheet)s”, row %(row)s, column %(column)s: the amount has more than two decimals."
        ),
    }
