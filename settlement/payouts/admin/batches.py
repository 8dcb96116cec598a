"""Payment batches in the back office: prepared by one person, approved by another, given to the bank."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from marketplace.kernel.backoffice import Work, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, history, link
from marketplace.kernel.models import Job, JobState
from marketplace.kernel.states import IllegalMove
from marketplace.parties.models import AccountState, BankAccount, Market
from marketplace.parties.operations import SamePerson
from settlement.documents.operations.voiding import ReasonMissing
from settlement.payouts.admin.payouts import payout_table
from settlement.payouts.models import Batch, BatchState, Payout
from settlement.payouts.operations import batching

TONES: dict[str, str] = {
    BatchState.CREATED: "warn",
    BatchState.APPROVED: "info",
    BatchState.SENT: "ok",
    BatchState.CANCELLED: "bad",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be paid in a market."""

    market: Market
    count: int
    total: Any
    without_account: int


def _approve(request: HttpRequest, row: Batch, text: str) -> None:
    batching.approve_batch(batch_id=row.pk, **acting(request))


def _cancel(request: HttpRequest, row: Batch, text: str) -> None:
    batching.cancel_batch(batch_id=row.pk, reason=text, **acting(request))


def _send(request: HttpRequest, row: Batch, text: str) -> None:
    batching.send_batch(batch_id=row.pk, **acting(request))


def _may_approve(request: HttpRequest, row: Batch) -> bool:
    return row.state == BatchState.CREATED and row.created_by_id != request.user.pk


def _has_file(request: HttpRequest, row: Batch) -> bool:
    return row.state == BatchState.APPROVED and row.file_id is not None


REFUSALS = (IllegalMove, SamePerson, ReasonMissing, batching.NothingToPay, batching.NoFile)
DEEDS = (
    Deed("approve", _("Approve"), _approve, refusals=REFUSALS, when=_may_approve),
    Deed(
        "send",
        _("It is given to the bank"),
        _send,
        refusals=REFUSALS,
        note=_(
            "Say so once the bank has the file. It cannot be taken back: from here only the bank's answer "
            "moves its payouts."
        ),
        when=_has_file,
    ),
    Deed(
        "cancel",
        _("Cancel"),
        _cancel,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("Its payouts wait for the next batch. Never cancel what the bank has got."),
        when=lambda request, row: row.state in (BatchState.CREATED, BatchState.APPROVED),
        grave=True,
    ),
)


@admin.register(Batch)
class BatchAdmin(DeskAdmin):
    list_display = (
        "reference",
        "market",
        "shown_state",
        "count",
        "shown_total",
        "pay_on",
        "created_by",
        "approved_by",
        "files",
    )
    list_filter = ("state", "market")
    search_fields = ("reference", "payouts__reference")
    ordering = ("-created_at", "-pk")
    date_hierarchy = "created_at"
    list_select_related = ("market", "created_by", "approved_by")
    change_list_template = "admin/payouts/batches.html"
    deeds = DEEDS
    work = (
        Work(
            _("Payment batches to be approved"),
            Q(state=BatchState.CREATED),
            {"state__exact": BatchState.CREATED.value},
        ),
    )
    papers = {"file": _("Payment file")}
    fields = readonly_fields = (
        "reference",
        "market",
        "shown_state",
        "pay_on",
        "count",
        "shown_total",
        "created_by",
        "created_at",
        "approved_by",
        "approved_at",
        "files",
    )
    shown_state = state_column(TONES)
    shown_total = money_column("total", _("total"), currency=lambda row: row.currency)

    def notices(self, request: HttpRequest, row: Batch) -> Iterable[Notice]:
        if row.state == BatchState.CREATED:
            yield _who_approves(request, row)
        if row.state == BatchState.APPROVED:
            yield _what_is_next(row)
        if row.state == BatchState.SENT:
            yield Notice(
                _("The bank has it. Its payouts move by the bank's answer: upload that as a bank file.")
            )

    def tables(self, row: Batch) -> Iterable[Table]:
        yield payout_table(row.payouts.all(), row)
        yield history(row, TONES)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        panel = {"waiting": list(_waiting()) if self.has_act_permission(request) else []}
        return super().changelist_view(request, {**panel, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        make = self.admin_site.admin_view(require_POST(self.make))
        return [path("make/", make, name="payouts_batch_make"), *super().get_urls()]

    def make(self, request: HttpRequest) -> HttpResponse:
        """Prepare a payment batch of a market, and show it."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        market = get_object_or_404(Market, code=request.POST.get("market", ""))
        try:
            batch = batching.make_batch(market=market, **acting(request))
        except batching.NothingToPay as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:payouts_batch_changelist")
        messages.success(request, _("Prepared. Somebody else must approve it now."))
        return redirect("admin:payouts_batch_change", batch.pk)


def _waiting() -> Iterable[Waiting]:
    """The markets in which payouts wait, with how many of them have no account to go to."""
    in_use = BankAccount.objects.filter(seller=OuterRef("seller"), state=AccountState.ACTIVE)
    rows = Payout.objects.waiting().annotate(payable=Exists(in_use)).order_by("market__code")
    sums = {
        row["market"]: row
        for row in rows.values("market").annotate(
            count=Count("pk"), total=Sum("amount"), stuck=Count("pk", filter=Q(payable=False))
        )
    }
    for market in Market.objects.filter(pk__in=sums).order_by("code"):
        row = sums[market.pk]
        yield Waiting(market, row["count"], money(row["total"], market.currency), row["stuck"])


def _who_approves(request: HttpRequest, row: Batch) -> Notice:
    told = {"who": row.created_by}
    if row.created_by_id == request.user.pk:
        return Notice(_("You prepared this batch, so you cannot approve it: somebody else must."), "warn")
    return Notice(_("%(who)s prepared this batch. You may approve it, or anybody but them.") % told, "warn")


def _what_is_next(row: Batch) -> Notice:
    if row.file_id is not None:
        return Notice(_("Download the payment file, give it to the bank, and then say so here."), "warn")
    failed = Job.objects.filter(name="payouts.write_file", key=row.reference, state=JobState.DEAD).last()
    if failed is None:
        return Notice(_("The payment file is being written; look again in a moment."))
    text = _("The payment file could not be written. Cancel the batch, or have it tried again:")
    return Notice(format_html("{} {} {}", text, link(failed), failed.error[-300:]), "bad")
