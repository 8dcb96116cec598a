"""The list of orders, as it is filtered, as a workbook: the export's columns and each order's status."""

from itertools import islice
from typing import IO

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from settlement.exports.queries import CHUNK, listed_rows
from settlement.exports.wording import export_words
from settlement.exports.workbook import OrderList


def write_order_list(out: IO[bytes], orders: "QuerySet[Order]", seller: Seller) -> int:
    """Write orders of a seller to a seekable file as a workbook, in the active language; how many."""
    now = timezone.now()
    book = OrderList(out, words=export_words(), status=_("Status"), currency=seller.market.currency, at=now)
    rows = listed_rows(orders, seller=seller, at=now)
    while some := list(islice(rows, CHUNK)):
        book.add(some)
    book.close()
    return book.rows
