"""What happened in the demo marketplace: orders taken in, periods closed, documents issued, some of it
disputed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from random import Random

from django.db import transaction

from marketplace.orders.operations.intake import insert_rows
from marketplace.orders.operations.refunding import undo_payment
from marketplace.orders.operations.rows import build
from marketplace.orders.operations.till import Till
from marketplace.orders.rules.facts import OrderFacts
from marketplace.parties.models import BusinessModel, Contract, Seller
from marketplace.users.models import User
from sellers.portal.demo.agency import settle_agency
from sellers.portal.demo.billing import pay_in_ahead
from sellers.portal.demo.cast import SELLERS
from sellers.portal.demo.coming_back import bring_back, hand_in_proof
from sellers.portal.demo.paying import ask_for_cash, follow, object_to_one
from sellers.portal.demo.receipts import give_receipts
from sellers.portal.demo.shopping import Shop, draw_orders
from sellers.portal.demo.vouchers import sell_vouchers
from settlement.claims.operations import hold_order
from settlement.documents.models import Document
from settlement.documents.operations.crediting import issue_credits
from settlement.documents.operations.issuing import issue_documents
from settlement.documents.operations.voiding import void_document
from settlement.periods.operations import close_periods
from settlement.review.models import State, Submission
from settlement.review.operations.deciding import approve_submission, look_again, refuse_submission
from settlement.review.operations.submitting import submit_periods

AT_ONCE = 2000
WAITING, LATELY = 18, 50_000_000
Tell = Callable[[str], object]


def fill(*, sellers: dict[str, Seller], orders: int, seed: int, until: date, tell: Tell) -> None:
    """Fill the marketplace with orders and settle what was due, as if it had run since."""
    now = datetime.combine(until, datetime.min.time(), tzinfo=UTC) + timedelta(hours=18)
    tell("taking orders in")
    for told in SELLERS:
        _take_orders(sellers[told.number], _drawn(told.number, sellers, orders, seed, now), now)
    tell("taking receipts")
    for told in SELLERS:
        if sellers[told.number].market.receipt_required:
            give_receipts(sellers[told.number], Random(f"{seed}:{told.number}:receipts"), now)
    tell("taking returns")
    for told in SELLERS:
        bring_back(sellers[told.number], Random(f"{seed}:{told.number}:returns"), now)
    tell("settling")
    _settle(sellers, until, now)
    settle_agency(sellers, until)
    _dispute(sellers["3017"], now)
    hand_in_proof(sellers["3003"], now)
    tell("taking deposits and fees")
    pedro = User.objects.get(email="pedro@demo.example")
    staff = list(User.objects.filter(is_staff=True).order_by("pk"))
    pay_in_ahead(sellers["7102"], pedro, staff, seed=seed, until=until)


def _drawn(
    number: str, sellers: dict[str, Seller], orders: int, seed: int, now: datetime
) -> Iterable[OrderFacts]:
    told = next(each for each in SELLERS if each.number == number)
    market = sellers[number].market
    place = [each.number for each in SELLERS].index(number)
    # The first seller of either business model is the one people look at: they get half of all. One is new.
    looked_at = {"3003": orders // 3, "4711": orders // 6}
    new = {"8020": orders // 40}
    rest = (orders - sum(looked_at.values())) // (len(SELLERS) - len(looked_at) - len(new))
    count = (looked_at | new).get(number, rest)
    shop = Shop(number, market.code, market.currency, market.standard_vat_bp, told.fulfilment)
    first = 10_000_000_000 + place * 100_000_000
    random = Random(f"{seed}:{number}")
    drawn = draw_orders(shop=shop, count=count, first=first, until=now, random=random)
    if not market.receipt_required:
        return drawn
    # Where parcels wait for their receipts, some do; one of them was ordered twice.
    begin, within = first + LATELY, timedelta(hours=20)
    lately = list(draw_orders(shop=shop, count=WAITING, first=begin, until=now, random=random, within=within))
    twice = next((each for each in reversed(lately) if each.status == "open"), lately[-1])
    return chain(drawn, lately, [replace(twice, number=str(begin + WAITING))])


def _take_orders(seller: Seller, facts: Iterable[OrderFacts], now: datetime) -> None:
    contract = Contract.objects.select_related("seller").get(seller=seller)
    drawn = iter(facts)
    while batch := list(islice(drawn, AT_ONCE)):
        sell_vouchers(seller.market, batch)
        with transaction.atomic():
            till = Till(seller.market, batch, {})
            rows = [build(facts=each, market=seller.market, contract=contract, at=now) for each in batch]
            for each, told in zip(rows, batch, strict=True):
                till.pay(each, told)
            insert_rows(rows)
            till.close()
            for each in rows:
                undo_payment(each.order, at=now)


def _settle(sellers: dict[str, Seller], until: date, now: datetime) -> None:
    """Settle every resale seller at the end of each month, and approve what a person had to, but for the
    last; what follows a document follows it, up to the payment.
    """
    resale = [row.pk for row in sellers.values() if row.contract.model == BusinessModel.RESALE]
    staff = list(User.objects.filter(is_staff=True).order_by("pk"))
    carla = staff[0]
    ends = _month_ends(until)
    for end in ends:
        at = datetime.combine(end, datetime.min.time(), tzinfo=UTC) + timedelta(days=1, hours=5)
        with transaction.atomic():
            submissions = submit_periods(periods=close_periods(seller_ids=resale, through=end, at=at), at=at)
        if end != ends[-1]:
            _approve(submissions, carla, at + timedelta(hours=4))
        ready = [row.pk for row in submissions if row.state != State.UNDER_REVIEW or end != ends[-1]]
        with transaction.atomic():
            documents = issue_documents(submission_ids=ready, at=at + timedelta(hours=5))
            documents += issue_credits(seller_ids=resale, at=at + timedelta(hours=5))
        follow(documents, staff=staff, last=end == ends[-1])
    _void_one(sellers["4101"], carla)
    _refuse_one(sellers["30211"], carla)
    ask_for_cash(sellers["4101"], now)
    object_to_one(sellers["3003"], carla, now)


def _approve(submissions: Iterable[Submission], carla: User, at: datetime) -> None:
    for row in submissions:
        if row.state == State.UNDER_REVIEW:
            approve_submission(submission_id=row.pk, by=carla, at=at)


def _void_one(seller: Seller, carla: User) -> None:
    """The seller's oldest document had a wrong commission; its orders came along on a later one."""
    document = Document.objects.of(seller).order_by("pk").first()
    if document is not None and Document.objects.of(seller).count() > 1:
        at = document.issued_at + timedelta(days=1)
        void_document(
            document_id=document.pk,
            reason="The seller asked for one document with the next period",
            by=carla,
            at=at,
        )


def _refuse_one(seller: Seller, carla: User) -> None:
    waiting = Submission.objects.of(seller).filter(state=State.UNDER_REVIEW).order_by("-pk").first()
    if waiting is not None:
        reason = "Two deliveries are being looked into; please send the period again next week"
        at = waiting.submitted_at + timedelta(days=1)
        refuse_submission(submission_id=waiting.pk, reason=reason, by=carla, at=at)


def _dispute(seller: Seller, now: datetime) -> None:
    """One order in the review is disputed, so that the queue has a flag that leads to its cause."""
    carla = User.objects.get(email="carla@demo.example")
    waiting = Submission.objects.of(seller).filter(state=State.UNDER_REVIEW).order_by("pk").first()
    line = waiting.lines.order_by("-position").first() if waiting else None
    if waiting is not None and line is not None and line.order_id is not None:
        reason = "The customer reports a damaged parcel"
        hold_order(order_id=line.order_id, reason=reason, by=carla, at=now)
        look_again(submission_id=waiting.pk)


def _month_ends(until: date) -> list[date]:
    """The last days of the months that were over by ``until``, of the demo's three months, oldest first."""
    ends, day = [], until.replace(day=1) - timedelta(days=1)
    while day > until - timedelta(days=92):
        ends.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return ends[::-1]
