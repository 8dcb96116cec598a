"""The paper of an invoice, which the ERP keeps: where it is to be had just now."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from sellers.erp.gateway import erp_of
from sellers.erp.models import ChannelState, ErpInvoice, ErpState
from sellers.erp.pacing import Clock
from sellers.erp.port import ErpError
from sellers.erp.refusals import NoPaper, NotConnected, error_words


def paper_url(*, invoice_id: int, clock: Clock) -> str:
    """Ask the ERP, outside of any transaction, for the address of an invoice's PDF.

    :raises NotConnected: if the channel it was made through is not connected any more.
    :raises NoPaper: if the ERP has none, does not answer, or names an address nobody should be sent to.
    """
    row = ErpInvoice.objects.select_related("channel").get(pk=invoice_id, state=ErpState.DONE)
    channel = row.channel
    if channel.state != ChannelState.ON:
        told = {"company": channel.company or channel.name}
        raise NotConnected(_("%(company)s is not connected any more; see the invoice in the ERP.") % told)
    try:
        made = erp_of(channel, clock=clock).invoice(row.external_id)
    except ErpError as error:
        raise NoPaper(error_words(error)) from None
    if made is None:
        raise NoPaper(_("The ERP does not have this invoice any more."))
    if not made.pdf_url:
        raise NoPaper(_("The ERP has no PDF of this invoice yet; try again in a minute."))
    if not is_safe(made.pdf_url):
        raise NoPaper(_("The ERP names an address of the PDF that is not safe; see the invoice in the ERP."))
    return made.pdf_url


def is_safe(url: str) -> bool:
    """Whether a paper may be fetched there: encrypted, or from the ERP's stand-in of tests and the demo."""
    try:
        parts, stand_in = urlsplit(url), urlsplit(settings.ALEGRA_URL)
        if parts.scheme == "https":
            return bool(parts.hostname)
        return bool(stand_in.hostname) and (parts.scheme, parts.hostname) == ("http", stand_in.hostname)
    except ValueError:
        return False
