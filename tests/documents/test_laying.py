"""What SQL lays out for many documents at once is what the rules say of each."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.orders.models import Billable, Order, OrderRate
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document, DocumentLine
from settlement.documents.operations.issuing import issue_documents
from settlement.documents.operations.laying import RateSums
from settlement.documents.queries import amounts_of
from settlement.documents.rules import RateAmount, add_rates, vat_of, vat_per_order
from settlement.periods.operations import close_periods
from settlement.review.operations.submitting import submit_periods
from tests.cast import AFTER_OCTOBER, BEFORE, OCTOBER, make_seller, take
from tests.orders.telling import tell_order

RATES = (0, 500, 1200, 2100, 2700)
Nets = dict[int, int]


def give_orders(seller: Seller, all_nets: Sequence[Nets], numbers: Sequence[str]) -> None:
    """Delivered orders with these purchase prices per rate; their customers paid nothing."""
    orders = Order.objects.bulk_create(
        Order(
            market=seller.market, seller=seller, number=number, model="resale", fulfilment="seller",
            state="delivered", placed_at=BEFORE, delivered_at=BEFORE + timedelta(days=place % 50),
            taken_at=BEFORE, currency="CZK", total=0, payment="card", purchase_net=sum(nets.values()),
            parts={"lines": number}, customer_name=f"Customer {number}",
        )
        for place, (number, nets) in enumerate(zip(numbers, all_nets, strict=True))
    )  # fmt: skip
    OrderRate.objects.bulk_create(
        OrderRate(order=order, vat_bp=vat_bp, gross=0, purchase_net=net)
        for order, nets in zip(orders, all_nets, strict=True)
        for vat_bp, net in nets.items()
    )
    Billable.objects.bulk_create(
        Billable(order=order, seller=seller, delivered_at=order.delivered_at or BEFORE) for order in orders
    )


def issue_all(sellers: Sequence[Seller]) -> list[Document]:
    with transaction.atomic():
        keys = [seller.pk for seller in sellers]
        periods = close_periods(seller_ids=keys, through=OCTOBER, at=AFTER_OCTOBER)
        submissions = submit_periods(periods=periods, at=AFTER_OCTOBER)
        ready = [submission.pk for submission in submissions]
        return issue_documents(submission_ids=ready, at=AFTER_OCTOBER)


def draw_nets(chance: Random) -> list[Nets]:
    """The orders of one document: tiny ones that tie, ordinary, negative, and ones beyond 64 bits."""
    most = chance.choice([3, 10, 1_000, 90_000, 90_000, 10**15])
    least = chance.choice([0, 0, 1, 1, -most])
    rates = chance.sample(RATES, chance.randint(1, 3))
    return [
        {
            vat_bp: chance.randint(least, most)
            for vat_bp in chance.sample(rates, chance.randint(1, len(rates)))
        }
        for _ in range(chance.randint(1, 25))
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_vat_is_split_as_the_rules_split_it(market: Market, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same ones each time
    sellers = [make_seller(market, str(4000 + place), f"Seller {place}") for place in range(40)]
    given = {seller.pk: draw_nets(chance) for seller in sellers}
    for seller in sellers:
        numbers = chance.sample(range(10**9), len(given[seller.pk]))
        give_orders(seller, given[seller.pk], [f"{seller.partner_number}-{number}" for number in numbers])

    documents = issue_all(sellers)

    assert len(documents) == 40
    for document in documents:
        orders = list(Order.objects.filter(document_lines__document=document))
        amounts = amounts_of(orders)
        shares = dict(document.lines.values_list("number", "purchase_vat"))
        assert shares == vat_per_order(amounts), given[document.seller_id]
        assert sum(shares.values()) == document.purchase_vat == sum(map(vat_of, add_rates(amounts)))


def test_lines_stand_in_the_order_of_their_numbers_and_say_what_the_orders_say(seller: Seller) -> None:
    numbers = ["b-10", "B-9", "a", "Ž", "10", "9", "ab"]
    give_orders(seller, [{2100: 10_13}] * len(numbers), numbers)

    (document,) = issue_all([seller])

    lines = list(document.lines.order_by("position").select_related("order"))
    assert [line.number for line in lines] == sorted(numbers)
    assert [line.position for line in lines] == list(range(1, 8))
    shared = ("number", "placed_at", "delivered_at", "payment", "total", "held_by_seller", "purchase_net")
    for line in lines:
        assert [getattr(line, name) for name in shared] == [getattr(line.order, name) for name in shared]
        assert (line.customer, line.products) == (line.order.customer_name, line.order.parts["lines"])
        assert line.late is (line.delivered_at < document.period.starts_at)


def test_an_order_without_any_amount_has_its_line_all_the_same(seller: Seller) -> None:
    give_orders(seller, [{}, {2100: 0}, {2100: 5}], ["A", "B", "C"])

    (document,) = issue_all([seller])

    assert list(document.lines.order_by("number").values_list("purchase_vat", flat=True)) == [0, 0, 1]
    assert document.orders == 3


@pytest.mark.parametrize(
    ("least", "most", "plain"),
    [(0, 10, True), (-1, 10, False), (0, 10**9, True), (0, 3 * 10**9, True), (0, 10**10, False)],
)
def test_what_sql_may_not_do_is_left_to_the_rules(least: int, most: int, plain: bool) -> None:
    assert RateSums(RateAmount(2100, 10**10, 0), least, most).is_plain is plain


@pytest.mark.parametrize("many", [1, 40])
def test_a_batch_takes_as_many_statements_for_one_seller_as_for_many(
    market: Market, many: int, django_assert_max_num_queries: Any
) -> None:
    sellers = [make_seller(market, str(4000 + place), f"Seller {place}") for place in range(many)]
    for seller in sellers:
        take(market, tell_order(seller=seller.partner_number), tell_order(seller=seller.partner_number))

    with django_assert_max_num_queries(60):
        documents = issue_all(sellers)

    assert len(documents) == many


@pytest.mark.parametrize("column", ["order_id", "document_id"])
@pytest.mark.django_db(transaction=True)
def test_no_line_names_an_order_or_a_document_that_is_not_there(market: Market, column: str) -> None:
    seller = make_seller(market, "3003", "Horizont")
    give_orders(seller, [{2100: 5}], ["A"])
    issue_all([seller])
    line = DocumentLine.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        line.pk, line.position = None, 2
        setattr(line, column, 999_999)
        line.save()
        connection.check_constraints()

    assert DocumentLine.objects.count() == 1
