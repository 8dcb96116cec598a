"""Receipts in the back office: looked at and withdrawn, files that wait for a person, and who is late."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from marketplace.kernel.amounts import percent_text
from marketplace.kernel.backoffice import badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting, file_link
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    age_column,
    figure,
    history,
    link,
    link_column,
    list_link,
    market_column,
    moment,
)
from marketplace.kernel.states import IllegalMove
from marketplace.orders.admin.orders import OrderAdmin
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.receipts.models import GOOD, QUIET, Origin, Outcome, Receipt, ReceivedFile, State
from sellers.receipts.operations.withdrawing import Needed, ReasonMissing, assign_files, withdraw_receipt
from sellers.receipts.queries import ReceiptClock, candidates_of, clocks, to_do, twins_of
from sellers.receipts.wording import reason_text, signature_text

TONES: dict[str, str] = {State.REGISTERED: "ok", State.WITHDRAWN: "none"}
CHOSEN_BY_HAND = (Outcome.TO_A_PERSON, Outcome.ORDER_NOT_FOUND)


class NoSuchOrder(Exception):
    """The number typed is of no order of the file's seller."""


def outcome_badge(row: ReceivedFile) -> SafeString:
    """What became of a file, as a coloured word."""
    if not row.outcome:
        return badge(_("Being read"), "info")
    tone = "warn" if row.outcome == Outcome.TO_A_PERSON else "none" if row.outcome in QUIET else "bad"
    return badge(row.get_outcome_display(), "ok" if row.outcome in GOOD else tone)


def receipt_table(rows: "QuerySet[Receipt]", *, title: Any) -> Table:
    """Receipts as another page shows them."""
    return Table(
        title=title,
        words=(_("number"), _("kind"), _("state"), _("late"), _("registered"), _("signature")),
        figures=(_("total"),),
        rows=[
            (
                link(each),
                each.get_kind_display(),
                badge(each.get_state_display(), TONES[each.state]),
                badge(_("late"), "warn") if each.late else "–",
                moment(each.registered_at),
                signature_text(each),
                money(each.total, each.currency),
            )
            for each in rows.order_by("registered_at", "pk")
        ],
        empty=_("None."),
    )


def _of_order(order: Order) -> Iterable[Table]:
    if order.market.receipt_required or order.receipts.exists():
        yield receipt_table(order.receipts.all(), title=_("Receipts"))


OrderAdmin.beside.append(_of_order)


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


def _withdraw(request: HttpRequest, row: Receipt, text: str) -> None:
    withdraw_receipt(receipt_id=row.pk, reason=text, as_seller=False, **acting(request))


@admin.register(Receipt)
class ReceiptAdmin(DeskAdmin):
    list_display = (
        "number",
        "shown_market",
        "seller",
        "shown_order",
        "shown_kind",
        "shown_total",
        "shown_late",
        "shown_state",
        "registered_at",
    )
    list_filter = ("market", "state", "kind", "late", "signature")
    search_fields = ("number", "order__number", "seller__partner_number", "seller__name", "buyer")
    ordering = ("-registered_at", "-pk")
    list_select_related = ("market", "seller", "order")
    fields = readonly_fields = (
        "number",
        "kind",
        "market",
        "seller",
        "shown_order",
        "shown_return",
        "shown_original",
        "shown_state",
        "shown_late",
        "issued_on",
        "shown_total",
        "buyer",
        "shown_signature",
        "syntax",
        "identity",
        "files",
        "sha256",
        "registered_at",
        "registered_by",
    )
    papers = {"xml": "XML", "pdf": "PDF"}
    deeds = (
        Deed(
            "withdraw",
            gettext_lazy("Withdraw"),
            _withdraw,
            refusals=(IllegalMove, Needed, ReasonMissing),
            asks=gettext_lazy("reason"),
            note=gettext_lazy("The order needs another receipt then; its seller reads the reason."),
            when=lambda request, row: row.state == State.REGISTERED,
            grave=True,
        ),
    )
    shown_market = market_column
    shown_state = state_column(TONES)
    shown_order = link_column("order", gettext_lazy("order"))
    shown_return = link_column("returned", gettext_lazy("return"))
    shown_original = link_column("original", gettext_lazy("receipt it refers to"))
    shown_total = money_column("total", gettext_lazy("total"), currency=lambda row: row.currency)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def shown_kind(self, row: Receipt) -> SafeString:
        return format_html('<span class="nowrap">{}</span>', row.get_kind_display())

    @admin.display(description=gettext_lazy("late"), ordering="late")
    def shown_late(self, row: Receipt) -> SafeString:
        return badge(_("late"), "warn") if row.late else SafeString("–")

    @admin.display(description=gettext_lazy("signature"))
    def shown_signature(self, row: Receipt) -> str:
        return signature_text(row)

    def tables(self, row: Receipt) -> Iterable[Table]:
        yield file_table(row.files.all(), title=_("Files that brought it"))
        if row.notes.exists():
            yield receipt_table(row.notes.all(), title=_("Notes on it"))
        yield history(row, TONES)

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        yield _("Lateness of sellers"), reverse("admin:receipts_receipt_lateness")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = path("lateness/", view(self.lateness), name="receipts_receipt_lateness")
        return [own, *super().get_urls()]

    def lateness(self, request: HttpRequest) -> HttpResponse:
        """How late each seller is with its receipts, those first that are latest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sellers = {
            row.pk: row
            for row in Seller.objects.filter(market__receipt_required=True, is_active=True)
            .select_related("market")
            .order_by("pk")
        }
        found = clocks(sellers.values(), at=timezone.now())
        rows = sorted(found.items(), key=lambda each: (-(each[1].rate_bp or 0), -each[1].due, each[0]))
        return self.own_page(request, title=_("Lateness of sellers"), tables=[_lateness_table(rows, sellers)])


def _lateness_table(rows: Iterable[tuple[int, ReceiptClock]], sellers: dict[int, Seller]) -> Table:
    language = get_language() or "en"
    return Table(
        title=_("Receipts of orders shipped in the last 90 days"),
        words=(_("market"), _("seller"), _("late"), _("oldest order that waits")),
        figures=(_("shipped"), _("of them late"), _("shipped without one"), _("due before shipping")),
        rows=[
            (
                sellers[key].market.code,
                list_link(Receipt, sellers[key], seller__id__exact=key),
                "–" if clock.rate_bp is None else percent_text(clock.rate_bp, language=language),
                moment(clock.oldest),
                *map(figure, (clock.sent, clock.sent_late, clock.late, clock.due)),
            )
            for key, clock in rows
        ],
        empty=_("No market requires receipts, or nothing was ordered yet."),
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
