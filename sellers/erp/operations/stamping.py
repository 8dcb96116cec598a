"""Having an invoice stamped that was made without its stamp, or whose stamp was rejected."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.secrets import Unreadable
from sellers.erp.gateway import erp_of
from sellers.erp.models import ErpInvoice, ErpState
from sellers.erp.operations.comparing import note_gone
from sellers.erp.operations.papers import check_connected
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, ErpError, Fault, Made
from sellers.erp.queries import is_sale
from sellers.erp.refusals import NotForErp, NotStamped, error_words

MAY_BE_STAMPED = (Fault.REFUSED, Fault.EXISTS, Fault.UNKNOWN)
"""After these the invoice itself tells: an answer may be lost, or it was stamped before."""


def stamp_invoice(*, invoice_id: int, by: Any, clock: Clock) -> None:
    """Ask the ERP, outside of any transaction, to stamp an invoice, and take over what it is then.

    Asked twice, it is stamped once: a stamped invoice stands fast.

    :raises NotForErp: if it is stamped already, or its order was not sold in the end.
    :raises NotConnected: if the channel it was made through is not connected any more.
    :raises NotStamped: if the ERP would not, or does not answer.
    """
    row = ErpInvoice.objects.select_related("channel", "order").get(pk=invoice_id, state=ErpState.DONE)
    if row.stamped:
        raise NotForErp(_("The invoice is stamped already."))
    if not is_sale(row.order):
        raise NotForErp(
            _(
                "Order %(order)s was cancelled, returned or lost. Void its invoice in the ERP; it is not"
                " stamped."
            )
            % {"order": row.order}
        )
    check_connected(row.channel)
    try:
        said, made = _stamped(erp_of(row.channel, clock=clock), row.external_id)
    except ErpError as error:
        _record(row, by, clock(), number=row.number, stamped=None)
        raise NotStamped(error_words(error)) from None
    except Unreadable:
        raise NotStamped(_("The token in use cannot be read any more. Enter it anew.")) from None
    with transaction.atomic():
        at = clock()
        note_gone(row.pk, made, at=at)
        _record(row, by, at, number=made.number if made else "", stamped=bool(made and made.stamped))
    _check(made, said)


def _record(row: ErpInvoice, by: Any, at: datetime, **told: Any) -> None:
    """Keep who asked for a stamp; whether it is there may be unknown, and stand there all the same."""
    record(
        verb="erp_invoice.stamp_asked",
        subject=row.order.number,
        by=by,
        at=at,
        seller_id=row.seller_id,
        details=told,
    )


def _stamped(erp: Erp, external_id: str) -> tuple[str, Made | None]:
    """What the ERP says, and the invoice as it is afterwards."""
    try:
        said = erp.stamp(external_id)
    except ErpError as error:
        if error.fault not in MAY_BE_STAMPED:
            raise
        said = error.text if error.fault != Fault.UNKNOWN else ""
    return said, erp.invoice(external_id)


def _check(made: Made | None, said: str) -> None:
    if made is None:
        raise NotStamped(_("The ERP does not have this invoice any more."))
    if made.rejected:
        raise NotStamped(_("The tax authority rejected its stamp; see the invoice in the ERP."))
    if not made.stamped and said:
        raise NotStamped(_("The ERP did not stamp it: %(said)s") % {"said": said})
    if not made.stamped:
        raise NotStamped(_("The ERP has not stamped it yet; look again in a minute."))
