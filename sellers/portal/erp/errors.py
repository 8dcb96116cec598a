"""The errors queue: failed orders by cause and by what the cause is about, and what is on its way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from marketplace.orders.models import OrderLine
from marketplace.parties.models import Seller
from sellers.erp.models import ChannelState, ErpInvoice, ErpState
from sellers.erp.queries import TO_DO
from sellers.erp.refusals import ADVICE, CAUSES
from sellers.erp.rules.causes import Cause
from sellers.portal.erp.fixes import setting_url

THINGS_SHOWN, THINGS_OF_A_PAGE, ORDERS_SHOWN = 5, 40, 3
OF_A_SKU = (Cause.SKU_MISSING, Cause.SKU_TWICE, Cause.VARIANT)
TOGETHER = (Cause.SHIPPING_ITEM, Cause.COD_ITEM, Cause.CANCELLED, Cause.NO_DOCUMENT, Cause.SHARED)
"""What these are about is another thing for each order, or no matter: they are told together."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What orders failed for, such as one SKU: how many did, and the last of them; ``product`` is what the
    orders call the SKU.
    """

    about: str
    count: int
    numbers: Sequence[str]
    product: str = ""

    @property
    def key(self) -> str:
        """Its name among a page's elements."""
        return mark_of(self.about)


@dataclass(frozen=True, slots=True)
class Group:
    """A cause with the things it is about, those with the most orders first; ``more`` are not shown."""

    cause: Cause
    title: str
    advice: str
    count: int
    things: Sequence[Thing]
    more: int
    fix: str
    is_of_sku: bool
    is_to_do: bool


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Orders in one state on their way; ``since`` the oldest was asked for."""

    state: ErpState
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Orders of which nobody knows whether a company's books, no longer connected, have them."""

    company: str
    count: int


def failed_of(seller: Seller) -> "QuerySet[ErpInvoice]":
    """All orders of a seller in its errors queue."""
    return ErpInvoice.objects.of(seller).filter(state=ErpState.FAILED)


def counts_by_cause(seller: Seller) -> dict[Cause, tuple[int, int]]:
    """How many orders failed for each cause, and of how many things."""
    rows = _told(failed_of(seller)).values("cause")
    rows = rows.annotate(orders=Count("pk"), things=Count("thing", distinct=True)).order_by(
        "-orders", "cause"
    )
    return {Cause(each["cause"]): (each["orders"], each["things"]) for each in rows}


def groups_of(seller: Seller, *, only: Cause | None = None, first: int = 0) -> list[Group]:
    """The causes with the first things of each; of the only one asked for, those of a page."""
    counts = counts_by_cause(seller)
    chosen = sorted((cause for cause in counts if only in (None, cause)), key=_is_idle)
    most = THINGS_SHOWN if only is None else THINGS_OF_A_PAGE
    things = _things(seller, chosen, first, first + most)
    return [_group(cause, counts[cause], things.get(cause, []), first) for cause in chosen]


def on_the_way(seller: Seller) -> list[OnTheWay]:
    """What is on its way into the connected books, by state."""
    rows = ErpInvoice.objects.of(seller).filter(state__in=TO_DO).exclude(lost())
    found = rows.values("state").annotate(count=Count("pk"), since=Min("asked_at"))
    by_state = {ErpState(each["state"]): (each["count"], each["since"]) for each in found}
    return [OnTheWay(state, *by_state[state]) for state in TO_DO if state in by_state]


def left_behind(seller: Seller) -> list[LeftBehind]:
    """What may be in books that are connected no more, by company."""
    rows = ErpInvoice.objects.of(seller).filter(lost()).values("channel", "channel__company", "channel__name")
    found = rows.annotate(count=Count("pk")).order_by("-count", "channel")
    return [LeftBehind(each["channel__company"] or each["channel__name"], each["count"]) for each in found]


def mark_of(*told: object) -> str:
    """A short mark of what a page tells: the same as long as it tells the same."""
    return sha256(repr(told).encode()).hexdigest()[:16]


def lost() -> Q:
    """What was being sent, or looked up, when its channel was disconnected."""
    return Q(channel__state=ChannelState.OFF, state__in=[ErpState.UNKNOWN, ErpState.SENDING])


def _is_idle(cause: Cause) -> bool:
    """Nothing is to be done about it."""
    return cause == Cause.CANCELLED


def _group(cause: Cause, counts: tuple[int, int], things: Sequence[Thing], first: int) -> Group:
    orders, of_things = counts
    return Group(
        cause=cause,
        title=str(CAUSES[cause]),
        advice=str(ADVICE[cause]),
        count=orders,
        things=things,
        more=max(of_things - first - len(things), 0),
        fix=setting_url(cause),
        is_of_sku=cause in OF_A_SKU,
        is_to_do=not _is_idle(cause),
    )


def _things(seller: Seller, causes: Iterable[Cause], first: int, end: int) -> dict[Cause, list[Thing]]:
    """What orders failed for, and the last orders of each thing."""
    rows = _told(failed_of(seller).filter(cause__in=[cause.value for cause in causes]))
    counted = rows.values("cause", "thing").annotate(orders=Count("pk"))
    place = Window(RowNumber(), partition_by=F("cause"), order_by=[F("orders").desc(), F("thing").asc()])
    shown = list(counted.annotate(place=place).filter(place__gt=first, place__lte=end).order_by("place"))
    samples = _samples(rows, [each["thing"] for each in shown])
    products = _products(samples, [each["thing"] for each in shown if each["cause"] in OF_A_SKU])
    found: dict[Cause, list[Thing]] = {}
    for each in shown:
        numbers = [number for number, _key in samples.get((each["cause"], each["thing"]), [])]
        thing = Thing(each["thing"], each["orders"], numbers, products.get(each["thing"], ""))
        found.setdefault(Cause(each["cause"]), []).append(thing)
    return found


def _told(rows: "QuerySet[ErpInvoice]") -> "QuerySet[Any]":
    """Each order with the thing it failed for; "" where that is another for each order."""
    together = [cause.value for cause in TOGETHER]
    return rows.annotate(thing=Case(When(cause__in=together, then=Value("")), default=F("about")))


def _samples(rows: "QuerySet[Any]", things: Sequence[str]) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """The last orders of each thing as (number, key)."""
    window = Window(RowNumber(), partition_by=[F("cause"), F("thing")], order_by=F("pk").desc())
    last = rows.filter(thing__in=things).annotate(place=window).filter(place__lte=ORDERS_SHOWN)
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for cause, thing, number, key in last.order_by("place").values_list(
        "cause", "thing", "order__number", "order"
    ):
        found.setdefault((cause, thing), []).append((number, key))
    return found


def _products(
    samples: Mapping[tuple[str, str], Sequence[tuple[str, int]]], skus: Sequence[str]
) -> dict[str, str]:
    """What the orders call these SKUs."""
    keys = [key for rows in samples.values() for _number, key in rows]
    lines = OrderLine.objects.filter(order__in=keys, sku__in=skus) if skus else OrderLine.objects.none()
    return dict(lines.order_by("pk").values_list("sku", "name"))
