"""Laying the lines of a set-off: what is open of each item, oldest first, and what is set off of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from settlement.netting.models import Item, SetOff, SetOffLine, Side
from settlement.netting.rules import Netted, net


@dataclass(frozen=True, slots=True)
class Sides:
    """A seller's items of both sides, each oldest first."""

    payables: Sequence[Item]
    receivables: Sequence[Item]


def by_side(items: Iterable[Item]) -> Sides:
    """Part items, oldest first, by side."""
    found = list(items)
    return Sides(
        [item for item in found if item.side == Side.PAYABLE],
        [item for item in found if item.side == Side.RECEIVABLE],
    )


def lay_lines(set_off: SetOff, sides: Sides) -> list[SetOffLine]:
    """The lines of a new set-off over what is free of these items; its sums are set by them."""
    netted = net(
        [(item.available, 0) for item in sides.payables], [(item.available, 0) for item in sides.receivables]
    )
    items = (*sides.payables, *sides.receivables)
    shares = (*netted.payables, *netted.receivables)
    add_up(set_off, netted)
    return [
        SetOffLine(
            set_off=set_off,
            item=item,
            position=place,
            total=share.total,
            netted=share.netted,
            remaining=share.remaining,
        )
        for place, (item, share) in enumerate(zip(items, shares, strict=True), start=1)
    ]


def lay_again(set_off: SetOff) -> None:
    """Net a proposed set-off anew after what is disputed of it changed; its lines keep their order."""
    lines = list(set_off.lines.select_related("item").order_by("position"))
    payables = [line for line in lines if line.item.side == Side.PAYABLE]
    receivables = [line for line in lines if line.item.side == Side.RECEIVABLE]
    netted = net(
        [(line.total, line.disputed) for line in payables],
        [(line.total, line.disputed) for line in receivables],
    )
    shares = (*netted.payables, *netted.receivables)
    changed = []
    for line, share in zip((*payables, *receivables), shares, strict=True):
        if line.netted != share.netted:
            line.netted, line.remaining = share.netted, share.remaining
            changed.append(line)
    SetOffLine.objects.bulk_update(changed, ["netted", "remaining"], batch_size=500)
    add_up(set_off, netted)
    set_off.save(update_fields=list(SUMS))


SUMS = ("payables", "receivables", "netted", "disputed_payables", "disputed_receivables")


def add_up(set_off: SetOff, netted: Netted) -> None:
    """Set a set-off's sums from its two sides."""
    set_off.payables = sum(share.total for share in netted.payables)
    set_off.receivables = sum(share.total for share in netted.receivables)
    set_off.disputed_payables = sum(share.disputed for share in netted.payables)
    set_off.disputed_receivables = sum(share.disputed for share in netted.receivables)
    set_off.netted = netted.amount
