"""Received files in the back office: what became of each, and those that wait for a person."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.kernel.backoffice import badge
from marketplace.kernel.desk import Deed, DeskAdmin, acting, file_link
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    age_column,
    link,
    link_column,
    moment,
)
from marketplace.orders.models import Order
from sellers.receipts.models import GOOD, QUIET, Origin, Outcome, ReceivedFile
from sellers.receipts.operations.withdrawing import assign_files
from sellers.receipts.queries import candidates_of, to_do, twins_of
from sellers.receipts.wording import reason_text

CHOSEN_BY_HAND = (Outcome.TO_A_PERSON, Outcome.ORDER_NOT_FOUND)


class NoSuchOrder(Exception):
    """The number typed is of no order of the file's seller."""


def outcome_badge(row: ReceivedFile) -> SafeString:
    """What became of a file, as a coloured word."""
    if not row.outcome:
        return badge(_("Being read"), "info")
    tone = "warn" if row.outcome == Outcome.TO_A_PERSON else "none" if row.outcome in QUIET else "bad"
    return badge(row.get_outcome_display(), "ok" if row.outcome in GOOD else tone)


def file_table(rows: "QuerySet[ReceivedFile]", *, title: Any) -> Table:
    """Received files as another page shows them."""
    return Table(
        title=title,
        words=(_("file"), _("outcome"), _("what was told"), _("came")),
        rows=[
            (link(each), outcome_badge(each), reason_text(each), moment(each.came_at))
            for each in rows.select_related("receipt__order").order_by("bundle", "position")
        ],
        empty=_("None."),
    )


class OutcomeFilter(admin.SimpleListFilter):
    """What waits for a person first, unless another outcome is asked for."""

    title = gettext_lazy("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("All")), ("todo", _("Sellers have something to do")), *Outcome.choices]

    def choices(self, changelist: Any) -> Any:
        rest = iter(super().choices(changelist))
        next(rest)
        query = changelist.get_query_string(remove=[self.parameter_name])
        waiting = _("Waiting for a person, or in quarantine")
        yield {"selected": self.value() is None, "query_string": query, "display": waiting}
        yield from rest

    def queryset(self, request: HttpRequest, rows: "QuerySet[ReceivedFile]") -> "QuerySet[ReceivedFile]":
        match self.value():
            case None:
                return rows.filter(Q(outcome=Outcome.TO_A_PERSON) & to_do() | Q(outcome=Outcome.ACTIVE_PDF))
            case "all":
                return rows
            case "todo":
                return rows.filter(to_do())
        return rows.filter(outcome=self.value())


def _register(request: HttpRequest, row: ReceivedFile, text: str) -> None:
    """Register a file, with those of the same receipt, on the order whose number was typed.

    :raises NoSuchOrder: if its seller has no such order.
    """
    own = Order.objects.filter(market=row.bundle.market, seller=row.seller, number=text.strip())
    order = own.select_related("market", "seller").first()
    if order is None:
        raise NoSuchOrder(_("The seller has no order %(number)s.") % {"number": text.strip()})
    keys = list(twins_of(row).values_list("pk", flat=True))
    assign_files(file_ids=keys, order=order, origin=Origin.STAFF, **acting(request))


def _waits_for_a_person(request: HttpRequest, row: ReceivedFile) -> bool:
    waits = row.outcome in CHOSEN_BY_HAND and row.seller_id is not None
    return waits and ReceivedFile.objects.filter(to_do(), pk=row.pk).exists()


@admin.register(ReceivedFile)
class ReceivedFileAdmin(DeskAdmin):
    list_display = (
        "name",
        "seller",
        "shown_outcome",
        "shown_order",
        "shown_number",
        "shown_origin",
        "came_at",
        "age",
    )
    list_filter = (OutcomeFilter, "bundle__origin", "bundle__market", "kind")
    search_fields = ("name", "receipt__number", "order__number", "seller__partner_number", "seller__name")
    ordering = ("-came_at", "-pk")
    list_select_related = ("seller", "order", "receipt", "bundle__market")
    fields = readonly_fields = (
        "name",
        "kind",
        "seller",
        "shown_origin",
        "came_at",
        "shown_outcome",
        "shown_reason",
        "shown_number",
        "shown_order",
        "shown_receipt",
        "decided_at",
        "files",
    )
    papers = {"file": gettext_lazy("File as it came")}
    deeds = (
        Deed(
            "register",
            gettext_lazy("Register on an order"),
            _register,
            refusals=(NoSuchOrder,),
            asks=gettext_lazy("order number"),
            given=lambda row: (candidates_of(row) or [""])[0],
            note=gettext_lazy(
                "The files are read again for this order, and registered if seller, total and currency agree."
            ),
            when=_waits_for_a_person,
            listed=False,
        ),
    )
    shown_order = link_column("order", gettext_lazy("order"))
    shown_receipt = link_column("receipt", gettext_lazy("receipt"))
    age = age_column("came_at", lambda row: row.outcome == Outcome.TO_A_PERSON)

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def shown_outcome(self, row: ReceivedFile) -> SafeString:
        return outcome_badge(row)

    @admin.display(description=gettext_lazy("what was told"))
    def shown_reason(self, row: ReceivedFile) -> str:
        return reason_text(row) or "–"

    @admin.display(description=gettext_lazy("number"))
    def shown_number(self, row: ReceivedFile) -> str:
        return row.receipt.number if row.receipt else str(row.told.get("number", "–"))

    @admin.display(description=gettext_lazy("how it came"), ordering="bundle__origin")
    def shown_origin(self, row: ReceivedFile) -> str:
        return row.bundle.get_origin_display()

    def notices(self, request: HttpRequest, row: ReceivedFile) -> Iterable[Notice]:
        if row.outcome == Outcome.ACTIVE_PDF:
            held = str(row.told.get("detail", "")) or _("programs or files")
            yield Notice(
                _(
                    "This PDF holds more than pages (%(held)s) and may do harm when it is opened. Its seller "
                    "cannot fetch it; open it on a machine kept for that only."
                )
                % {"held": held},
                "bad",
            )
        if row.outcome == Outcome.TO_A_PERSON:
            yield Notice(reason_text(row), "warn")

    def tables(self, row: ReceivedFile) -> Iterable[Table]:
        fellows = row.bundle.files.exclude(pk=row.pk)
        if row.seller_id is not None:
            fellows = fellows.filter(Q(seller=row.seller_id) | Q(seller=None))
        yield file_table(fellows, title=_("Files that came with it"))

    @admin.display(description=pgettext_lazy("of a row", "file"))
    def files(self, row: ReceivedFile) -> SafeString:
        return file_link(self.file_address(row, "file"), row.file) if row.file else SafeString("–")
