"""Why something is still open between the marketplace and a seller, in words."""

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text
from settlement.documents.models import Invoicing
from settlement.netting.models import Item, LineState, Paper, Side


def why_open(item: Item) -> Iterator[str]:
    """Every reason why an item is not settled, each for its part; none once it is.

    Its ``lines`` are best fetched beforehand, with their set-offs.
    """
    language = get_language() or "en"

    def amount(minor: int) -> str:
        return money_text(minor, currency=item.currency, language=language)

    if item.reserved:
        text = _("%(amount)s is being paid.") if item.side == Side.PAYABLE else _("%(amount)s is demanded.")
        yield text % {"amount": amount(item.reserved)}
    if item.withheld:
        yield _("%(amount)s is disputed.") % {"amount": amount(item.withheld)}
    if item.available:
        yield _why_free(item, language)


def _why_free(item: Item, language: str) -> str:
    line = next((each for each in item.lines.all() if each.state == LineState.PROPOSED), None)
    if line is not None:
        told = {
            "reference": line.set_off.reference,
            "day": day_text(line.set_off.answer_by, language=language),
        }
        return _("Set-off %(reference)s waits for the seller until %(day)s.") % told
    is_cash = item.paper == Paper.CASH and item.side == Side.RECEIVABLE
    document = item.document if is_cash else None
    if document is not None and document.invoicing == Invoicing.AWAITED:
        return _("The seller has not invoiced %(reference)s.") % {"reference": document.reference}
    if document is not None and document.invoicing == Invoicing.RECEIVED:
        return _("The invoice for %(reference)s is in review.") % {"reference": document.reference}
    return _("It comes on the next set-off.")
