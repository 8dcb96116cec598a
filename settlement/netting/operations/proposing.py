"""Proposing set-offs: on a booked invoice, or of what a seller owes alone when nothing else comes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import translation

from marketplace.kernel.audit import record
from marketplace.kernel.mail import write_mail
from marketplace.kernel.money import round_to_unit
from marketplace.kernel.numbers import take_numbers
from marketplace.kernel.zones import local_date, start_of_day
from marketplace.parties.models import Market, Seller
from settlement.documents.operations.marking import mark_netted as mark_documents
from settlement.documents.queries import parties_of
from settlement.invoices.operations.marking import mark_netted as mark_invoices
from settlement.netting import wording
from settlement.netting.calendars import holidays_of
from settlement.netting.models import Ground, Item, Paper, SetOff, SetOffLine, Side, State
from settlement.netting.operations.laying import Sides, by_side, lay_lines
from settlement.netting.queries import overdue_cash, overdue_fees
from settlement.netting.rules import working_day_after

SERIES = "set_off"


def propose_set_offs(*, seller_ids: Sequence[int], ground: Ground, at: datetime) -> list[SetOff]:
    """Propose to sellers of one market to set off all that is free between them and the marketplace.

    A seller who has not answered its last proposal yet gets the next one when it has; one with nothing
    owed to it gets one only when its invoice, or what it owes for fees, is overdue.
    """
    assert connection.in_atomic_block
    sellers = list(Seller.objects.locked().select_related("market", "contract").filter(pk__in=seller_ids))
    waiting = SetOff.objects.filter(seller=OuterRef("pk"), state=State.PROPOSED)
    free = set(Seller.objects.filter(pk__in=seller_ids).exclude(Exists(waiting)).values_list("pk", flat=True))
    items = _free_items(free)
    prepared = []
    for seller in sellers:
        sides = by_side(items.get(seller.pk, ()))
        if _worth_it(sides, ground, seller.market.practical_unit):
            set_off = _set_off(seller, ground, at)
            prepared.append((set_off, lay_lines(set_off, sides), sides))
    _number([set_off for set_off, _, _ in prepared])
    _write(prepared, at)
    for set_off, _, _ in prepared:
        _tell(set_off, at)
    return [set_off for set_off, _, _ in prepared]


def propose_overdue(*, market: Market, at: datetime, limit: int = 200) -> int:
    """Propose a set-off of what they owe alone to sellers who hold cash past the term for their invoice, or
    owe an invoice for fees as long; how many.
    """
    today = local_date(at, market.zone)
    late = {
        Ground.OVERDUE: list(overdue_cash(market=market, on=today)[:limit]),
        Ground.SERVICE: list(overdue_fees(market=market, on=today)[:limit]),
    }
    # All at once, in everybody's order, so that nobody waits for us while we wait for them.
    list(Seller.objects.locked().filter(pk__in={key for keys in late.values() for key in keys}))
    return sum(len(propose_set_offs(seller_ids=keys, ground=ground, at=at)) for ground, keys in late.items())


def propose_left(*, market: Market, at: datetime, limit: int = 200) -> int:
    """Propose what is free and nobody proposed for a day: its last set-off was withdrawn, or a job was
    lost; how many.
    """
    yesterday = at - timedelta(days=1)
    busy = SetOff.objects.filter(seller=OuterRef("seller")).filter(
        Q(state=State.PROPOSED) | Q(changes__at__gte=yesterday)
    )
    free = Item.objects.free().filter(market=market, side=Side.PAYABLE, opened_at__lt=yesterday)
    left = free.filter(~Exists(busy)).order_by("seller").values_list("seller", flat=True).distinct()
    return len(propose_set_offs(seller_ids=list(left[:limit]), ground=Ground.INVOICE, at=at))


def _worth_it(sides: Sides, ground: Ground, unit: int) -> bool:
    """Whether something would come of it: debts to net, or more than nobody could pay."""
    if ground != Ground.INVOICE and sides.receivables:
        return True
    owed = sum(item.available for item in sides.payables)
    return bool(sides.payables and (sides.receivables or round_to_unit(owed, unit)))


def _free_items(seller_ids: Iterable[int]) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {}
    for item in Item.objects.free().filter(seller__in=seller_ids).oldest_first():
        found.setdefault(item.seller_id, []).append(item)
    return found


def _set_off(seller: Seller, ground: Ground, at: datetime) -> SetOff:
    market = seller.market
    today = local_date(at, market.zone)
    answer_by = _answer_by(seller, today)
    return SetOff(
        market=market,
        seller=seller,
        year=today.year,
        ground=ground,
        proposed_at=at,
        answer_by=answer_by,
        lapses_at=start_of_day(answer_by + timedelta(days=1), market.zone),
        currency=market.currency,
        parties=parties_of(seller, market),
    )


def _answer_by(seller: Seller, today: date) -> date:
    days = seller.contract.confirmation_days
    days = seller.market.confirmation_days if days is None else days
    return working_day_after(today, days, holidays_of(seller.market.code))


def _number(set_offs: Sequence[SetOff]) -> None:
    by_series: dict[tuple[int, int], list[SetOff]] = {}
    for each in set_offs:
        by_series.setdefault((each.market_id, each.year), []).append(each)
    for (market_id, year), rows in sorted(by_series.items()):
        numbers = take_numbers(market_id=market_id, kind=SERIES, year=year, count=len(rows))
        for row, serial in zip(rows, numbers, strict=True):
            row.serial = serial
            row.reference = f"{row.market.code}-S-{year}-{serial:06d}"


def _write(prepared: Sequence[tuple[SetOff, list[SetOffLine], Sides]], at: datetime) -> None:
    SetOff.objects.bulk_create([set_off for set_off, _, _ in prepared])
    for set_off, lines, _ in prepared:
        for line in lines:
            line.set_off = set_off  # its key is known only now
    SetOffLine.objects.bulk_create((line for _, lines, _ in prepared for line in lines), batch_size=2000)
    items = [item for _, _, sides in prepared for item in (*sides.payables, *sides.receivables)]
    documents = {item.document_id for item in items if item.paper != Paper.INVOICE}
    invoices = {item.invoice_id for item in items if item.paper == Paper.INVOICE}
    mark_documents(document_ids=[pk for pk in documents if pk is not None], at=at)
    mark_invoices(invoice_ids=[pk for pk in invoices if pk is not None], at=at)


def _tell(set_off: SetOff, at: datetime) -> None:
    market = set_off.market
    record(
        verb="set_off.proposed",
        subject=set_off.reference,
        by=None,
        at=at,
        seller_id=set_off.seller_id,
        details={"netted": set_off.netted, "to_pay": set_off.to_pay, "to_collect": set_off.to_collect},
    )
    with translation.override(market.spoken):
        subject, body = wording.proposal_letter(set_off)
    write_mail(
        key=f"set_off:{set_off.reference}",
        market=market,
        to=[set_off.seller.email],
        seller_id=set_off.seller_id,
        at=at,
        subject=subject,
        body=body,
    )
