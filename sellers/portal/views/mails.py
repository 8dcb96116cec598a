"""The mails a seller sent: what became of each file, and what we answered; and who may send."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.mailroom.models import AllowedSender, Mail
from sellers.mailroom.operations.senders import (
    NoAddress,
    TooBroad,
    TooManySenders,
    allow_sender,
    forbid_sender,
)
from sellers.mailroom.queries import files_in, mails_of
from sellers.mailroom.wording import told_of, why_text
from sellers.portal.columns import table_of
from sellers.portal.lists.mails import MAILS, mail_badge
from sellers.portal.lists.receipts import OF_BUNDLE
from sellers.portal.paging import cut_page
from sellers.portal.views.lists import list_page, list_workbook


@require_GET
@seller_view(Role.VIEWER)
def mail_list(request: SellerRequest) -> HttpResponse:
    """The seller's mails, the newest first."""
    market = request.seller.market
    empty = {
        "title": _("No mail has come yet"),
        "text": _("Mail receipts to %(receipts)s, and workbooks and invoices to %(accounting)s.")
        % {"receipts": market.receipts_email, "accounting": market.accounting_email},
        "icon": "mail",
    }
    return list_page(
        request,
        MAILS,
        _own(request),
        template="portal/mails.html",
        empty=empty,
        crumbs=_crumbs(_("Mails received")),
    )


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def mail_export(request: SellerRequest) -> HttpResponseBase:
    """The list of mails as a workbook."""
    return list_workbook(request, MAILS, _own(request))


@require_GET
@seller_view(Role.VIEWER)
def mail_detail(request: SellerRequest, pk: int) -> HttpResponse:
    """One mail: what became of each of its files, and our answer.

    A sender may send for several sellers: of such a mail each sees its own files alone, and no answer.
    """
    mail = get_object_or_404(_own(request), pk=pk)
    is_whole = mail.seller_id == request.seller.pk
    told = {
        "mail": mail,
        "badge": mail_badge(mail),
        "why": why_text(mail) if mail.why else "",
        "told": told_of(mail) if is_whole and mail.bundle_id is None else [],
        "answer": mail.answer if is_whole else None,
        "crumbs": _crumbs(mail.subject or _("Mail"), reverse("portal:mails")),
        **_files(request, mail),
    }
    return render(request, "portal/mail.html", told)


@require_POST
@seller_view(Role.OWNER)
def allow(request: SellerRequest) -> HttpResponse:
    """Let an address, or all of a domain, send for the seller."""
    address = request.POST.get("address", "").replace("\x00", "")[:254]
    try:
        row = allow_sender(seller_id=request.seller.pk, address=address, by=request.user, at=timezone.now())
        messages.success(request, _("%(address)s may send for you now.") % {"address": row.address})
    except (NoAddress, TooBroad, TooManySenders) as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("portal:settings") + "#senders")


@require_POST
@seller_view(Role.OWNER)
def forbid(request: SellerRequest, pk: int) -> HttpResponse:
    """Take an address's right to send for the seller away."""
    row = get_object_or_404(AllowedSender.objects.filter(seller=request.seller), pk=pk)
    forbid_sender(sender_id=row.pk, by=request.user, at=timezone.now())
    messages.success(request, _("%(address)s may not send for you any more.") % {"address": row.address})
    return redirect(reverse("portal:settings") + "#senders")


def _own(request: SellerRequest) -> "QuerySet[Mail]":
    return mails_of(request.seller)


def _files(request: SellerRequest, mail: Mail) -> dict[str, Any]:
    rows = files_in(mail, seller=request.seller).select_related("bundle")
    page = cut_page(rows, field="position", descending=False, asked=request.GET.dict())
    return {
        "table": table_of(
            OF_BUNDLE.columns,
            page.rows,
            caption=_("What became of each file"),
            currency=request.seller.market.currency,
            sortable=False,
        ),
        "newer_url": f"?before={page.newer}" if page.newer else "",
        "older_url": f"?after={page.older}" if page.older else "",
    }


def _crumbs(label: str, mails: str = "") -> list[dict[str, str]]:
    way = [{"label": _("Mails received"), "url": mails}] if mails else []
    return [{"label": _("Receipts"), "url": reverse("portal:receipts")}, *way, {"label": label}]
