"""What the seller has to do about receipts: what is due before shipping, what is late, what is unclear."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.portal.paging import capped_count, count_text
from sellers.receipts.models import Outcome, ReceivedFile
from sellers.receipts.queries import DUE, LATE, to_do


def receipt_tasks(seller: Seller) -> list[dict[str, Any]]:
    """The tasks about receipts, what is late first; none where the market requires none."""
    if not seller.market.receipt_required:
        return []
    orders, files = Order.objects.of(seller), ReceivedFile.objects.of(seller)
    late, due = capped_count(orders.filter(LATE)), capped_count(orders.filter(DUE))
    unclear = capped_count(files.filter(Q(outcome=Outcome.TO_A_PERSON), to_do()))
    without, received = reverse("portal:without_receipt"), reverse("portal:receipts")
    late_text = ngettext(
        "%(count)s order was shipped without its receipt",
        "%(count)s orders were shipped without their receipts",
        late,
    )
    due_text = ngettext(
        "%(count)s order needs its receipt before it is shipped",
        "%(count)s orders need their receipts before they are shipped",
        due,
    )
    unclear_text = ngettext(
        "%(count)s file of a receipt fits several orders: choose the right one",
        "%(count)s files of receipts fit several orders: choose the right ones",
        unclear,
    )
    tasks = (
        (late, "clock-exclamation", "bad", late_text, f"{without}?tab=late"),
        (due, "file-certificate", "warn", due_text, f"{without}?tab=due"),
        (unclear, "file-search", "warn", unclear_text, f"{received}?tab=todo"),
    )
    return [
        {"icon": icon, "tone": tone, "text": text % {"count": count_text(count)}, "url": url}
        for count, icon, tone, text, url in tasks
        if count
    ]
