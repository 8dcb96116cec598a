"""The paper of an invoice, which the ERP keeps: where it is to be had just now."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.kernel.secrets import Unreadable
from sellers.erp.gateway import erp_of
from sellers.erp.models import Channel, ChannelState, ErpInvoice, ErpState
from sellers.erp.pacing import Clock
from sellers.erp.port import ErpError
from sellers.erp.refusals import NoPaper, NotConnected, error_words

NAMED = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}")


def paper_url(*, invoice_id: int, clock: Clock) -> str:
    """Ask the ERP, outside of any transaction, for the address of an invoice's PDF.

    :raises NotConnected: if the channel it was made through is not connected any more.
    :raises NoPaper: if the ERP has none, does not answer, or names an address nobody should be sent to.
    """
    row = ErpInvoice.objects.select_related("channel").get(pk=invoice_id, state=ErpState.DONE)
    channel = row.channel
    check_connected(channel)
    try:
        made = erp_of(channel, clock=clock).invoice(row.external_id)
    except ErpError as error:
        raise NoPaper(error_words(error)) from None
    except Unreadable:
        raise NoPaper(_("The token in use cannot be read any more. Enter it anew.")) from None
    if made is None:
        raise NoPaper(_("The ERP does not have this invoice any more."))
    if not made.pdf_url:
        raise NoPaper(_("The ERP has no PDF of this invoice yet; try again in a minute."))
    if not is_safe(made.pdf_url):
        raise NoPaper(_("The ERP names an address of the PDF that is not safe; see the invoice in the ERP."))
    return made.pdf_url


def check_connected(channel: Channel) -> None:
    """Refuse to ask through a channel that is not connected.

    :raises NotConnected: naming what to do instead.
    """
    told = {"company": channel.company or channel.name}
    if channel.state == ChannelState.OFF:
        raise NotConnected(_("%(company)s is not connected any more; see the invoice in the ERP.") % told)
    if channel.state == ChannelState.REFUSED:
        raise NotConnected(_("The ERP refuses the token of the channel. Enter a new one under Channels."))


def is_safe(url: str) -> bool:
    """Whether somebody may be sent there: encrypted, to a named host of the open net, with nothing about the
    address that reads otherwise than it leads; or to the ERP's stand-in of tests and the demo.
    """
    try:
        parts, stand_in = urlsplit(url), urlsplit(settings.ALEGRA_URL)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "\\" in url or "@" in parts.netloc or not url.isprintable():
        return False
    if parts.scheme == "https":
        return port in (None, 443) and _is_public(host)
    return bool(stand_in.hostname) and (parts.scheme, host) == ("http", stand_in.hostname)


def _is_public(host: str) -> bool:
    """Whether a host is a name that stands in the open net, by the look of it; numbers are no names."""
    last = host.rpartition(".")[2] if NAMED.fullmatch(host) else ""
    return last.isalpha() and last not in ("internal", "local", "localhost", "lan", "home", "corp", "arpa")
