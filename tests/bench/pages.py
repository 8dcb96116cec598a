"""What a page of orders costs, near the front and deep down, for a small seller and a large one."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from marketplace.orders.models import Order
from marketplace.parties.models import Role, Seller
from sellers.portal.paging import PAGE_ROWS, capped_count, cut_page
from tests.cast import client_of, make_member

DEPTH = 0.75
TIMES, PAGES = 15, 40


@dataclass(frozen=True)
class Timed:
    """Milliseconds: the median and the slow end."""

    median: float
    p95: float


def timed(act: Callable[[], Any], times: int = TIMES) -> Timed:
    """How long an act takes by the clock, after a first time that does not count."""
    act()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1000)
    return Timed(statistics.median(took), statistics.quantiles(took, n=20)[-1])


def deep_cursor(seller: Seller, count: int) -> str:
    """The cursor of a page three quarters down a seller's orders, newest first."""
    rows = Order.objects.of(seller).order_by("-placed_at", "-pk")
    place = int(count * DEPTH) - PAGE_ROWS
    before = rows[place - 1]
    start = cut_page(Order.objects.of(seller).filter(placed_at__lte=before.placed_at), field="placed_at",
                     descending=True, asked={})  # fmt: skip
    return start.older


def reading(seller: Seller, count: int) -> dict[str, Timed]:
    """The queries behind a page, ours and the usual ones."""
    own = Order.objects.of(seller)
    newest = own.order_by("-placed_at", "-pk")
    place, cursor = int(count * DEPTH), deep_cursor(seller, count)

    def page(asked: dict[str, str]) -> Callable[[], Any]:
        return lambda: cut_page(own, field="placed_at", descending=True, asked=asked)

    return {
        "first page, by its key": timed(page({})),
        "page at 75 %, by its key": timed(page({"after": cursor})),
        "page at 75 %, by OFFSET": timed(lambda: list(newest[place : place + PAGE_ROWS + 1])),
        "count, capped at 1,001": timed(lambda: capped_count(own)),
        "count of all": timed(own.count),
    }


def client_for(seller: Seller) -> Client:
    """A browser of a member of this seller."""
    return client_of(make_member(seller, f"{seller.partner_number}@bench.example", Role.OWNER))


def rendering(seller: Seller, count: int) -> dict[str, Timed]:
    """The page of orders as the seller's browser gets it."""
    client, url = client_for(seller), reverse("portal:orders")

    def get(query: str) -> Callable[[], Any]:
        return lambda: _fine(client.get(url + query))

    return {
        "first page": timed(get(""), PAGES),
        "page at 75 %": timed(get(f"?after={deep_cursor(seller, count)}"), PAGES),
    }


def _fine(answer: Any) -> None:
    assert answer.status_code == 200, answer.status_code
