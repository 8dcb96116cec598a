"""Accounting's review: the queue of submissions, and the lines with their verdicts."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import (
    LookOnlyAdmin,
    LookOnlyInline,
    ReasonForm,
    Work,
    days_column,
    each,
    money,
    money_column,
    state_column,
)
from marketplace.kernel.states import IllegalMove
from settlement.claims.models import OVERRIDABLE, Verdict
from settlement.claims.operations import hold_order
from settlement.review.models import Decision, State, Submission, SubmissionChange, SubmissionLine
from settlement.review.operations import deciding

REFUSALS = (
    IllegalMove,
    deciding.ChangedSince,
    deciding.NothingToApprove,
    deciding.NotOverridable,
    deciding.ReasonMissing,
)


TONES: dict[str, str] = {
    State.UNDER_REVIEW: "warn",
    State.APPROVED: "info",
    State.DOCUMENTED: "ok",
    State.REFUSED: "bad",
    State.UNREADABLE: "bad",
}


class WaitingFilter(admin.SimpleListFilter):
    """The queue first: what waits for a person, unless another state is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("All")), *State.choices]

    def choices(self, changelist: Any) -> Any:
        rest = iter(super().choices(changelist))
        next(rest)
        chosen = self.value()
        query = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": chosen is None, "query_string": query, "display": _("Waiting for a person")}
        yield from rest

    def queryset(self, request: HttpRequest, rows: "QuerySet[Submission]") -> "QuerySet[Submission]":
        if self.value() == "all":
            return rows
        return rows.filter(state=self.value() or State.UNDER_REVIEW)


class ChangeInline(LookOnlyInline):
    model = SubmissionChange
    fields = ("from_state", "to_state", "at", "by", "reason")


@admin.register(Submission)
class SubmissionAdmin(LookOnlyAdmin):
    list_display = (
        "shown",
        "days",
        "shown_state",
        "age",
        "rows",
        "included",
        "shown_total",
        "shown_purchase",
        "flags",
        "look",
    )
    work = (Work(_("Submissions under review"), Q(state=State.UNDER_REVIEW)),)
    list_filter = (WaitingFilter, "market", "origin", "automatic")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("submitted_at",)
    list_select_related = ("seller", "period", "market")
    inlines = (ChangeInline,)
    actions = ("approve", "refuse", "judge_again")
    action_form = ReasonForm
    fields = (
        "seller",
        "days",
        "shown_state",
        "origin",
        "automatic",
        "submitted_at",
        "submitted_by",
        "note",
        "rows",
        "included",
        "shown_total",
        "shown_purchase",
        "flags",
        "look",
    )
    readonly_fields = ("days", "shown_state", "shown_total", "shown_purchase", "flags", "look")
    shown_state = state_column(TONES)
    days = days_column("period.first_on", "period.end_on", _("period"))
    shown_total = money_column(
        "customer_total", _("customer total"), currency=lambda row: row.market.currency
    )
    shown_purchase = money_column(
        "purchase_gross", _("purchase price"), currency=lambda row: row.market.currency
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each submission with how many of its lines are left out, by verdict, in the same query."""
        counts = {
            f"count_{verdict}": Count("lines", filter=Q(lines__verdict=verdict))
            for verdict in Verdict.values
            if verdict != Verdict.OK
        }
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=_("seller"), ordering="seller__partner_number")
    def shown(self, row: Submission) -> str:
        return str(row.seller)

    @admin.display(description=_("waiting for"), ordering="submitted_at")
    def age(self, row: Submission) -> str:
        return timesince(row.submitted_at, depth=1) if row.state == State.UNDER_REVIEW else "–"

    @admin.display(description=_("flags"))
    def flags(self, row: Any) -> SafeString:
        """Why lines are left out, each leading to those lines."""
        base = reverse("admin:review_submissionline_changelist")
        found = [
            (base, row.pk, verdict.value, "warn" if verdict in OVERRIDABLE else "none", verdict.label, count)
            for verdict in Verdict
            if (count := getattr(row, f"count_{verdict}", 0))
        ]
        link = "{0}?submission__id__exact={1}&amp;verdict__exact={2}"
        text = f'<a class="badge tone-{{3}}" href="{link}">{{4}}: {{5}}</a>'
        return format_html_join(" ", text, found) or SafeString("–")

    @admin.display(description=_("lines"))
    def look(self, row: Submission) -> SafeString:
        base = reverse("admin:review_submissionline_changelist")
        return format_html('<a href="{}?submission__id__exact={}">{}</a>', base, row.pk, _("Show"))

    @admin.action(description=_("Approve all clean lines"), permissions=["act"])
    def approve(self, request: HttpRequest, chosen: "QuerySet[Submission]") -> None:
        def act(row: Submission) -> None:
            deciding.approve_submission(submission_id=row.pk, by=request.user, at=timezone.now())

        each(request, chosen, act, refusals=REFUSALS)

    @admin.action(description=_("Refuse the submission (give the reason)"), permissions=["act"])
    def refuse(self, request: HttpRequest, chosen: "QuerySet[Submission]") -> None:
        reason = request.POST.get("reason", "")

        def act(row: Submission) -> None:
            deciding.refuse_submission(
                submission_id=row.pk, reason=reason, by=request.user, at=timezone.now()
            )

        each(request, chosen, act, refusals=REFUSALS)

    @admin.action(description=_("Look again: judge the lines anew"), permissions=["act"])
    def judge_again(self, request: HttpRequest, chosen: "QuerySet[Submission]") -> None:
        each(request, chosen, lambda row: deciding.look_again(submission_id=row.pk), refusals=REFUSALS)


@admin.register(SubmissionLine)
class SubmissionLineAdmin(LookOnlyAdmin):
    list_display = (
        "position",
        "number",
        "verdict",
        "reference",
        "told",
        "ours",
        "purchase",
        "decision",
        "reason",
        "decided_by",
    )
    list_display_links = None
    list_filter = ("verdict", "decision")
    search_fields = ("number",)
    ordering = ("submission", "position")
    list_select_related = ("order", "decided_by", "submission__market")
    actions = ("let_through", "leave_out", "take_back", "dispute")
    action_form = ReasonForm
    told = money_column(
        "told_total", _("total, as told"), currency=lambda row: row.submission.market.currency
    )

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "submission__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("total, ours"))
    def ours(self, row: SubmissionLine) -> Any:
        return money(row.order.total if row.order else None, row.submission.market.currency)

    @admin.display(description=_("purchase price"))
    def purchase(self, row: SubmissionLine) -> Any:
        return money(row.order.purchase_gross if row.order else None, row.submission.market.currency)

    @admin.action(description=_("Let through (give the reason)"), permissions=["act"])
    def let_through(self, request: HttpRequest, chosen: "QuerySet[SubmissionLine]") -> None:
        self._decide(request, chosen, Decision.INCLUDE)

    @admin.action(description=_("Leave out (give the reason)"), permissions=["act"])
    def leave_out(self, request: HttpRequest, chosen: "QuerySet[SubmissionLine]") -> None:
        self._decide(request, chosen, Decision.EXCLUDE)

    @admin.action(description=_("Take the decision back"), permissions=["act"])
    def take_back(self, request: HttpRequest, chosen: "QuerySet[SubmissionLine]") -> None:
        self._decide(request, chosen, "")

    @admin.action(description=_("Hold the order as disputed (give the reason)"), permissions=["act"])
    def dispute(self, request: HttpRequest, chosen: "QuerySet[SubmissionLine]") -> None:
        reason, now = request.POST.get("reason", "").strip(), timezone.now()

        def act(row: SubmissionLine) -> None:
            _hold(row, reason, request.user, now)

        each(request, chosen, act, refusals=REFUSALS)

    def _decide(self, request: HttpRequest, chosen: "QuerySet[SubmissionLine]", decision: str) -> None:
        reason = request.POST.get("reason", "")

        def act(row: SubmissionLine) -> None:
            deciding.decide_line(
                line_id=row.pk, decision=decision, reason=reason, by=request.user, at=timezone.now()
            )

        each(request, chosen, act, refusals=REFUSALS)


def _hold(row: SubmissionLine, reason: str, by: Any, at: datetime) -> None:
    if not reason or row.order_id is None:
        raise deciding.ReasonMissing(_("Say what is disputed; the seller will read it."))
    hold_order(order_id=row.order_id, reason=reason, by=by, at=at)
