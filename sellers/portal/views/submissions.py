"""What was handed to accounting, and what accounting says of each order."""

from collections import Counter
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.parties.models import Role
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.paging import cut_page
from sellers.portal.views.exports import span_text
from settlement.claims.models import Verdict
from settlement.documents.models import Document
from settlement.review.models import State, Submission, told_verdict

WAITING = (State.READING, State.APPROVED)
TOLD_AS: dict[str, tuple[str, ...]] = {
    Verdict.UNKNOWN_ORDER: (Verdict.UNKNOWN_ORDER, Verdict.OTHER_SELLER),
    Verdict.OTHER_SELLER: (),
}
"""A seller is not told that an order exists which is another's: there is no such order."""


@require_GET
@seller_view(Role.VIEWER)
def submission_detail(request: SellerRequest, pk: int) -> HttpResponse:
    """One submission: where it is, and every order with its verdict."""
    return render(request, "portal/submission.html", _told(request, pk))


@require_GET
@seller_view(Role.VIEWER)
def submission_progress(request: SellerRequest, pk: int) -> HttpResponse:
    """The part of a submission's page that changes while it is read."""
    told = _told(request, pk)
    answer = render(request, "portal/parts/submission_state.html", told)
    if not told["waiting"]:
        answer["HX-Refresh"] = "true"  # the lines and their verdicts stand there now
    return answer


def _told(request: SellerRequest, pk: int) -> dict[str, Any]:
    own = Submission.objects.of(request.seller).select_related("period", "file")
    submission = get_object_or_404(own, pk=pk)
    verdicts = submission.lines.values("verdict").annotate(count=Count("pk")).order_by("-count")
    wanted = request.GET.get("verdict", "")
    lines = submission.lines.select_related("order")
    if wanted in Verdict.values:
        lines = lines.filter(verdict__in=TOLD_AS.get(wanted, (wanted,)))
    page = cut_page(lines, field="position", descending=False, asked=request.GET.dict())
    return {
        "submission": submission,
        "waiting": submission.state in WAITING,
        "stages": _stages(submission),
        "document": Document.objects.filter(submission=submission).first(),
        "tabs": _tabs(list(verdicts), submission.rows, wanted),
        "lines": page.rows,
        "newer_url": f"?verdict={wanted}&before={page.newer}" if page.newer else "",
        "older_url": f"?verdict={wanted}&after={page.older}" if page.older else "",
        "crumbs": [
            {"label": _("Exports for invoicing"), "url": "../../exports/"},
            {"label": span_text(submission.period.span)},
        ],
    }


def _tabs(verdicts: list[Any], rows: int, wanted: str) -> list[dict[str, Any]]:
    tabs = [{"label": _("All"), "url": "?", "active": wanted not in Verdict.values, "count": rows}]
    counts: Counter[str] = Counter()
    for each in verdicts:
        counts[told_verdict(each["verdict"])] += each["count"]
    for verdict, count in counts.most_common():
        label = Verdict(verdict).label
        tabs.append(
            {"label": label, "url": f"?verdict={verdict}", "active": wanted == verdict, "count": count}
        )
    return tabs


def _stages(submission: Submission) -> list[dict[str, Any]]:
    """Handed in, reviewed, approved, documented; a submission that ended elsewhere stops there."""
    labels = [_("Handed in"), _("In review"), _("Approved"), _("Document issued")]
    reached = {State.READING: 0, State.UNDER_REVIEW: 1, State.APPROVED: 2, State.DOCUMENTED: 3}
    place = reached.get(State(submission.state))
    if place is None:
        return [
            {"label": labels[0], "state": "done", "at": submission.submitted_at},
            {"label": submission.get_state_display(), "state": "stopped", "at": None},
        ]
    done = place == len(labels) - 1
    states = [
        "done" if step < place or done else "current" if step == place else "todo"
        for step in range(len(labels))
    ]
    return [{"label": label, "state": state, "at": None} for label, state in zip(labels, states, strict=True)]
