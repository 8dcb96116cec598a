"""Which of several markets a mail to a mailbox they share is for, by what its files say."""

from collections.abc import Callable, Sequence
from pathlib import Path

from marketplace.edocuments.apart import read_apart
from marketplace.edocuments.facts import EDocument
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.mailroom.models import Mail
from sellers.mailroom.parsing.wire import Seen
from sellers.mailroom.queries import boxes, tied_sellers
from sellers.mailroom.rules.routing import RECEIPTS_BOX

MOST_READ = 50
MOST_ORDERS = 200
ORDER, CURRENCY, TAX_ID = 4, 2, 1
"""How much a document's order, currency and supplier weigh."""


def market_meant(mail: Mail, seen: Seen, folder: Path, *, heartbeat: Callable[[], None]) -> int | None:
    """The market most of a mail's receipts are for; None where its mailbox is one market's, or none fits."""
    markets = {box.market_id for box in boxes().get(mail.mailbox, ()) if box.kind == RECEIPTS_BOX}
    if mail.market_id is not None or len(markets) < 2 or len(seen.senders) != 1:
        return None
    tied = {
        market_id: tied_sellers(sender=seen.senders[0], kind=RECEIPTS_BOX, market_id=market_id)
        for market_id in sorted(markets)
    }
    tied = {market_id: sellers for market_id, sellers in tied.items() if sellers}
    if len(tied) < 2:
        return next(iter(tied), None)
    documents = _documents(seen, folder, heartbeat)
    weights = {market_id: _weight(documents, sellers) for market_id, sellers in tied.items()}
    return max(weights, key=lambda each: weights[each]) if any(weights.values()) else None


def _documents(seen: Seen, folder: Path, heartbeat: Callable[[], None]) -> list[EDocument]:
    """What the electronic receipts say; where there is no XML, those within PDFs."""
    parts = [part for part in seen.parts if part.kind == "xml"]
    parts = parts or [part for part in seen.parts if part.kind == "pdf"]
    paths = [folder / part.path for part in parts[:MOST_READ]]
    reads = read_apart(paths, heartbeat=heartbeat) if paths else ()
    return [each.document for each in reads if each.document is not None]


def _weight(documents: Sequence[EDocument], sellers: Sequence[Seller]) -> int:
    """How well documents fit a market, by its sellers that the mail's sender may send for."""
    named = {number for document in documents for number in document.orders[:MOST_ORDERS]}
    rows = Order.objects.filter(seller__in=sellers, number__in=sorted(named)[:MOST_ORDERS])
    known = set(rows.values_list("number", flat=True))
    currency = sellers[0].market.currency
    tax_ids = {seller.tax_id for seller in sellers}
    return sum(
        ORDER * any(number in known for number in document.orders)
        + CURRENCY * (document.currency == currency)
        + TAX_ID * (document.supplier.tax_id in tax_ids)
        for document in documents
    )
