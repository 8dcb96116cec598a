"""What the start page says of billing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.parties.models import Seller
from sellers.door.templatetags.days import through
from settlement.billing.models import AutomaticRun, ChangeRequest, RequestState, RunState
from settlement.billing.queries import Standing, standing_of

NEWS = timedelta(days=7)
"""How long an answer counts as new."""

ANSWERED = {RequestState.DONE: ("ok", "circle-check"), RequestState.DECLINED: ("bad", "alert-circle")}


@dataclass(frozen=True, slots=True)
class News:
    """Something to look at, with its page."""

    text: str
    url: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Card:
    """How the seller's deposits stand, and what was answered or refused."""

    standing: Standing
    news: Sequence[News]


def billing_card(seller: Seller, *, at: datetime) -> Card | None:
    """The start page's card; none where nothing is paid in ahead."""
    if not seller.market.takes_deposits:
        return None
    return Card(standing_of(seller), [*_refused(seller), *_answered(seller, at)])


def _refused(seller: Seller) -> list[News]:
    runs = AutomaticRun.objects.of(seller).filter(state=RunState.REFUSED).order_by("-first_on", "-pk")[:1]
    text = _("Deposits of %(period)s could not be invoiced automatically")
    url = reverse("portal:automatic") + "#runs"
    return [News(text % {"period": _period(run)}, url, "bad", "alert-triangle") for run in runs]


def _period(run: AutomaticRun) -> str:
    return through(run.first_on, run.end_on - timedelta(days=1))


def _answered(seller: Seller, at: datetime) -> list[News]:
    decided = ChangeRequest.objects.of(seller).filter(decided_at__gte=at - NEWS, state__in=list(ANSWERED))
    return [
        News(
            f"{row.reference}: {row.get_wish_display()} – {row.get_state_display()}",
            reverse("portal:change_request", args=[row.reference]),
            *ANSWERED[RequestState(row.state)],
        )
        for row in decided.order_by("-decided_at")[:5]
    ]
