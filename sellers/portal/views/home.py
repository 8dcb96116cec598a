"""The start page: what needs doing, and the next settlement so far."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from marketplace.orders.models import Order, State
from marketplace.parties.models import Role, Seller
from sellers.door.entry import SellerRequest, seller_view
from sellers.door.templatetags.days import through
from sellers.portal.billing.home import billing_card
from sellers.portal.columns import table_of
from sellers.portal.erp.todo import erp_tasks
from sellers.portal.lists.documents import documents_of
from sellers.portal.menus import WITH_VOUCHER
from sellers.portal.money_todo import money_tasks
from sellers.portal.paging import capped_count, count_text
from sellers.portal.receipt_todo import receipt_tasks
from sellers.portal.settlement import next_settlement
from settlement.documents.models import Document
from settlement.periods.queries import Offered, offered_periods
from settlement.review.models import State as SubmissionState
from settlement.review.models import Submission


@require_GET
@seller_view(Role.VIEWER)
def home(request: SellerRequest) -> HttpResponse:
    """What needs doing, the running period so far, and the last documents."""
    now, seller = timezone.now(), request.seller
    offered = offered_periods(seller=seller, at=now, most=3)
    told = {
        "tasks": [
            *money_tasks(seller),
            *receipt_tasks(seller),
            *erp_tasks(seller),
            *_order_tasks(seller),
            *_period_tasks(seller, offered),
        ],
        "settlement": next_settlement(seller=seller, at=now),
        "billing": billing_card(seller, at=now),
        "table": table_of(
            documents_of(seller).columns,
            Document.objects.of(seller).select_related("period").order_by("-issued_at", "-pk")[:5],
            caption=_("Latest documents"),
            currency=seller.market.currency,
            sortable=False,
        ),
    }
    return render(request, "portal/home.html", told)


def _order_tasks(seller: Seller) -> list[dict[str, Any]]:
    own = Order.objects.of(seller)
    pending = capped_count(own.pending())
    paid = capped_count(own.pending().filter(WITH_VOUCHER)) if pending else 0
    waiting = capped_count(own.filter(state__in=[State.OPEN, State.SHIPPING], confirmed_at__isnull=False))
    tasks = []
    if pending:
        text = ngettext("%(count)s order to send", "%(count)s orders to send", pending)
        tasks.append(_task("clipboard-check", text, pending, reverse("portal:pending_orders")))
    if paid:
        text = ngettext(
            "%(count)s of them is paid by voucher: see what remains",
            "%(count)s of them are paid by voucher: see what remains",
            paid,
        )
        tasks.append(_task("gift-card", text, paid, f"{reverse('portal:voucher_orders')}?tab=pending"))
    if waiting:
        text = ngettext("%(count)s order to ship", "%(count)s orders to ship", waiting)
        tasks.append(_task("truck", text, waiting, f"{reverse('portal:orders')}?tab=open"))
    return tasks


def _task(icon: str, text: str, count: int, url: str) -> dict[str, Any]:
    return {"icon": icon, "tone": "info", "text": text % {"count": count_text(count)}, "url": url}


def _period_tasks(seller: Seller, offered: list[Offered]) -> list[dict[str, Any]]:
    """Periods that are over and not sent, and submissions accounting gave back."""
    tasks = []
    for period in offered:
        if period.is_over and period.closed is None:
            tasks.append(
                {
                    "icon": "file-spreadsheet",
                    "tone": "warn",
                    "text": _("Send the export for invoicing of %(period)s")
                    % {"period": through(period.span.first_on, period.span.last_on)},
                    "url": reverse("portal:exports"),
                }
            )
    refused = Submission.objects.of(seller).filter(
        state__in=[SubmissionState.REFUSED, SubmissionState.UNREADABLE]
    )
    for row in refused.select_related("period").order_by("-submitted_at")[:3]:
        if Submission.objects.of(seller).filter(period=row.period_id, pk__gt=row.pk).exists():
            continue
        text = _("Accounting could not use your export of %(period)s") % {
            "period": through(row.period.first_on, row.period.span.last_on)
        }
        url = reverse("portal:submission", args=[row.pk])
        tasks.append({"icon": "alert-triangle", "tone": "bad", "text": text, "url": url})
    return tasks
