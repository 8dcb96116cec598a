"""How ready a channel is: the score, what is missing, and a rehearsal of a month's orders."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.users.limits import limited
from sellers.erp.readiness import MOST_REHEARSED, rehearsal_of
from sellers.erp.refusals import ADVICE, CAUSES
from sellers.erp.rules.causes import Cause
from sellers.portal.columns import table_of
from sellers.portal.erp.card import reading_of
from sellers.portal.erp.entry import READERS, ChannelRequest, channel_view, may_act
from sellers.portal.erp.fixes import fix_url
from sellers.portal.erp.rehearsal import COLUMNS, causes_in, narrowed, shown_page, tabs_of
from sellers.portal.list_export import write_rows
from sellers.portal.views.lists import workbook

MOST_SKUS = 20


@require_GET
@channel_view(READERS)
def readiness(request: ChannelRequest) -> HttpResponse:
    """The score and what is missing, and what would become of each order of the month."""
    channel, now = request.channel, timezone.now()
    rehearsal = rehearsal_of(channel, at=now)
    ready, asked = rehearsal.readiness, request.GET
    rows = narrowed(rehearsal.rows, asked)
    page = shown_page(rows, asked)
    currency = request.seller.market.currency
    told: dict[str, Any] = {
        "channel": channel,
        "ready": ready,
        "reading": reading_of(channel, at=now),
        "causes": [_told(*each) for each in ready.causes[:MOST_SKUS]],
        "more_causes": max(len(ready.causes) - MOST_SKUS, 0),
        "unmatched": ready.unmatched[:MOST_SKUS],
        "more_unmatched": max(len(ready.unmatched) - MOST_SKUS, 0),
        "is_cut": ready.orders >= MOST_REHEARSED,
        "rows": rehearsal.rows,
        "page": page,
        "table": table_of(COLUMNS, page.rows, caption=_("Rehearsal"), currency=currency, sortable=False),
        "tabs": tabs_of(rehearsal.rows, asked),
        "cause_choices": causes_in(rehearsal.rows),
        "asked": asked,
        "keep": {name: asked[name] for name in ("tab", "cause") if name in asked},
        "narrowed": any(asked.get(name) for name in ("q", "cause", "about")),
        "export_query": asked.urlencode(),
        "may_act": may_act(request),
        "crumbs": [
            {"label": _("Channels"), "url": reverse("portal:erp_channels")},
            {"label": _("Readiness")},
        ],
    }
    return render(request, "portal/erp/readiness.html", told)


def _told(cause: Cause, about: str, count: int) -> dict[str, Any]:
    """A cause in words, with what puts it right."""
    words = {"title": CAUSES[cause], "advice": ADVICE[cause], "code": cause.value}
    return words | {"about": about, "count": count, "url": fix_url(cause)}


@require_GET
@channel_view(READERS)
@limited("export")
def export(request: ChannelRequest) -> HttpResponseBase:
    """The rehearsal as it is narrowed, as a workbook."""
    rows = narrowed(rehearsal_of(request.channel, at=timezone.now()).rows, request.GET)
    title = _("Rehearsal")
    return workbook(
        request,
        "rehearsal",
        lambda file, at: write_rows(
            file, title=title, columns=COLUMNS, rows=rows, seller=request.seller, at=at
        ),
    )
