"""Trying what a seller entered at the ERP, and keeping it."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.kernel.secrets import Unreadable, unseal
from marketplace.parties.models import Seller
from sellers.erp.models import Channel, Provider
from sellers.erp.operations.connecting import change_credentials, connect_channel, try_credentials
from sellers.erp.refusals import CannotConnect


def keep_credentials(seller: Seller, channel: Channel | None, told: Mapping[str, Any], *, by: Any) -> Channel:
    """Ask the ERP whose books the credentials open, then keep them: for the live channel, or as a new one.

    :raises Refused: if the ERP does not take them, or they open other books than the channel's.
    """
    provider = channel.provider if channel is not None else Provider.ALEGRA
    token = told["token"] or _known(channel)
    tried = try_credentials(provider=provider, email=told["email"], token=token, clock=timezone.now)
    kept = {
        "name": told["name"],
        "email": told["email"],
        "token": token,
        "tried": tried,
        "by": by,
        "at": timezone.now(),
    }
    if channel is not None:
        return change_credentials(channel_id=channel.pk, **kept)
    return connect_channel(seller=seller, country=told["country"], **kept)


def _known(channel: Channel | None) -> str:
    """The token in use."""
    try:
        return unseal(channel.token) if channel is not None else ""
    except Unreadable:
        raise CannotConnect(_("The token in use cannot be read any more. Enter it anew.")) from None
