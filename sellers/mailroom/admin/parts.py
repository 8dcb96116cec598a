"""Attachments in the back office: those that wait are invoices no machine could read."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Notice,
    age_column,
    link_column,
    queue_filter,
)
from sellers.mailroom.models import Mail, MailPart, Outcome
from sellers.mailroom.operations.invoices import (
    NoNumberAndDate,
    NotWaiting,
    enter_invoice,
    number_and_date,
    waiting_document,
)
from sellers.mailroom.wording import part_text
from settlement.invoices.operations.submitting import Differs, NotAwaited, NumberTaken


def _enter(request: HttpRequest, row: MailPart, text: str) -> None:
    number, issued_on = number_and_date(text)
    enter_invoice(part_id=row.pk, number=number, issued_on=issued_on, **acting(request))


def _waits(request: HttpRequest, row: MailPart) -> bool:
    return waiting_document(row) is not None


@admin.register(MailPart)
class MailPartAdmin(DeskAdmin):
    """Attachments; those that wait for a person are invoices no machine could read."""

    list_display = ("name", "shown_mail", "seller", "reference", "kind", "shown_outcome", "came", "age")
    list_filter = (queue_filter(Outcome.choices, waiting=(Outcome.TO_A_PERSON,), field="outcome"), "kind")
    search_fields = ("name", "mail__sender", "mail__subject", "mail__reference")
    fields = readonly_fields = (
        "name",
        "shown_mail",
        "seller",
        "reference",
        "kind",
        "shown_outcome",
        "reason",
        "files",
    )
    ordering = ("-pk",)
    list_select_related = ("mail__seller", "mail__market")
    papers = {"file": _("file")}
    shown_mail = link_column("mail", _("mail"))
    age = age_column("decided_at", lambda row: row.outcome == Outcome.TO_A_PERSON)
    deeds = (
        Deed(
            "enter",
            _("Hand in the invoice on it"),
            _enter,
            refusals=(NotWaiting, NotAwaited, Differs, NumberTaken, NoNumberAndDate),
            asks=_("its number and date, as in FV-2026-1 2026-11-03"),
            note=_("You saw on the file that its totals per VAT rate are the document's."),
            when=_waits,
            right="invoices.change_invoice",
            listed=False,
        ),
    )

    @admin.display(description=_("outcome"), ordering="outcome")
    def shown_outcome(self, row: MailPart) -> Any:
        if not row.outcome:
            return "–"
        tones = {Outcome.TO_A_PERSON: "warn", Outcome.ACTIVE_PDF: "bad"}
        return badge(row.get_outcome_display(), tones.get(Outcome(row.outcome), "none"))

    def notices(self, request: HttpRequest, row: MailPart) -> Iterable[Notice]:
        """A PDF that may do harm says so before it is opened."""
        if row.outcome == Outcome.ACTIVE_PDF:
            yield Notice(
                _(
                    "This PDF holds more than pages, or is locked, and may do harm when opened. Open it "
                    "on a machine kept for that only; its sender was asked for a plain one."
                ),
                "bad",
            )

    @admin.display(description=_("reason"))
    def reason(self, row: MailPart) -> str:
        return part_text(row, row.mail) if row.outcome else "–"

    @admin.display(description=_("seller"))
    def seller(self, row: MailPart) -> Any:
        return row.mail.seller or "–"

    @admin.display(description=_("document"))
    def reference(self, row: MailPart) -> str:
        return row.mail.reference or "–"

    @admin.display(description=_("came"), ordering="mail__received_at")
    def came(self, row: MailPart) -> Any:
        return row.mail.received_at

    def seller_of(self, row: Any) -> int | None:
        """The seller of its mail."""
        return Mail.objects.values_list("seller", flat=True).get(pk=row.mail_id)
