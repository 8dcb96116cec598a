"""Payments: what the seller is paid, and what it is asked to pay."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from marketplace.parties.models import AccountState, Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.columns import Column, Kind, table_of
from sellers.portal.lists.payments import DEMANDS, PAYOUTS, demand_badge, payout_badge
from sellers.portal.paging import capped_count, count_text, cut_page
from sellers.portal.papers import kind_of, source_url_of, url_of
from sellers.portal.views.documents import send_file
from sellers.portal.views.lists import list_page, list_workbook
from settlement.netting.models import ITEM_SOURCES
from settlement.payouts.models import Collection, CollectionState, Payout, PayoutItem, PayoutState
from settlement.payouts.symbols import payment_qr, qr_svg


def _orders(row: PayoutItem) -> int | None:
    """How many orders an item is of; an invoice for fees is of none."""
    return row.item.document.orders if row.item.document is not None else None


ITEM = Column(
    gettext_lazy("Number"),
    lambda row: row.item.number,
    css="at-title nowrap",
    url=lambda row: url_of(row.item),
    note=lambda row: kind_of(row.item),
)
DOCUMENT = Column(
    gettext_lazy("Document"),
    lambda row: row.item.source.reference,
    css="nowrap",
    url=lambda row: source_url_of(row.item),
)
PAID_ITEMS = (
    ITEM,
    DOCUMENT,
    Column(gettext_lazy("Orders"), _orders, Kind.COUNT),
    Column(gettext_lazy("Total"), lambda row: row.item.total, Kind.MONEY),
    Column(gettext_lazy("Settled otherwise"), lambda row: row.item.total - row.amount, Kind.MONEY),
    Column(gettext_lazy("Paid here"), lambda row: row.amount, Kind.MONEY, css="at-amount"),
)
DEMANDED_ITEMS = (
    ITEM,
    DOCUMENT,
    Column(gettext_lazy("Due since"), lambda row: row.item.due_at, Kind.MOMENT, css="at-sub"),
    Column(gettext_lazy("Total"), lambda row: row.item.total, Kind.MONEY),
    Column(gettext_lazy("Asked for here"), lambda row: row.amount, Kind.MONEY, css="at-amount"),
)


@require_GET
@seller_view(Role.VIEWER)
def payment_list(request: SellerRequest) -> HttpResponse:
    """The payouts to the seller, or the demands to it."""
    demands = _is_of_demands(request)
    empty = {
        "title": _("No demand") if demands else _("No payout yet"),
        "text": _("If you owe more than you are owed, you are asked for the difference here.")
        if demands
        else _("Once a set-off is agreed, what it leaves owed to you is paid to your bank account."),
        "url": reverse("portal:set_offs"),
        "link": _("Go to the set-offs"),
        "icon": "building-bank",
    }
    return list_page(
        request,
        DEMANDS if demands else PAYOUTS,
        _demands(request) if demands else _payouts(request),
        template="portal/payments.html",
        tabs=_tabs(request, demands),
        empty=empty,
        tab="demands" if demands else "payouts",
        lacks_account=not request.seller.bank_accounts.filter(state=AccountState.ACTIVE).exists(),
    )


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def payment_export(request: SellerRequest) -> HttpResponseBase:
    """The list of payouts, or of demands, as a workbook."""
    if _is_of_demands(request):
        return list_workbook(request, DEMANDS, _demands(request))
    return list_workbook(request, PAYOUTS, _payouts(request))


@require_GET
@seller_view(Role.VIEWER)
def payout_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One payout: how far it is, and the invoices it pays."""
    payout = get_object_or_404(_payouts(request), reference=reference)
    rows = payout.items.select_related(*ITEM_SOURCES)
    page = cut_page(rows, field="pk", descending=False, asked=request.GET.dict())
    told = {
        "payout": payout,
        "badge": payout_badge(payout),
        "stages": _stages(payout),
        "rounding": payout.amount - payout.exact,
        "given_up": payout.changes.order_by("-pk").first() if payout.state == PayoutState.CANCELLED else None,
        "next": Payout.objects.filter(set_off=payout.set_off_id, pk__gt=payout.pk).order_by("pk").first(),
        **_items(payout, page, PAID_ITEMS, caption=_("What it pays"), sum_=payout.exact),
        "crumbs": _crumbs(payout.reference, "payouts"),
    }
    return render(request, "portal/payout.html", told)


@require_GET
@seller_view(Role.VIEWER)
def payout_file(request: SellerRequest, reference: str) -> HttpResponseBase:
    """A payout's remittance advice as a PDF."""
    payout = get_object_or_404(_payouts(request).select_related("pdf"), reference=reference)
    if payout.pdf is None:
        raise Http404
    return send_file(request, payout.pdf)


@require_GET
@seller_view(Role.VIEWER)
def demand_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One demand: how to pay it, what came in, and the orders whose cash it asks for."""
    demand = get_object_or_404(_demands(request).select_related("market"), reference=reference)
    rows = demand.items.select_related(*ITEM_SOURCES)
    page = cut_page(rows, field="pk", descending=False, asked=request.GET.dict())
    waits = demand.state == CollectionState.DEMANDED
    told = {
        "demand": demand,
        "badge": demand_badge(demand),
        "market": demand.market,
        "waits": waits,
        "code": _code(demand) if waits else "",
        "receipts": demand.receipts.order_by("received_on", "pk"),
        "cancelled": demand.changes.order_by("-pk").first()
        if demand.state == CollectionState.CANCELLED
        else None,
        **_items(demand, page, DEMANDED_ITEMS, caption=_("What it asks for"), sum_=demand.exact),
        "crumbs": _crumbs(demand.reference, "demands"),
    }
    return render(request, "portal/demand.html", told)


@require_GET
@seller_view(Role.VIEWER)
def demand_file(request: SellerRequest, reference: str) -> HttpResponseBase:
    """A demand as a PDF."""
    demand = get_object_or_404(_demands(request).select_related("pdf"), reference=reference)
    if demand.pdf is None:
        raise Http404
    return send_file(request, demand.pdf)


def _is_of_demands(request: SellerRequest) -> bool:
    return request.GET.get("tab") == "demands"


def _payouts(request: SellerRequest) -> "QuerySet[Payout]":
    return Payout.objects.of(request.seller).select_related("set_off")


def _demands(request: SellerRequest) -> "QuerySet[Collection]":
    return Collection.objects.of(request.seller).select_related("set_off")


def _tabs(request: SellerRequest, demands: bool) -> list[dict[str, Any]]:
    payouts, asked = capped_count(_payouts(request)), capped_count(_demands(request))
    return [
        {"label": _("Payouts"), "url": "?tab=payouts", "active": not demands, "count": count_text(payouts)},
        {"label": _("Demands"), "url": "?tab=demands", "active": demands, "count": count_text(asked)},
    ]


def _items(row: Any, page: Any, columns: Any, *, caption: str, sum_: int) -> dict[str, Any]:
    """The items of a payout or a demand, a page of them; what they add up to stands under the last column."""
    table = table_of(columns, page.rows, caption=caption, currency=row.currency)
    return {
        "table": table,
        "sum": sum_,
        "newer_url": f"?before={page.newer}" if page.newer else "",
        "older_url": f"?after={page.older}" if page.older else "",
    }


def _crumbs(reference: str, tab: str) -> list[dict[str, str]]:
    return [
        {"label": _("Payments"), "url": f"{reverse('portal:payments')}?tab={tab}"},
        {"label": reference},
    ]


def _stages(payout: Payout) -> list[dict[str, Any]]:
    """The way to the seller's account, with the day each step was made; it stops where it ended."""
    way = (PayoutState.CREATED, PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID)
    reached = {PayoutState.CREATED.value: payout.created_at}
    reached |= {change.to_state: change.at for change in payout.changes.order_by("pk")}
    if payout.state not in way:
        gone = [state for state in way if state.value in reached]
        done = [{"label": state.label, "state": "done", "at": reached[state.value]} for state in gone]
        ended = {"label": payout.get_state_display(), "state": "stopped", "at": reached.get(payout.state)}
        return [*done, ended]
    place = way.index(PayoutState(payout.state))
    return [
        {
            "label": state.label,
            "state": "done"
            if step < place or place == len(way) - 1
            else "current"
            if step == place
            else "todo",
            "at": reached.get(state.value) if step <= place else None,
        }
        for step, state in enumerate(way)
    ]


def _code(demand: Collection) -> SafeString:
    """What a bank's app reads to pay what is missing; nothing where the country has no such code."""
    market = demand.market
    if not market.entity_iban or not demand.missing:
        return SafeString("")
    said = payment_qr(
        country=market.code,
        iban=market.entity_iban,
        amount_minor=demand.missing,
        currency=demand.currency,
        symbol=demand.symbol,
        name=market.entity_name,
        message=demand.reference,
    )
    # Drawn by us from plain letters; the title is escaped by the one who draws it.
    return mark_safe(qr_svg(said, _("Payment code"))) if said else SafeString("")  # noqa: S308
