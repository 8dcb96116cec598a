"""Random weeks of voucher and split payments, returns and refunds, against a reference in plain Python."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.orders.models import Refund
from marketplace.orders.operations.refunding import pay_refund, reactivate_voucher
from marketplace.parties.models import BusinessModel, Cadence, Market
from marketplace.vouchers.models import Voucher
from tests.cast import settle, take
from tests.orders.telling import goods, shipping, tell_order, tender
from tests.stories.hungary import by_voucher, come_back, give_voucher, make_agent, make_hungary

FIRST = date(2026, 9, 7)
WEEKS = 4
VAT, COMMISSION = Fraction(27, 100), Fraction(12, 100)
numbers = count(1)


def nearest(amount: Fraction) -> int:
    """Half away from zero."""
    return int(abs(amount) + Fraction(1, 2)) * (1 if amount >= 0 else -1)


@dataclass
class Sold:
    """An order on paper: what was bought, how it was paid, and what came back when."""

    number: str
    unit: int
    bought: int
    delivery: int
    voucher: int
    rest: str
    week: int
    back: list[tuple[int, int]] = field(default_factory=list)
    refunded: list[tuple[int, int]] = field(default_factory=list)
    billed: int | None = None
    credited: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.unit * self.bought + self.delivery

    def left(self, week: int) -> int:
        return self.bought - sum(amount for back, amount in self.back if back <= week)

    def given_by_seller(self, week: int) -> int:
        return sum(amount for paid, amount in self.refunded if paid <= week)


def resale(unit: int, goods_left: int, delivery: int) -> int:
    """The purchase price, net: each line rounded once."""
    whole = nearest(Fraction(unit * goods_left) * (1 - COMMISSION) / (1 + VAT))
    return whole + nearest(Fraction(delivery) / (1 + VAT))


def agency(unit: int, goods_left: int, delivery: int) -> int:
    """The commission, net: none on the delivery."""
    return nearest(Fraction(unit * goods_left) * COMMISSION / (1 + VAT))


@dataclass
class Paper:
    """What an honest bookkeeper expects of each week."""

    model: str
    price: Callable[[int, int, int], int]
    orders: list[Sold] = field(default_factory=list)

    def held(self, order: Sold, week: int) -> int:
        """The customer's cash the seller holds, less what it gave back."""
        own = order.rest == "cod" or (order.rest == "transfer" and self.model == BusinessModel.AGENCY)
        return (order.total - order.voucher - order.given_by_seller(week)) if own else 0

    def document(self, week: int) -> tuple[int, int, int] | None:
        """Customers' total, what is billed gross, and cash held by the seller, of all orders due."""
        rows = []
        for order in self.orders:
            if order.billed is None and order.week <= week:
                total, held = (
                    order.total - order.unit * (order.bought - order.left(week)),
                    self.held(order, week),
                )
                if total or held:
                    order.billed = week
                    rows.append((total, self.price(order.unit, order.left(week), order.delivery), held))
        if not rows:
            return None
        net = sum(row[1] for row in rows)
        return sum(row[0] for row in rows), net + nearest(net * VAT), sum(row[2] for row in rows)

    def credit(self, week: int) -> tuple[int, int, int] | None:
        """The mirror: what came back, what is credited gross, and what the seller gave back."""
        total = net = given = 0
        found = False
        for order in self.orders:
            if order.billed is None or order.billed > week:
                continue
            for back, amount in order.back:
                if order.billed < back == week:
                    total, found = total + order.unit * amount, True
                    net += self._credit(order, amount)
            late = [amount for paid, amount in order.refunded if order.billed < paid == week]
            given, found = given + sum(late), found or bool(late)
        return (total, net + nearest(net * VAT), given) if found else None

    def _credit(self, order: Sold, amount: int) -> int:
        assert order.billed is not None
        at_first = order.left(order.billed)
        part = self.price(order.unit, amount, 0)
        if amount + sum(order.credited) == at_first:
            part = self.price(order.unit, at_first, 0) - sum(
                self.price(order.unit, each, 0) for each in order.credited
            )
        order.credited.append(amount)
        return part

    def due(self, document: tuple[int, int, int] | None, credit: tuple[int, int, int] | None) -> int:
        """Net due to the seller: E - C, as the design has it."""
        due = 0
        for sign, told in ((1, document), (-1, credit)):
            if told:
                total, billed, held = told
                part = billed if self.model == BusinessModel.RESALE else total - billed
                due += sign * (part - held)
        return due


ORDERS = st.lists(
    st.fixed_dictionaries(
        {
            "unit": st.integers(1_00, 90_000_00),
            "bought": st.integers(1, 3),
            "delivery": st.sampled_from([0, 990_00]),
            "voucher": st.sampled_from([0, 0, 30, 77, 100]),
            "rest": st.sampled_from(["card", "transfer", "cod"]),
            "back": st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=2),
            "gives": st.sampled_from(["at once", "a week later", "never"]),
        }
    ),
    max_size=3,
)


@pytest.mark.parametrize("model", [BusinessModel.RESALE, BusinessModel.AGENCY])
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
@given(weeks=st.lists(ORDERS, min_size=WEEKS - 1, max_size=WEEKS - 1))
def test_the_books_agree_with_paper(
    model: BusinessModel, db: None, weeks: list[list[dict[str, Any]]]
) -> None:
    point = transaction.savepoint()
    try:
        play(model, weeks)
    finally:
        transaction.savepoint_rollback(point)


def play(model: BusinessModel, weeks: list[list[dict[str, Any]]]) -> None:
    market = make_hungary(practical_unit=1)
    seller = make_agent(market, model=model, cadence=Cadence.WEEK)
    paper = Paper(model, resale if model == BusinessModel.RESALE else agency)
    plans = [(sell(market, paper, plan, week), plan) for week, told in enumerate(weeks) for plan in told]
    for week in range(WEEKS):
        for order, plan in plans:
            bring_back(market, paper, order, plan, week)
        check_week(market, paper, week)
    pay_everything_back(market)
    assert run_checks() == []
    assert seller.pk


def sell(market: Market, paper: Paper, plan: dict[str, Any], week: int) -> Sold:
    number = f"N{next(numbers)}"
    total = plan["unit"] * plan["bought"] + plan["delivery"]
    voucher = total * plan["voucher"] // 100
    tenders = []
    if voucher:
        give_voucher(market, f"CODE-{number}", text(voucher + 500))
        tenders.append(by_voucher(f"CODE-{number}", text(voucher)))
    day = FIRST + timedelta(weeks=week, days=1)
    if total > voucher:
        tenders.append(tender(plan["rest"], text(total - voucher), paid_at=f"{day}T09:00:00+02:00"))
    lines = [goods(text(plan["unit"]), vat="27", quantity=plan["bought"])]
    lines += [shipping(text(plan["delivery"]), vat="27")] if plan["delivery"] else []
    told = tell_order(
        number=number,
        seller="4711",
        currency="HUF",
        lines=lines,
        tenders=tenders,
        placed=f"{day}T08:00:00+02:00",
        delivered=f"{day}T12:00:00+02:00",
    )
    told["status_times"] = {"delivered": told["status_times"]["delivered"]}
    (taken,) = take(market, told)
    assert taken.outcome == "taken", taken.reason
    order = Sold(number, plan["unit"], plan["bought"], plan["delivery"], voucher, plan["rest"], week)
    paper.orders.append(order)
    return order


def bring_back(market: Market, paper: Paper, order: Sold, plan: dict[str, Any], week: int) -> None:
    """Have what the plan says come back in this week, as far as there is something left."""
    for place, (later, wanted) in enumerate(plan["back"]):
        amount = min(wanted, order.left(week))
        if order.week + later != week or not amount:
            continue
        number = f"R{order.number}-{place}"
        at = f"{FIRST + timedelta(weeks=week, days=2 + place)}T10:00:00+02:00"
        facts: dict[str, Any] = {"at": at, "lines": [{"line": 1, "quantity": amount}]}
        told = come_back(market, number, order.number, **facts)
        assert told.outcome == "taken", told.reason
        order.back.append((week, amount))
        give_back(market, paper, order, plan["gives"], week, number, facts)


def give_back(
    market: Market, paper: Paper, order: Sold, gives: str, week: int, number: str, facts: dict[str, Any]
) -> None:
    """The seller gives back what it holds of the customer's money; in agency that is its own affair."""
    own = Refund.objects.filter(returned__number=number, payer="seller").first()
    if own is None:
        return
    if paper.model == BusinessModel.AGENCY:
        order.refunded.append((week, own.amount))
        return
    if gives == "never":
        return
    paid = week + (gives == "a week later")
    at = f"{FIRST + timedelta(weeks=paid, days=5)}T10:00:00+02:00"
    refund = {"method": own.tender.method, "amount": text(own.amount), "paid_by": "seller", "paid_at": at}
    told = come_back(market, number, order.number, **facts, refunds=[refund])
    assert told.outcome == "moved", told.reason
    order.refunded.append((paid, own.amount))


def check_week(market: Market, paper: Paper, week: int) -> None:
    last = FIRST + timedelta(weeks=week, days=6)
    answer = settle(market, last, datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC))[-1]
    document, credit = paper.document(week), paper.credit(week)
    assert (answer["document"] is not None, answer.get("credit_document") is not None) == (
        document is not None,
        credit is not None,
    )
    if document:
        billed = "purchase_gross" if paper.model == BusinessModel.RESALE else "commission_gross"
        told = (answer["customer_total"], answer[billed], answer["held_by_seller"])
        assert told == tuple(map(text, document))
    if document or credit:
        due = paper.due(document, credit)
        sign = 1 if answer["net"]["payer"] == "marketplace" else -1
        assert (sign if due else 1) * cents(answer["net"]["amount"]) == due
    assert run_checks() == []


def pay_everything_back(market: Market) -> None:
    """Customers get all that the marketplace owes them; what is left are papers not yet settled."""
    for refund in Refund.objects.filter(payer="marketplace", state="owed"):
        if refund.tender.voucher_id is not None:
            reactivate_voucher(refund_id=refund.pk, by=None, at=timezone.now())
        else:
            pay_refund(refund_id=refund.pk, paid_at=timezone.now(), by=None, at=timezone.now())
    owed = sum(Voucher.objects.filter(market=market).values_list("balance", flat=True))
    assert balance(market_id=market.pk, kind="vouchers") == -owed


def text(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def cents(told: str) -> int:
    return int(told.replace(".", ""))
