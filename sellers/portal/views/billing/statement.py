"""Movements: the seller's account as a statement."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.kernel.zones import start_of_day
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.portal.as_of import AsOf, asked_day
from sellers.portal.billing.entry import READERS, billing_view
from sellers.portal.billing.statement import BOOKS, Book, book_of, entries_of, sums_of
from sellers.portal.lists.statement import statement_of
from sellers.portal.views.lists import list_page, list_workbook


@require_GET
@billing_view(READERS)
def statement(request: SellerRequest) -> HttpResponse:
    """What came on the account and went off it, with what stood after each, now or at the end of a day."""
    book, as_of = book_of(request.GET.get("tab", "")), asked_day(request)
    listing = statement_of(request.seller, book)
    return list_page(
        request,
        listing,
        entries_of(request.seller, book, before=as_of.before),
        template="portal/billing/statement.html",
        tabs=_tabs(request, book),
        tab=book.name,
        as_of=as_of,
        book=book,
        sums=_sums(request, book, as_of),
        balance=sums_of(request.seller, book, since=None, until=as_of.before).closing,
        market=request.seller.market,
        export_url=reverse("portal:billing_export"),
        empty={
            "title": _("Nothing was booked yet"),
            "text": _(
                "Your first deposit begins this statement. How to pay in stands on the deposits' page."
            ),
            "url": reverse("portal:deposits"),
            "link": _("Go to the deposits"),
            "icon": "wallet",
        },
    )


@require_GET
@billing_view(READERS)
@limited("export")
def statement_export(request: SellerRequest) -> HttpResponseBase:
    """The statement as a workbook."""
    book = book_of(request.GET.get("tab", ""))
    entries = entries_of(request.seller, book, before=asked_day(request).before)
    return list_workbook(request, statement_of(request.seller, book), entries)


def _sums(request: SellerRequest, book: Book, as_of: AsOf) -> Any:
    """What stood before the days chosen, what came and went, and what stands after them."""
    told, zone = statement_of(request.seller, book).form(request.GET).cleaned_data, request.seller.market.zone
    since = start_of_day(told["since"], zone) if told.get("since") else None
    until = start_of_day(told["until"] + timedelta(days=1), zone) if told.get("until") else None
    return sums_of(request.seller, book, since=since, until=_earlier(until, as_of.before))


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min(filter(None, (first, second)), default=None)


def _tabs(request: SellerRequest, chosen: Book) -> list[dict[str, Any]]:
    """The parts of the account, for the same days."""
    query = request.GET.copy()
    for key in ("after", "before", "tab", "q"):
        query.pop(key, None)
    tabs = []
    for book in BOOKS.values():
        query["tab"] = book.name
        url = f"?{query.urlencode()}"
        tabs.append({"label": book.label, "url": url, "active": book is chosen, "count": None})
    return tabs
