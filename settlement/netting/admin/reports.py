"""Reports of open items: how old they are, and who holds cash without having invoiced."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.audit import record
from marketplace.kernel.backoffice import actor, money
from marketplace.kernel.desk_parts import Table, figure, link, list_address, list_link, moment
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market
from settlement.documents.models import Document
from settlement.netting.ageing import Aged, Titles, write_ageing
from settlement.netting.models import Item, Side
from settlement.netting.queries import BUCKETS, ageing, cash_without_invoice

ROWS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("open", *(f"upto_{days}" for days in BUCKETS), "beyond")


@dataclass(frozen=True, slots=True)
class Tab:
    """A market one can look at."""

    market: Market
    address: str
    active: bool


def column_labels() -> dict[str, Any]:
    """The columns of an ageing by their names, in words."""
    labels: dict[str, Any] = {}
    first = 0
    for days in BUCKETS:
        span = f"{first}–{days}" if first else f"≤ {days}"
        labels[f"upto_{days}"] = format_lazy(gettext_lazy("{days} days"), days=span)
        first = days + 1
    labels["beyond"] = format_lazy(gettext_lazy("{days} days"), days=f"> {BUCKETS[-1]}")
    return labels


def ageing_page(desk: Any, request: HttpRequest) -> HttpResponse:
    """What is open in a market, per seller and side, by how long it has been due."""
    market = _market(request, Item)
    rows = list(ageing(market=market, on=local_date(timezone.now(), market.zone)))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    table = Table(
        title=_("Open on %(day)s, in %(currency)s") % _head(market),
        words=(_("seller"), _("side")),
        figures=(_("open"), *column_labels().values()),
        rows=[_ageing_row(row, market) for row in page],
        foot=[_ageing_total(rows, side, market) for side in Side],
        empty=_("Nothing is open in this market."),
    )
    context = {
        "table": table,
        "export": f"{reverse('admin:netting_item_ageing_file')}?market={market.code}",
    }
    return _answer(desk, request, _("Ageing"), market, page, context)


def ageing_file(desk: Any, request: HttpRequest) -> HttpResponse:
    """The ageing of a market as a workbook, noted in the audit trail."""
    market, now = _market(request, Item), timezone.now()
    day = local_date(now, market.zone)
    sides = {str(side): str(side.label) for side in Side}
    rows = (
        Aged(
            row["seller__partner_number"],
            row["seller__name"],
            sides[row["side"]],
            tuple(row[name] for name in COLUMNS),
        )
        for row in ageing(market=market, on=day)
    )
    made = BytesIO()
    write_ageing(made, rows, titles=_titles(), currency=market.currency, at=now)
    name = f"ageing-{market.code}-{day}.xlsx"
    record(verb="report.downloaded", subject=name, by=actor(request), at=now)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made.getvalue(), content_type=XLSX, headers=headers)


def cash_page(desk: Any, request: HttpRequest) -> HttpResponse:
    """The documents whose cash sellers hold and have not invoiced, longest waiting first."""
    market = _market(request, Document)
    today = local_date(timezone.now(), market.zone)
    page = Paginator(cash_without_invoice(market=market), ROWS).get_page(request.GET.get("page"))
    table = Table(
        title=_("Not invoiced on %(day)s, in %(currency)s") % _head(market),
        words=(_("invoice document"), _("seller"), _("issued")),
        figures=(_("days"), _("cash held"), _("purchase price"), _("net due to the marketplace")),
        rows=[
            (
                link(document),
                list_link(Item, document.seller, seller=document.seller_id),
                moment(document.issued_on),
                figure((today - document.issued_on).days),
                money(document.held_by_seller, market.currency),
                money(document.purchase_gross, market.currency),
                money(max(-document.net_due, 0), market.currency),
            )
            for document in page
        ],
        empty=_("Every seller who holds cash has invoiced it."),
    )
    return _answer(desk, request, _("Cash without an invoice"), market, page, {"table": table})


def _market(request: HttpRequest, model: Any) -> Market:
    """The market asked for, or the first with any items; nobody looks who may not look at its rows."""
    rights = [f"{model._meta.app_label}.{verb}_{model._meta.model_name}" for verb in ("view", "change")]
    if not any(request.user.has_perm(right) for right in rights):
        raise PermissionDenied
    markets = Market.objects.order_by("code")
    asked = request.GET.get("market")
    used = markets.filter(Exists(Item.objects.filter(market=OuterRef("pk"))))
    market = markets.filter(code=asked).first() if asked else used.first() or markets.first()
    if market is None:
        raise Http404
    return market


def _head(market: Market) -> dict[str, str]:
    day = local_date(timezone.now(), market.zone)
    return {"day": moment(day), "currency": market.currency}


def _answer(
    desk: Any, request: HttpRequest, title: str, market: Market, page: "Page[Any]", context: dict[str, Any]
) -> HttpResponse:
    tabs = [
        Tab(each, f"?market={each.code}", each.pk == market.pk) for each in Market.objects.order_by("code")
    ]
    frame = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": title,
        "subtitle": str(market),
        "market": market,
        "tabs": tabs,
        "page": page,
    }
    return TemplateResponse(request, "admin/netting/report.html", {**frame, **context})


def _ageing_row(row: dict[str, Any], market: Market) -> Sequence[Any]:
    seller = f"{row['seller__partner_number']} {row['seller__name']}"
    query = {"seller": row["seller"], "side__exact": row["side"]}
    return (
        list_link(Item, seller, seller=row["seller"]),
        Side(row["side"]).label,
        *(_amount(row[name], name, query, market) for name in COLUMNS),
    )


def _amount(minor: int, column: str, query: dict[str, Any], market: Market) -> SafeString:
    """An amount that leads to the items it is made of."""
    if not minor:
        return format_html('<span class="money none">{}</span>', "–")
    asked = query if column == "open" else {**query, "due": column}
    return format_html(
        '<span class="money"><a href="{}">{}</a></span>',
        list_address(Item, **asked),
        money(minor, market.currency),
    )


def _ageing_total(rows: Sequence[dict[str, Any]], side: Side, market: Market) -> Sequence[Any]:
    sums = [sum(row[name] for row in rows if row["side"] == side) for name in COLUMNS]
    return (_("Total"), side.label, *(money(amount, market.currency) for amount in sums))


def _titles() -> Titles:
    return Titles(
        sheet=_("Ageing"),
        partner_number=_("Partner number"),
        seller=_("Seller"),
        side=_("Side"),
        amounts=[_("Open"), *(str(label) for label in column_labels().values())],
        currency=_("Currency"),
    )
