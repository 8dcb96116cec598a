"""What is owed on vouchers, and their list as a file."""

import csv
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.backoffice import badge, money
from marketplace.kernel.desk import DeskAdmin, acting
from marketplace.kernel.desk_parts import Table, figure, list_link
from marketplace.kernel.money import decimal_text
from marketplace.vouchers.models import Voucher
from marketplace.vouchers.queries import Liability, liabilities

CHUNK = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Where a spreadsheet would take a text for a formula."""


def totals_page(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """What each market owes on vouchers: the sum of the balances beside what the books say."""
    table = Table(
        title=_("Owed on vouchers"),
        words=(_("market"), _("check")),
        figures=(_("vouchers"), _("can pay"), _("blocked"), _("sum of balances"), _("in the books")),
        rows=[
            (
                list_link(Voucher, each.market, market__id__exact=each.market.pk, left="some"),
                _check(each),
                *(figure(number) for number in (each.issued, each.usable, each.blocked)),
                money(each.balances, each.market.currency),
                money(each.booked, each.market.currency),
            )
            for each in liabilities()
        ],
        empty=_("No vouchers were issued yet."),
    )
    return desk.own_page(request, title=_("Owed on vouchers"), tables=[table])


def export(desk: DeskAdmin, request: HttpRequest) -> HttpResponseBase:
    """The list as it is narrowed and sorted, as a file; noted in the audit trail."""
    try:
        rows = desk.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        messages.error(request, _("There is no such list."))
        return redirect("admin:vouchers_voucher_changelist")
    sees = request.user.has_perm("vouchers.see_code")
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(_titles())
    table.writerows(_lines(rows, sees))
    text.flush()
    text.detach()
    out.seek(0)
    name = f"vouchers-{timezone.now():%Y-%m-%d}.csv"
    record(verb="list.downloaded", subject=name, details={"codes": sees}, **acting(request))
    answer = FileResponse(out, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


def _titles() -> Sequence[str]:
    return (
        _("code"),
        _("market"),
        _("state"),
        _("how it came about"),
        _("issued for"),
        _("balance"),
        _("currency"),
        _("issued"),
        _("last day"),
    )


def _lines(rows: Any, sees: bool) -> Iterator[Sequence[str]]:
    for row in rows.iterator(chunk_size=CHUNK):
        yield (
            _text(row.code if sees else row.masked),
            row.market.code,
            str(row.get_state_display()),
            str(row.get_origin_display()),
            decimal_text(row.amount),
            decimal_text(row.balance),
            row.currency,
            row.issued_at.isoformat(),
            row.expires_on.isoformat() if row.expires_on else "",
        )


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _check(told: Liability) -> SafeString:
    if told.balances == told.booked:
        return badge(_("equal"), "ok")
    off = money(told.balances - told.booked, told.market.currency)
    return format_html("{} {}", badge(_("differs"), "bad"), off)
