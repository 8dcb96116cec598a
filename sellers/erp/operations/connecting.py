"""Connecting a channel, changing it, and taking it off."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import AHEAD, enqueue
from marketplace.kernel.mail import write_mail
from marketplace.kernel.secrets import Unreadable, seal
from marketplace.kernel.states import move_all
from marketplace.parties.models import Seller
from sellers.erp.gateway import speak_to
from sellers.erp.models import Channel, ChannelState, ErpInvoice, ErpInvoiceChange, ErpState, Trigger
from sellers.erp.operations.moving import MOVED_AT_ONCE, wake
from sellers.erp.pacing import Clock
from sellers.erp.port import Company, ErpError, Fault, Offer
from sellers.erp.refusals import CannotConnect, NotConnected, error_words
from sellers.erp.rules.causes import Cause

CONFIGURATION = (
    "note_printed",
    "sku_is",
    "use_taxes",
    "price_list",
    "warehouse",
    "default_email",
    "default_phone",
    "default_id_type",
    "default_id_number",
    "shipping_item",
    "cod_item",
)
AUTOMATION = (
    "source_channels",
    "order_groups",
    "fulfilment",
    "as_draft",
    "automatic_warehouse",
    "automatic_price_list",
    "stamp",
    "numbering",
    "id_type",
    "kind_of_person",
    "regime",
    "payment_form",
    "payment_method",
    "cfdi_use",
)


PATIENCE = 30.0
"""Seconds a person waits while credentials are tried: each answer of a slow ERP may take most of that."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What an ERP answered to credentials that it takes."""

    company: Company
    offer: Offer


def try_credentials(
    *, provider: str, email: str, token: str, clock: Clock, patience: float = PATIENCE
) -> Tried:
    """Ask the ERP, outside of any transaction, whose books the credentials open and what there is to choose.

    :raises CannotConnect: if it refuses them, does not answer, or its plan lacks price lists or warehouses.
    """
    still = _until(time.monotonic() + patience)
    erp = speak_to(provider, email=email, token=token, clock=clock, heartbeat=still)
    try:
        tried = Tried(erp.company(), erp.offer())
    except ErpError as error:
        raise CannotConnect(error_words(error)) from None
    needed = {"price-lists": _("price lists"), "warehouses": _("warehouses")}
    missing = [str(words) for name, words in needed.items() if name in tried.offer.missing]
    if not (missing or tried.offer.price_lists or tried.offer.warehouses):
        missing = [str(words) for words in needed.values()]
    if missing:
        raise CannotConnect(
            _(
                "The ERP's plan has no %(missing)s, which a channel needs. Ask the ERP for a plan that has"
                " them."
            )
            % {"missing": get_text_list(missing, _("and"))}
        )
    return tried


def _until(stop_at: float) -> Callable[[], None]:
    """What asks no more of an ERP from a moment on."""

    def still() -> None:
        if time.monotonic() > stop_at:
            raise ErpError(Fault.AWAY, wait=30)

    return still


@transaction.atomic
def connect_channel(
    *, seller: Seller, name: str, email: str, token: str, country: str, tried: Tried, by: Any, at: datetime
) -> Channel:
    """Keep credentials that were tried. A channel of before is connected anew if it was to the same company's
    books; other books are another channel. A click that comes twice finds its own channel. The token is
    sealed.

    :raises CannotConnect: if a channel to other books is connected.
    """
    Seller.objects.locked().get(pk=seller.pk)
    before = list(Channel.objects.of(seller).locked())
    live = next((each for each in before if each.state != ChannelState.OFF), None)
    if live is not None and live.state == ChannelState.ON and _same_books(live, tried):
        return _renew(live, name=name, email=email, token=token, tried=tried, by=by, at=at)
    if live is not None and live.state == ChannelState.ON:
        raise CannotConnect(
            _("%(channel)s is connected already; disconnect it first, or change its settings.")
            % {"channel": live}
        )
    channel = next((each for each in reversed(before) if _same_books(each, tried)), None)
    if live is not None and live != channel:
        _switch_off(live, by, at)
    channel = channel or Channel(seller=seller, country=country)
    _take(channel, name=name, email=email, token=token, tried=tried, at=at)
    channel.connected_at, channel.connected_by, channel.rests_until = at, by, None
    channel.state = ChannelState.ON
    channel.save()
    _record("erp_channel.connected", channel, by, at)
    _bring_waiting(channel, at)
    told: dict[str, Any] = {"seller_id": seller.pk, "delay": AHEAD, "channel_id": channel.pk}
    enqueue("erp.read_catalogue", key=f"channel:{channel.pk}", **told)
    return channel


@transaction.atomic
def change_credentials(
    *, channel_id: int, name: str, email: str, token: str, tried: Tried, by: Any, at: datetime
) -> Channel:
    """Give a channel other credentials to the same books; one that was refused goes on.

    :raises NotConnected: if it is disconnected.
    :raises CannotConnect: if the credentials open another company's books.
    """
    channel = _live(channel_id)
    if not _same_books(channel, tried):
        raise CannotConnect(
            _(
                "This token opens other books (%(other)s) than those of this channel (%(company)s)."
                " Disconnect it, then connect the other company."
            )
            % {"other": tried.company.name, "company": channel.company}
        )
    return _renew(channel, name=name, email=email, token=token, tried=tried, by=by, at=at)


@transaction.atomic
def configure_channel(*, channel_id: int, told: Mapping[str, Any], by: Any, at: datetime) -> Channel:
    """Keep how orders are written in the ERP.

    :raises NotConnected: if the channel is disconnected.
    """
    return _change(channel_id, {name: told[name] for name in CONFIGURATION if name in told}, by, at)


@transaction.atomic
def automate_channel(
    *, channel_id: int, automatic: bool, told: Mapping[str, Any], by: Any, at: datetime
) -> Channel:
    """Switch automatic invoicing on or off and keep its rules; it takes the orders placed since then. What it
    took and has not sent yet is not sent once it is off.

    :raises NotConnected: if the channel is disconnected.
    """
    channel = _live(channel_id)
    values = {name: told[name] for name in AUTOMATION if name in told}
    if automatic and not channel.automatic:
        values["automatic_since"] = at
    if channel.automatic and not automatic:
        _hold(channel, by, at)
    return _change(channel_id, {**values, "automatic": automatic}, by, at)


@transaction.atomic
def disconnect_channel(*, channel_id: int, by: Any, at: datetime) -> Channel:
    """Take a channel off and forget its token; what was invoiced stays known.

    :raises NotConnected: if it is disconnected.
    """
    channel = _live(channel_id)
    _switch_off(channel, by, at)
    return channel


def refuse_channel(*, channel_id: int, at: datetime) -> None:
    """Stop a channel whose credentials the ERP does not take any more, and tell the seller, once."""
    channel = Channel.objects.locked().select_related("seller__market").get(pk=channel_id)
    if channel.state != ChannelState.ON:
        return
    channel.state = ChannelState.REFUSED
    channel.save(update_fields=["state"])
    _record("erp_channel.refused", channel, None, at)
    market = channel.seller.market
    with translation.override(market.spoken):
        told = {"channel": channel.name, "seller": channel.seller.name}
        write_mail(
            key=f"erp_channel:{channel.pk}:refused:{at.isoformat()}",
            market=market,
            to=[channel.seller.email],
            subject=_("%(channel)s refuses the token") % told,
            body=_(
                "Hello %(seller)s,\n\n%(channel)s does not take the token of your channel any more, so no"
                " order is invoiced there. Enter a new token under Channels; orders that wait go on by"
                " themselves."
            )
            % told,
            at=at,
            seller_id=channel.seller_id,
        )


def heed_failure(*, channel: Channel, error: ErpError | Unreadable, at: datetime) -> None:
    """Stop a channel whose token is refused, or that no key opens; else leave its ERP alone for a while.

    ``channel`` is as it was when the ERP was asked: of a token entered since then the refusal says nothing.
    """
    if isinstance(error, Unreadable) or error.fault == Fault.UNAUTHORISED:
        now = Channel.objects.locked().get(pk=channel.pk)
        if (now.email, now.token) == (channel.email, channel.token):
            refuse_channel(channel_id=channel.pk, at=at)
        return
    until = at + timedelta(seconds=max(error.wait, 1.0))
    Channel.objects.filter(pk=channel.pk).update(rests_until=until)


def _renew(channel: Channel, *, by: Any, at: datetime, **told: Any) -> Channel:
    """Give a live channel what opens its books now."""
    _take(channel, at=at, **told)
    channel.state, channel.rests_until = ChannelState.ON, None
    channel.save()
    _record("erp_channel.credentials_changed", channel, by, at)
    wake(channel)
    return channel


def _take(channel: Channel, *, name: str, email: str, token: str, tried: Tried, at: datetime) -> None:
    company = tried.company
    channel.name, channel.email, channel.token = name.strip()[:80], email.strip(), seal(token.strip())
    channel.country = company.country or channel.country
    channel.company, channel.currency = company.name[:150], company.currency[:3]
    channel.company_number = company.identification[:40]
    channel.offer, channel.offered_at = asdict(tried.offer), at


def _same_books(channel: Channel, tried: Tried) -> bool:
    """Whether credentials open the books of a channel: the company's number tells, else its name."""
    company = tried.company
    known, told = channel.company_number, company.identification[:40]
    if not (known and told):
        known, told = channel.company, company.name[:150]
    return known == told != "" and channel.country == (company.country or channel.country)


def _switch_off(channel: Channel, by: Any, at: datetime) -> None:
    channel.state, channel.token, channel.automatic = ChannelState.OFF, "", False
    channel.save(update_fields=["state", "token", "automatic"])
    _record("erp_channel.disconnected", channel, by, at)


def _bring_waiting(channel: Channel, at: datetime) -> None:
    """What was not sent yet goes to the books of today; what may be in those of before stays with them."""
    waiting = ErpInvoice.objects.filter(seller=channel.seller_id, state=ErpState.WAITING)
    waiting.exclude(channel=channel).update(channel=channel, due_at=at)


def _hold(channel: Channel, by: Any, at: datetime) -> None:
    """Orders that the rules took and that were not tried yet wait for somebody to ask for them."""
    moves = ErpInvoiceChange.objects.filter(invoice=OuterRef("pk"))
    rows = ErpInvoice.objects.locked().filter(channel=channel, state=ErpState.WAITING)
    untried = list(rows.filter(trigger=Trigger.AUTOMATIC).exclude(Exists(moves)))
    also = {"cause": Cause.SWITCHED_OFF.value, "about": ""}
    for first in range(0, len(untried), MOVED_AT_ONCE):
        move_all(untried[first : first + MOVED_AT_ONCE], ErpState.FAILED, by=by, at=at, also=also)


def _live(channel_id: int) -> Channel:
    channel = Channel.objects.locked().select_related("seller").get(pk=channel_id)
    if channel.state == ChannelState.OFF:
        raise NotConnected(_("%(channel)s is disconnected; connect it first.") % {"channel": channel})
    return channel


def _change(channel_id: int, values: Mapping[str, Any], by: Any, at: datetime) -> Channel:
    channel = _live(channel_id)
    changed = {name: value for name, value in values.items() if getattr(channel, name) != value}
    for name, value in changed.items():
        setattr(channel, name, value)
    if changed:
        channel.save(update_fields=list(changed))
        _record("erp_channel.changed", channel, by, at, fields=sorted(changed))
    return channel


def _record(verb: str, channel: Channel, by: Any, at: datetime, **details: Any) -> None:
    record(verb=verb, subject=channel.name, by=by, at=at, seller_id=channel.seller_id, details=details)
