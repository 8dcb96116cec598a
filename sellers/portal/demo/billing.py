"""A seller of the demo that pays in ahead: deposits, labels charged against them, and the invoices for it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import (
    BillingInvoice,
    Deposit,
    DepositSource,
    FeeKind,
    FeeSource,
    Mode,
    Wish,
)
from settlement.billing.operations.automatic import choose_automatic, run_period
from settlement.billing.operations.charging import Service, charge_fees
from settlement.billing.operations.drafting import draft_invoice, issue_draft
from settlement.billing.operations.profiles import save_profile
from settlement.billing.operations.receiving import propose_deposit, receive_deposit
from settlement.billing.operations.requesting import (
    approve_request,
    decline_request,
    request_change,
    whole_of,
)
from settlement.billing.queries import registered
from settlement.billing.rules.recipients import Recipient, recipient_of
from settlement.billing.rules.splitting import Part, Wanted

AMOUNTS = (500_00, 1_000_00, 1_500_00, 2_000_00, 3_000_00)
METHODS = ("SPEI", "Tarjeta", "OXXO")
LABELS = (("Guía nacional, 1 kg", 129_00), ("Guía nacional, 5 kg", 189_50), ("Guía exprés", 249_90))


def pay_in_ahead(seller: Seller, owner: User, staff: list[User], *, seed: int, until: date) -> None:
    """Let a seller pay in, use it up and be invoiced for three months, up to a day."""
    random = Random(f"{seed}:{seller.partner_number}:billing")
    months = _months(until)
    profile = recipient_of(registered(seller) | {"regime": "601", "use": "G03"})
    save_profile(seller_id=seller.pk, recipient=profile, by=owner, at=_at(months[0], 8))
    for place, first in enumerate(months):
        end = months[place + 1] if place + 1 < len(months) else until
        if place:
            _close(seller, months[place - 1], first, owner, by_hand=place == 1)
        for day in _days(first, end):
            _live(seller, day, random)
    _change(seller, owner, staff, profile, until)
    propose_deposit(
        seller_id=seller.pk,
        amount=2_500_00,
        received_at=_at(until - timedelta(days=1), 17),
        method="Efectivo",
        note="Paid at the counter",
        by=staff[0],
        at=_at(until - timedelta(days=1), 18),
    )


def _live(seller: Seller, day: date, random: Random) -> None:
    """A day: now and then a deposit, most days some labels."""
    if random.random() < 0.45:
        receive_deposit(
            seller_id=seller.pk,
            source=DepositSource.API,
            external_id=f"rec_{day:%Y%m%d}",
            amount=random.choice(AMOUNTS),
            currency=seller.market.currency,
            received_at=_at(day, 16),
            at=_at(day, 16),
            method=random.choice(METHODS),
        )
    services = [
        Service(FeeKind.SHIPPING, text, amount, _at(day, 20), f"lbl_{day:%Y%m%d}_{place}")
        for place, (text, amount) in enumerate(random.choices(LABELS, k=random.randint(0, 4)))
    ]
    if services:
        charge_fees(seller_id=seller.pk, services=services, source=FeeSource.API, by=None, at=_at(day, 20))


def _close(seller: Seller, first: date, end: date, owner: User, *, by_hand: bool) -> None:
    """Invoice a month: the first by hand, since then by itself."""
    if not by_hand:
        run_period(seller_id=seller.pk, first_on=first, end_on=end, at=_at(end, 7))
        return
    keys = list(Deposit.objects.of(seller).uninvoiced().values_list("pk", flat=True))
    at = _at(end, 15)
    draft = draft_invoice(seller=seller, deposit_ids=keys, by=owner, at=at)
    issue_draft(draft_id=draft.pk, by=owner, at=at)
    choose_automatic(seller_id=seller.pk, mode=Mode.MONTH, starts_on=end, by=owner, at=at)


def _change(seller: Seller, owner: User, staff: list[User], profile: Recipient, until: date) -> None:
    """One invoice was corrected, one is to be split, and one could not be cancelled any more."""
    first, second, third = BillingInvoice.objects.of(seller).live().order_by("pk")[:3]
    corrected = recipient_of(profile.as_json() | {"street": "Av. Reforma 222, piso 8"})
    at = _at(first.issued_on + timedelta(days=6), 15)
    request = request_change(
        invoice_id=first.pk,
        wish=Wish.EDIT,
        wanted=[whole_of(first, corrected)],
        reason="The address lacks the floor",
        reason_code="01",
        by=owner,
        at=at,
    )
    approve_request(request_id=request.pk, by=staff[0], at=at + timedelta(hours=20))
    at = _at(second.issued_on + timedelta(days=9), 16)
    request = request_change(
        invoice_id=second.pk,
        wish=Wish.CANCEL,
        wanted=[],
        reason="We want one invoice for two months",
        reason_code="02",
        by=owner,
        at=at,
    )
    reason = "The month is declared already; ask for a split, or leave it as it is"
    decline_request(request_id=request.pk, reason=reason, by=staff[0], at=at + timedelta(hours=3))
    request_change(
        invoice_id=third.pk,
        wish=Wish.SPLIT,
        wanted=list(_halves(third, profile)),
        reason="Two departments pay",
        reason_code="01",
        by=owner,
        at=_at(until - timedelta(days=3), 16),
    )


def _halves(invoice: BillingInvoice, profile: Recipient) -> Iterator[Wanted]:
    lines = list(invoice.lines.order_by("position").values_list("position", "gross"))
    other = recipient_of(profile.as_json() | {"email": "almacen@7102.seller.example"})
    half = len(lines) // 2
    for recipient, some in ((profile, lines[:half]), (other, lines[half:])):
        yield Wanted(recipient, tuple(Part(line, gross) for line, gross in some))


def _months(until: date) -> list[date]:
    """The first days of the demo's months, oldest first."""
    firsts = [until.replace(day=1)]
    while len(firsts) < 4:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]


def _days(first: date, end: date) -> Iterator[date]:
    for place in range((end - first).days):
        yield first + timedelta(days=place)


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
