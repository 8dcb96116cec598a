"""Answers that every list gives: its page, and itself as a workbook."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from marketplace.kernel.audit import record
from sellers.door.entry import SellerRequest
from sellers.portal.list_export import write_list
from sellers.portal.listing import Listing, listed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_page(
    request: SellerRequest,
    listing: Listing,
    own: "QuerySet[Any]",
    *,
    template: str,
    tabs: Any = None,
    **told: Any,
) -> HttpResponse:
    """A list's page; ``told`` is what it shows besides the list."""
    shown = listed(listing, own, request.GET, request.seller, tabs=tabs)
    return render(request, template, shown | told)


def list_workbook(request: SellerRequest, listing: Listing, own: "QuerySet[Any]") -> HttpResponseBase:
    """The list as it is narrowed and sorted, as a download; the audit trail notes it."""
    rows = listing.narrow(own, request.GET, request.seller)

    def write(file: IO[bytes], at: datetime) -> None:
        sort = request.GET.get("sort", "")
        write_list(file, listing=listing, rows=rows, sort=sort, seller=request.seller, at=at)

    return workbook(request, listing.name, write)


def workbook(
    request: SellerRequest, name: str, write: Callable[[IO[bytes], datetime], object]
) -> HttpResponseBase:
    """A workbook as a download; the audit trail notes it."""
    now, seller = timezone.now(), request.seller
    record(
        verb="list.exported",
        subject=name,
        by=request.user,
        at=now,
        seller_id=seller.pk,
        details=request.GET.dict(),
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it, and it is gone
    write(file, now)
    file.seek(0)
    filename = f"{name}-{seller.partner_number}-{timezone.localdate():%Y-%m-%d}.xlsx"
    answer = FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX)
    answer["Cache-Control"] = "no-store"
    return answer
