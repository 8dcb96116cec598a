"""What the seller has to do about its ERP: a token to enter anew, orders that could not be invoiced."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.parties.models import Seller
from sellers.erp.models import ChannelState
from sellers.erp.queries import channel_of
from sellers.erp.rules.causes import Cause
from sellers.portal.erp.entry import invoices_itself
from sellers.portal.erp.errors import failed_of
from sellers.portal.paging import capped_count, count_text


def erp_tasks(seller: Seller) -> list[dict[str, Any]]:
    """The tasks about the ERP; none for who does not invoice its customers itself, or has no channel."""
    channel = channel_of(seller) if invoices_itself(seller) else None
    if channel is None:
        return []
    erp, tasks = channel.get_provider_display(), []
    if channel.state == ChannelState.REFUSED:
        text = _("%(erp)s refuses the token: enter a new one") % {"erp": erp}
        tasks.append(_task("plug-connected-x", text, reverse("portal:erp_credentials")))
    if failed := capped_count(failed_of(seller).exclude(cause=Cause.CANCELLED.value)):
        text = ngettext(
            "%(count)s order could not be invoiced in %(erp)s",
            "%(count)s orders could not be invoiced in %(erp)s",
            failed,
        )
        told = {"count": count_text(failed), "erp": erp}
        tasks.append(_task("file-alert", text % told, reverse("portal:erp_errors")))
    return tasks


def _task(icon: str, text: str, url: str) -> dict[str, Any]:
    return {"icon": icon, "tone": "bad", "text": text, "url": url}
