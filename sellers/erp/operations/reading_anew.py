"""Asking for an ERP's lists and catalogue to be read anew, by hand."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import AHEAD, enqueue
from sellers.erp.models import Channel, ChannelState
from sellers.erp.refusals import NotConnected


@transaction.atomic
def read_anew(*, channel_id: int, by: Any, at: datetime) -> None:
    """Have a channel's lists and catalogue read; a reading that is under way is left on its way.

    :raises NotConnected: if the channel is disconnected, or the ERP refuses its token.
    """
    channel = Channel.objects.locked().get(pk=channel_id)
    if channel.state != ChannelState.ON:
        raise NotConnected(_("%(channel)s is not connected: enter a new token first.") % {"channel": channel})
    seller_id = channel.seller_id
    told: dict[str, Any] = {"seller_id": seller_id, "delay": AHEAD, "channel_id": channel.pk}
    enqueue("erp.read_catalogue", key=f"channel:{channel.pk}", **told)
    record(verb="erp_channel.read_anew", subject=channel.name, by=by, at=at, seller_id=seller_id)
