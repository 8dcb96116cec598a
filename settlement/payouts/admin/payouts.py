"""Payouts in the back office: paid or failed by hand, paid again, given up."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import ReasonForm, badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, history, link, link_column, list_link, one_filter
from marketplace.kernel.states import IllegalMove
from marketplace.kernel.zones import local_date
from marketplace.parties.models import AccountState, BankAccount
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.models import ITEM_SOURCES
from settlement.payouts.admin.movements import movement_table
from settlement.payouts.models import Batch, BatchState, Payout, PayoutState
from settlement.payouts.operations import batching, paying

MOST = 200
"""Items a page shows."""

TONES: dict[str, str] = {
    PayoutState.CREATED: "warn",
    PayoutState.APPROVED: "info",
    PayoutState.SENT: "info",
    PayoutState.PAID: "ok",
    PayoutState.FAILED: "bad",
    PayoutState.CANCELLED: "none",
}


class NoteForm(ReasonForm):
    """The action bar with a place for a note, or the reason a decision needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Reason or note")


class StageFilter(admin.SimpleListFilter):
    """Where a payout is: also whether it waits for a batch."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        states = [each for each in PayoutState.choices if each[0] != PayoutState.CREATED]
        return [
            ("waiting", _("Waits for a payment batch")),
            (str(PayoutState.CREATED), _("In a batch to be approved")),
            *states,
        ]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        match self.value():
            case None | "all":
                return rows
            case "waiting":
                return rows.waiting()
            case PayoutState.CREATED:
                return rows.filter(state=PayoutState.CREATED, batch__isnull=False)
        return rows.filter(state=self.value())


def _paid(request: HttpRequest, row: Payout, text: str) -> None:
    told = acting(request)
    day = local_date(told["at"], row.market.zone)
    paying.mark_paid(payout_id=row.pk, paid_on=day, note=text.strip(), **told)


def _failed(request: HttpRequest, row: Payout, text: str) -> None:
    paying.mark_failed(payout_id=row.pk, reason=text, **acting(request))


def _again(request: HttpRequest, row: Payout, text: str) -> None:
    paying.retry_payout(payout_id=row.pk, **acting(request))


def _give_up(request: HttpRequest, row: Payout, text: str) -> None:
    paying.give_up_payout(payout_id=row.pk, reason=text, **acting(request))


def _take_out(request: HttpRequest, row: Payout, text: str) -> None:
    batching.take_out(payout_id=row.pk, **acting(request))


def _waits(row: Payout) -> bool:
    return row.state == PayoutState.CREATED and row.batch is None


def _to_be_approved(request: HttpRequest, row: Payout) -> bool:
    return row.batch is not None and row.batch.state == BatchState.CREATED


REFUSALS = (IllegalMove, ReasonMissing)
DEEDS = (
    Deed(
        "again",
        _("Pay again"),
        _again,
        refusals=REFUSALS,
        when=lambda request, row: row.state == PayoutState.FAILED,
    ),
    Deed("take_out", _("Take out of the batch"), _take_out, refusals=REFUSALS, when=_to_be_approved),
    Deed(
        "paid",
        _("Mark paid by hand"),
        _paid,
        refusals=REFUSALS,
        asks=_("note"),
        needed=False,
        note=_("Note where one sees that the bank paid it. The day is today; the seller is advised."),
        when=lambda request, row: row.state == PayoutState.SENT,
    ),
    Deed(
        "failed",
        _("Mark failed"),
        _failed,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("The bank's reason. The seller reads it; the money stays owed."),
        when=lambda request, row: row.state in (PayoutState.SENT, PayoutState.PAID),
        grave=True,
    ),
    Deed(
        "give_up",
        _("Give up"),
        _give_up,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("What it was to pay is free for the seller's next set-off."),
        when=lambda request, row: row.state == PayoutState.FAILED or _waits(row),
        grave=True,
    ),
)


@admin.register(Payout)
class PayoutAdmin(DeskAdmin):
    list_display = (
        "reference",
        "seller",
        "shown_amount",
        "shown_state",
        "shown_set_off",
        "shown_batch",
        "paid_on",
        "failure",
    )
    list_filter = (StageFilter, "market", one_filter("batch", Batch, _("payment batch")))
    search_fields = ("reference", "set_off__reference", "seller__partner_number", "seller__name")
    ordering = ("-created_at", "-pk")
    date_hierarchy = "created_at"
    list_select_related = ("seller", "set_off", "batch", "market")
    action_form = NoteForm
    deeds = DEEDS
    papers = {"pdf": _("PDF")}
    fields = readonly_fields = (
        "reference",
        "seller",
        "shown_amount",
        "shown_state",
        "shown_set_off",
        "shown_batch",
        "shown_exact",
        "masked",
        "created_at",
        "paid_on",
        "failure",
        "files",
    )
    shown_state = state_column(TONES)
    shown_amount = money_column("amount", _("amount"), currency=lambda row: row.currency)
    shown_exact = money_column("exact", _("owed"), currency=lambda row: row.currency)
    shown_set_off = link_column("set_off", _("set-off"))
    shown_batch = link_column("batch", _("payment batch"))

    @admin.display(description=_("to the account"))
    def masked(self, row: Payout) -> str:
        return row.masked or "–"

    def notices(self, request: HttpRequest, row: Payout) -> Iterable[Notice]:
        if row.state == PayoutState.FAILED:
            yield _failure_notice(row)
        if _waits(row):
            has_account = BankAccount.objects.filter(seller=row.seller_id, state=AccountState.ACTIVE).exists()
            if has_account:
                yield Notice(_("It waits for the market's next payment batch."))
            else:
                yield Notice(_("It cannot be paid: the seller has no bank account in use."), "bad")
        if row.state == PayoutState.CREATED and row.batch is not None:
            yield Notice(_("Its payment batch waits for a second person."), "warn")

    def tables(self, row: Payout) -> Iterable[Table]:
        yield _items(row)
        yield movement_table(row.bank_entries.all())
        yield history(row, TONES)


def _failure_notice(row: Payout) -> Notice:
    later = Payout.objects.filter(set_off=row.set_off_id, pk__gt=row.pk).order_by("pk").first()
    if later is not None:
        return Notice(format_html("{} {}", _("It was tried again as"), link(later)), "info")
    text = _("It was not paid: %(reason)s Pay it again, or give it up.")
    return Notice(text % {"reason": row.failure}, "bad")


def _items(row: Payout) -> Table:
    items = row.items.select_related(*ITEM_SOURCES).order_by("item__due_at", "item__number", "item")
    return Table(
        title=_("What it pays"),
        words=(_("number"), _("document")),
        figures=(_("amount"),),
        rows=[
            (link(each.item), link(each.item.source), money(each.amount, row.currency))
            for each in items[:MOST]
        ],
        foot=[(_("Total"), "", money(row.exact, row.currency))],
        more=_("Only the first %(count)s are shown.") % {"count": MOST} if items.count() > MOST else "",
    )


def payout_table(payouts: "QuerySet[Payout]", batch: Batch) -> Table:
    """A batch's payouts as its page shows them."""
    shown = list(payouts.select_related("seller").order_by("reference")[:MOST])
    return Table(
        title=_("Payouts"),
        words=(_("reference"), _("seller"), _("to the account"), _("state")),
        figures=(_("amount"),),
        rows=[
            (
                link(each),
                each.seller,
                each.masked,
                badge(each.get_state_display(), TONES[each.state]),
                money(each.amount, each.currency),
            )
            for each in shown
        ],
        foot=[(_("Total"), "", "", "", money(batch.total, batch.currency))],
        empty=_("It has none any more."),
        more=_all_payouts(batch) if batch.count > MOST else "",
    )


def _all_payouts(batch: Batch) -> SafeString:
    text = _("All %(count)s payouts") % {"count": batch.count}
    return list_link(Payout, text, batch=batch.pk, state="all")
