"""Random deposits, fees, invoices, splits and cancellations against an honest bookkeeper's notes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, Deposit, Fee, Wish
from settlement.billing.operations.charging import withdraw_fee
from settlement.billing.operations.requesting import approve_request, request_change, whole_of
from settlement.billing.rules.splitting import Part, Wanted
from tests.billing.mexico import NOON, charge, invoice, made_out_to, pay_in

numbers = count(1)


@dataclass
class Paper:
    """Deposits and fees by number, oldest first; what of each deposit stands on which live invoice."""

    deposits: dict[int, int] = field(default_factory=dict)
    fees: dict[int, int] = field(default_factory=dict)
    invoices: dict[int, dict[int, int]] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return max(sum(self.deposits.values()) - sum(self.fees.values()), 0)

    @property
    def waiting(self) -> int:
        return max(sum(self.fees.values()) - sum(self.deposits.values()), 0)

    def invoiced(self, deposit: int) -> int:
        return sum(parts.get(deposit, 0) for parts in self.invoices.values())

    @property
    def open(self) -> list[int]:
        return [key for key, gross in self.deposits.items() if self.invoiced(key) < gross]


AMOUNTS = st.integers(1, 5_000_00)
SEEDS = st.integers(0, 1_000_000)
ACTIONS = st.one_of(
    st.tuples(st.just("pay"), AMOUNTS),
    st.tuples(st.just("pay"), st.integers(1, 9)),
    st.tuples(st.just("charge"), AMOUNTS),
    st.tuples(st.just("withdraw"), SEEDS),
    st.tuples(st.just("invoice"), SEEDS),
    st.tuples(st.just("split"), SEEDS),
    st.tuples(st.just("edit"), SEEDS),
    st.tuples(st.just("cancel"), SEEDS),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(plan=st.lists(ACTIONS, min_size=4, max_size=14))
def test_nothing_is_invoiced_twice_or_lost(
    sol: Seller, eva: User, carla: User, plan: list[tuple[str, int]]
) -> None:
    point = transaction.savepoint()
    try:
        paper = Paper()
        for place, (verb, told) in enumerate(plan):
            ACTS[verb](Scene(sol, eva, carla, paper, place), told)
            compare(sol, paper)
        assert run_checks() == []
    finally:
        transaction.savepoint_rollback(point)


@dataclass
class Scene:
    """Who acts, and when."""

    seller: Seller
    eva: User
    carla: User
    paper: Paper
    place: int

    @property
    def at(self) -> Any:
        return NOON + timedelta(minutes=self.place)


def pay(scene: Scene, amount: int) -> None:
    told = f"{amount // 100}.{amount % 100:02d}"
    deposit = pay_in(scene.seller, told, at=scene.at, number=f"r{next(numbers)}")
    scene.paper.deposits[deposit.pk] = amount


def charge_one(scene: Scene, amount: int) -> None:
    told = f"{amount // 100}.{amount % 100:02d}"
    fee = charge(scene.seller, told, at=scene.at, number=f"f{next(numbers)}")
    scene.paper.fees[fee.pk] = amount


def withdraw(scene: Scene, seed: int) -> None:
    if not scene.paper.fees:
        return
    key = _pick(list(scene.paper.fees), seed)
    withdraw_fee(fee_id=key, reason="By mistake.", by=scene.carla, at=scene.at)
    del scene.paper.fees[key]


def invoice_some(scene: Scene, seed: int) -> None:
    chosen = [key for place, key in enumerate(scene.paper.open) if not seed >> place & 1]
    if not chosen:
        return
    deposits = [Deposit.objects.get(pk=key) for key in chosen]
    parts = {key: scene.paper.deposits[key] - scene.paper.invoiced(key) for key in chosen}
    row = invoice(scene.seller, *deposits, by=scene.eva, at=scene.at)
    scene.paper.invoices[row.pk] = parts


def split(scene: Scene, seed: int) -> None:
    """Put each line, or a part of it, on one of three invoices by the seed's bits."""
    row = _live(scene.paper, seed)
    if row is None:
        return
    parts: dict[int, list[Part]] = defaultdict(list)
    for line in row.lines.order_by("position"):
        first = 1 + (seed + line.position) % line.gross
        parts[seed % 3].append(Part(line.position, first))
        if line.gross > first:
            parts[(seed + 1 + line.position % 2) % 3].append(Part(line.position, line.gross - first))
    wanted = [Wanted(made_out_to(scene.seller), tuple(each)) for each in parts.values()]
    if len(wanted) > 1:
        _change(scene, row, Wish.SPLIT, wanted)


def edit(scene: Scene, seed: int) -> None:
    row = _live(scene.paper, seed)
    if row is not None:
        other = made_out_to(scene.seller, name=f"Sol {next(numbers)} S.A.")
        _change(scene, row, Wish.EDIT, [whole_of(row, other)])


def cancel(scene: Scene, seed: int) -> None:
    row = _live(scene.paper, seed)
    if row is not None:
        _change(scene, row, Wish.CANCEL, [])


def _change(scene: Scene, row: BillingInvoice, wish: Wish, wanted: list[Wanted]) -> None:
    code = "02" if wish == Wish.CANCEL else "01"
    request = request_change(
        invoice_id=row.pk, wish=wish, wanted=wanted, reason="So.", reason_code=code, by=scene.eva, at=scene.at
    )
    _note, *fresh = approve_request(request_id=request.pk, by=scene.carla, at=scene.at)
    lines = {line.position: line.deposit_id or 0 for line in row.lines.all()}
    del scene.paper.invoices[row.pk]
    for each, issued in zip(wanted, fresh, strict=True):
        scene.paper.invoices[issued.pk] = {lines[part.line]: part.gross for part in each.parts}


def _live(paper: Paper, seed: int) -> BillingInvoice | None:
    return BillingInvoice.objects.get(pk=_pick(list(paper.invoices), seed)) if paper.invoices else None


def _pick(keys: list[int], seed: int) -> int:
    return keys[seed % len(keys)]


ACTS = {
    "pay": pay,
    "charge": charge_one,
    "withdraw": withdraw,
    "invoice": invoice_some,
    "split": split,
    "edit": edit,
    "cancel": cancel,
}


def compare(seller: Seller, paper: Paper) -> None:
    on = {kind: balance(market_id=seller.market_id, kind=kind) for kind in ("deposits", "bank", "vat")}
    assert on["deposits"] == -paper.left
    assert on["bank"] == sum(paper.deposits.values())
    waiting = Fee.objects.uncovered().order_by().aggregate(sum=Sum(F("gross") - F("taken")))["sum"]
    assert (waiting or 0) == paper.waiting
    invoiced = dict(Deposit.objects.of(seller).values_list("pk", "invoiced"))
    assert invoiced == {key: paper.invoiced(key) for key in paper.deposits}
    live = BillingInvoice.objects.of(seller).live()
    assert {row.pk: row.gross for row in live} == {
        key: sum(parts.values()) for key, parts in paper.invoices.items()
    }
    assert on["vat"] == -sum(row.vat for row in live)
    for row in live:
        assert abs(row.vat * 116 - row.gross * 16) <= 116 * (1 + len(paper.invoices))
