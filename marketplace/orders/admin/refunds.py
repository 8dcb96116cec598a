"""Refunds in the back office: what is to be paid back by whom, proofs to be seen, vouchers to reactivate."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import ReasonForm, badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import WAITING, Notice, Table, age_column, history, link, link_column
from marketplace.kernel.states import IllegalMove
from marketplace.kernel.typed import NotADay, day_in
from marketplace.kernel.zones import local_date, start_of_day
from marketplace.orders.models import Custody, Refund, RefundState
from marketplace.orders.operations import refunding
from marketplace.parties.models import BusinessModel

OUTSTANDING = (RefundState.OWED, RefundState.TOLD)
TONES: dict[str, str] = {
    RefundState.OWED: "warn",
    RefundState.TOLD: "accent",
    RefundState.PAID: "ok",
    RefundState.DROPPED: "none",
}
OWED = Q(state=RefundState.OWED)
OF_A_VOUCHER = Q(tender__voucher__isnull=False)
QUEUES: dict[str, tuple[Any, Q]] = {
    "pay": (_("To be paid by us"), OWED & ~OF_A_VOUCHER & Q(payer=Custody.MARKETPLACE)),
    "proofs": (_("Proofs to be seen"), Q(state=RefundState.TOLD)),
    "vouchers": (_("Vouchers to reactivate"), OWED & OF_A_VOUCHER),
    "sellers": (_("Owed by sellers"), OWED & Q(payer=Custody.SELLER)),
}
DONE: dict[str, tuple[Any, Q]] = {
    "paid": (_("Paid back"), Q(state=RefundState.PAID)),
    "dropped": (_("Replaced by another"), Q(state=RefundState.DROPPED)),
}


class QueueFilter(admin.SimpleListFilter):
    """What waits for whom, each queue with its number; all that waits, unless one is asked for."""

    title = _("what is to be done")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        waiting = Refund.objects.filter(state__in=OUTSTANDING)
        each = {name: Count("pk", filter=which) for name, (_label, which) in QUEUES.items()}
        counts = waiting.aggregate(**each)
        queues = [
            (name, format_lazy("{} ({})", label, counts[name])) for name, (label, _which) in QUEUES.items()
        ]
        done = [(name, label) for name, (label, _which) in DONE.items()]
        return [*queues, *done, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        rest = iter(super().choices(changelist))
        next(rest)
        query = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": query, "display": WAITING}
        yield from rest

    def queryset(self, request: HttpRequest, rows: "QuerySet[Refund]") -> "QuerySet[Refund]":
        asked = self.value()
        if asked == "all":
            return rows
        known = {**QUEUES, **DONE}
        return rows.filter(known[asked][1] if asked in known else Q(state__in=OUTSTANDING))


class DayForm(ReasonForm):
    """The action bar with a place for the day of a payment, or the reason a decision needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Day or reason")


def _today(row: Refund) -> str:
    return local_date(timezone.now(), row.order.market.zone).isoformat()


def _paid(request: HttpRequest, row: Refund, text: str) -> None:
    told, zone = acting(request), row.order.market.zone
    today, placed = local_date(told["at"], zone), local_date(row.order.placed_at, zone)
    day = day_in(text.strip() or today.isoformat(), first=placed, last=today)
    paid_at = told["at"] if day == today else start_of_day(day, zone)
    refunding.pay_refund(refund_id=row.pk, paid_at=paid_at, **told)


def _accept(request: HttpRequest, row: Refund, text: str) -> None:
    refunding.accept_proof(refund_id=row.pk, **acting(request))


def _send_back(request: HttpRequest, row: Refund, text: str) -> None:
    refunding.refuse_proof(refund_id=row.pk, reason=text, **acting(request))


def _reactivate(request: HttpRequest, row: Refund, text: str) -> None:
    refunding.reactivate_voucher(refund_id=row.pk, **acting(request))


def _is_ours(request: HttpRequest, row: Refund) -> bool:
    by_money = row.payer == Custody.MARKETPLACE and row.tender.voucher_id is None
    return row.state == RefundState.OWED and by_money


def _is_told(request: HttpRequest, row: Refund) -> bool:
    return row.state == RefundState.TOLD


def _is_a_vouchers(request: HttpRequest, row: Refund) -> bool:
    return row.state == RefundState.OWED and row.tender.voucher_id is not None


REFUSALS = (
    IllegalMove,
    NotADay,
    refunding.NotByMoney,
    refunding.NotYoursToPay,
    refunding.ReasonMissing,
)
DEEDS = (
    Deed(
        "paid",
        _("Mark as paid"),
        _paid,
        refusals=REFUSALS,
        asks=_("day it was paid"),
        needed=False,
        given=_today,
        note=_("Say so once the customer's money has left our account: it is booked."),
        when=_is_ours,
    ),
    Deed(
        "accept",
        _("Accept the proof"),
        _accept,
        refusals=REFUSALS,
        note=_("It counts as given back by the seller from the day the seller told."),
        when=_is_told,
    ),
    Deed(
        "send_back",
        _("Send the proof back"),
        _send_back,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("The refund is owed as before. The seller reads this reason."),
        when=_is_told,
        grave=True,
    ),
    Deed(
        "reactivate",
        _("Give it back to the voucher"),
        _reactivate,
        refusals=REFUSALS,
        note=_(
            "The voucher's balance grows by this amount. It can pay again for as long as the market renews "
            "vouchers."
        ),
        when=_is_a_vouchers,
        right="orders.reactivate_voucher",
    ),
)


@admin.register(Refund)
class RefundAdmin(DeskAdmin):
    list_display = (
        "shown",
        "seller",
        "how",
        "shown_amount",
        "payer",
        "shown_state",
        "files",
        "age",
    )
    list_filter = (QueueFilter, "order__market", "payer", "tender__method")
    search_fields = ("order__number", "returned__number", "order__seller__partner_number")
    ordering = ("owed_at", "pk")
    list_select_related = ("order__seller", "order__market", "returned", "tender__voucher")
    action_form = DayForm
    deeds = DEEDS
    papers = {"proof": _("Proof of the payment")}
    fields = readonly_fields = (
        "shown_order",
        "seller",
        "shown_return",
        "how",
        "shown_amount",
        "payer",
        "shown_state",
        "owed_at",
        "told_at",
        "paid_at",
        "note",
        "settled_in",
        "files",
    )
    shown_state = state_column(TONES)
    shown_order = link_column("order", _("order"))
    shown_return = link_column("returned", _("return"))
    shown_amount = money_column("amount", _("amount"), currency=lambda row: row.order.currency)
    age = age_column("owed_at", lambda row: row.state in OUTSTANDING)

    @admin.display(description=_("order"), ordering="order__number")
    def shown(self, row: Refund) -> str:
        return row.order.number

    @admin.display(description=_("seller"), ordering="order__seller__partner_number")
    def seller(self, row: Refund) -> str:
        return str(row.order.seller)

    @admin.display(description=_("paid with"), ordering="tender__method")
    def how(self, row: Refund) -> SafeString:
        return method_text(row)

    def seller_of(self, row: Refund) -> int:
        return row.order.seller_id

    def notices(self, request: HttpRequest, row: Refund) -> Iterable[Notice]:
        if _is_told(request, row):
            text = _("The seller says it was paid. Open the proof and look before you accept it.")
            yield Notice(text, "warn")
        if _is_a_vouchers(request, row) and not request.user.has_perm("orders.reactivate_voucher"):
            yield Notice(_("It comes back to the voucher, by customer service."))
        if row.state == RefundState.OWED and row.payer == Custody.SELLER:
            yield _sellers_turn(row)

    def tables(self, row: Refund) -> Iterable[Table]:
        yield history(row, TONES)


def _sellers_turn(row: Refund) -> Notice:
    if row.order.model == BusinessModel.AGENCY:
        return Notice(_("The seller holds this money, pays it back, and says so on the order's page."))
    return Notice(_("The seller holds this money, pays it back, and hands in the proof."))


def method_text(row: Refund) -> SafeString:
    """How the part of the order was paid that a refund gives back; a voucher leads to its page."""
    method, voucher = row.tender.get_method_display(), row.tender.voucher
    return link(voucher, f"{method} {voucher}") if voucher else format_html("{}", method)


def refund_table(refunds: "QuerySet[Refund]") -> Table:
    """Refunds as another page shows them."""
    rows = list(refunds.select_related("order", "returned", "tender__voucher").order_by("pk"))
    total = sum(row.amount for row in rows if row.state != RefundState.DROPPED)
    return Table(
        title=_("What is given back"),
        words=(_("refund"), _("paid with"), _("paid back by"), _("state"), _("return")),
        figures=(_("amount"),),
        rows=[
            (
                link(row, _("Show")),
                method_text(row),
                row.get_payer_display(),
                badge(row.get_state_display(), TONES[row.state]),
                link(row.returned),
                money(row.amount, row.order.currency),
            )
            for row in rows
        ],
        foot=[(_("Total"), *[""] * 4, money(total, row.order.currency)) for row in rows[:1]],
        empty=_("Nothing: nothing was paid for it."),
    )
