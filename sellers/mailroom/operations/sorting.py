"""Sending a mail whose sender is proven on its way."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.kernel.jobs import enqueue
from marketplace.parties.models import Seller
from sellers.mailroom.models import Mail, Outcome, Route, State, Why
from sellers.mailroom.operations.ending import decide_parts, end, step
from sellers.mailroom.queries import boxes, tied_sellers
from sellers.mailroom.rules.routing import (
    RECEIPTS_BOX,
    Box,
    Brought,
    numbers_in,
    partner_of,
    route_of,
)
from sellers.receipts.models import Origin
from sellers.receipts.operations.taking import Handed, open_bundle
from settlement.documents.models import Document


def send_on(
    mail: Mail, *, kinds: Sequence[str], at: datetime, fault: str = "", meant: int | None = None
) -> None:
    """Send a locked mail on: to receipts, to accounting, to a person, or to its answer.

    ``meant`` is the market its files are for, where several share its mailbox.
    """
    box, tied = _choose(mail, meant)
    mail.market_id = box.market_id if box else _only_market(tied)
    mail.route = route_of(box, Brought(kinds, mail.reference))
    if fault:
        end(mail, State.REFUSED, at=at, why=fault)
    elif box is not None and box.kind == RECEIPTS_BOX and not kinds:
        end(mail, State.DONE, at=at, why=Why.NO_ATTACHMENT)
    elif mail.route == Route.NONE:
        decide_parts(mail, Outcome.NO_ROUTE, at=at)
        end(mail, State.DONE, at=at, why=Why.NO_ROUTE)
    elif not tied:
        _refuse_stranger(mail, at)
    else:
        _tie(mail, tied)
        WAYS[Route(mail.route)](mail, tied, at)


def _choose(mail: Mail, meant: int | None) -> tuple[Box | None, list[Seller]]:
    """The box a mail came to, and the sellers its sender may send for there; of boxes that markets share,
    the one that fits best.
    """
    found = [
        (box, tied_sellers(sender=mail.sender, market_id=box.market_id, kind=box.kind))
        for box in boxes().get(mail.mailbox, ())
        if mail.market_id in (None, box.market_id)
    ]
    if not found:
        return None, tied_sellers(sender=mail.sender, kind=RECEIPTS_BOX)
    if len(found) == 1:
        return found[0]
    return max(found, key=lambda each: (bool(each[1]), each[0].market_id == meant, _is_named(mail, each[1])))


def _is_named(mail: Mail, sellers: Sequence[Seller]) -> bool:
    """Whether a mail names a document of one of some sellers, or in its subject one's partner number."""
    documents = Document.objects.filter(reference=mail.reference, seller__in=sellers)
    numbers = numbers_in(mail.subject)
    return any(seller.partner_number in numbers for seller in sellers) or (
        bool(mail.reference) and documents.exists()
    )


def _only_market(sellers: Sequence[Seller]) -> int | None:
    markets = {seller.market_id for seller in sellers}
    return markets.pop() if len(markets) == 1 else None


def _tie(mail: Mail, sellers: Sequence[Seller]) -> None:
    mail.sellers = [seller.pk for seller in sellers]
    mail.seller = sellers[0] if len(sellers) == 1 else None


def _refuse_stranger(mail: Mail, at: datetime) -> None:
    decide_parts(mail, Outcome.SENDER_NOT_TIED, at=at)
    end(mail, State.DONE, at=at, why=Why.SENDER_NOT_TIED)


def _to_receipts(mail: Mail, sellers: Sequence[Seller], at: datetime) -> None:
    parts = mail.parts.select_related("file").order_by("position")
    bundle = open_bundle(
        market=sellers[0].market,
        sellers=sellers,
        files=[Handed(part.name, part.file) for part in parts],
        origin=Origin.MAIL,
        by=None,
        at=at,
        subject=mail.subject,
    )
    decide_parts(mail, Outcome.RECEIPT, at=at)
    step(mail, State.READING, at=at, also={"bundle": bundle})


def _to_review(mail: Mail, sellers: Sequence[Seller], at: datetime) -> None:
    by_number = {seller.partner_number: seller for seller in sellers}
    others = Seller.objects.filter(market=mail.market_id, partner_number__in=numbers_in(mail.subject)[:20])
    known = set(others.values_list("partner_number", flat=True))
    chosen = partner_of(mail.subject, list(by_number), known)
    if chosen.number:
        mail.seller = by_number[chosen.number]
        step(mail, State.READING, at=at)
        enqueue("mailroom.submit", key=f"mail:{mail.pk}", seller_id=mail.seller.pk, mail_id=mail.pk)
        return
    mail.seller = None
    if chosen.not_tied:
        _refuse_stranger(mail, at)
        return
    decide_parts(mail, Outcome.SELLER_UNCLEAR, at=at)
    end(mail, State.DONE, at=at, why=Why.SELLER_UNCLEAR)


def _to_invoices(mail: Mail, sellers: Sequence[Seller], at: datetime) -> None:
    document = Document.objects.filter(
        market=mail.market_id, reference=mail.reference, seller__in=mail.sellers
    ).first()
    mail.seller = next((each for each in sellers if document and each.pk == document.seller_id), mail.seller)
    step(mail, State.READING, at=at)
    enqueue("mailroom.take_invoice", key=f"mail:{mail.pk}", mail_id=mail.pk)


WAYS = {Route.RECEIPTS: _to_receipts, Route.REVIEW: _to_review, Route.INVOICES: _to_invoices}
"""What is done with a mail of each route; the box of a route without a way is answered."""
