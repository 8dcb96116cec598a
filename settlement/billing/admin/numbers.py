"""The number series of billing in the back office: an auditor sees at once that none has a gap."""

from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from marketplace.kernel.backoffice import badge
from marketplace.kernel.desk import DeskAdmin
from marketplace.kernel.desk_parts import Notice, Table, figure
from settlement.billing.series import Series, all_series

MOST = 10
"""Missing numbers that are named."""


def numbers_page(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """Every series with its first and last number, how many there are, and whether one is missing."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    series = list(all_series())
    notices = [_summary(series)] if series else []
    return desk.own_page(request, title=_("Numbers"), notices=notices, tables=[_table(series)])


def _summary(series: list[Series]) -> Notice:
    broken = sum(not each.whole for each in series)
    if broken:
        return Notice(
            _("Series that are broken: %(count)s. Look at them at once.") % {"count": broken}, "bad"
        )
    return Notice(_("Every series begins at one and has no gap and no number twice."), "ok")


def _table(series: list[Series]) -> Table:
    return Table(
        title=_("Number series"),
        words=(_("what"), _("market"), _("year"), _("first"), _("last"), _("check")),
        figures=(_("numbers given"), _("papers")),
        rows=[
            (
                each.papers.name,
                each.market,
                each.year,
                each.first,
                each.last,
                _check(each),
                figure(each.given),
                figure(each.count),
            )
            for each in series
        ],
        empty=_("No number was given yet."),
    )


def _check(series: Series) -> Any:
    if series.whole:
        return badge(_("no gap"), "ok")
    missing = [str(number) for number in islice(series.missing(), MOST + 1)]
    if len(missing) > MOST:
        missing[MOST] = "…"
    if missing:
        return badge(_("missing: %(numbers)s") % {"numbers": ", ".join(missing)}, "bad")
    return badge(_("more papers than numbers"), "bad")
