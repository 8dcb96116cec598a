"""A seller's webhook: where it leads, its secret, its switch, and messages sent at a person's wish."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from marketplace.kernel.audit import record
from marketplace.kernel.secrets import seal
from marketplace.parties.models import Seller
from sellers.api.models import Delivery, DeliveryState, Event, Switch, Webhook
from sellers.api.models.deliveries import UNFINISHED
from sellers.api.operations.marking import Clock, begin_of_news, collect_moves
from sellers.api.operations.outbox import wake, write_again
from sellers.api.rules import Fault, read_target

MOST_AGAIN = 500


class SwitchedOff(Exception):
    """Nothing is sent while the webhook is off."""


class StillUnderWay(Exception):
    """This message is on its way already."""


def save_webhook(*, seller_id: int, url: str, wire: str, by: Any, clock: Clock) -> tuple[Webhook, str]:
    """Make a seller's webhook, or have it lead elsewhere; a new one's secret is returned, once.

    :raises BadAddress: if the address may not be called.
    """
    read_target(url, local=settings.LOCAL)
    collect_moves(clock=clock)  # what moved before is no news to it
    at = clock()
    with transaction.atomic():
        Seller.objects.locked().get(pk=seller_id)
        webhook = Webhook.objects.locked().filter(seller=seller_id).first()
        secret = "" if webhook else _make_secret()
        webhook = webhook or Webhook(
            seller_id=seller_id, secret=seal(secret), switched_at=at, after=begin_of_news()
        )
        webhook.url, webhook.wire = url, wire
        webhook.failures, webhook.rests_until = 0, None
        webhook.save()
        _note("webhook.saved", webhook, by, at, {"url": url, "format": wire})
    return webhook, secret


@transaction.atomic
def renew_secret(*, webhook_id: int, by: Any, at: datetime) -> str:
    """Give a webhook another secret, returned once; the old one signs nothing any more."""
    webhook = Webhook.objects.locked().get(pk=webhook_id)
    secret = _make_secret()
    webhook.secret = seal(secret)
    webhook.save(update_fields=["secret"])
    _note("webhook.secret_renewed", webhook, by, at)
    return secret


def switch_on(*, webhook_id: int, by: Any, clock: Clock) -> Webhook:
    """Tell a webhook of what moves from now on."""
    collect_moves(clock=clock)
    with transaction.atomic():
        webhook = Webhook.objects.locked().get(pk=webhook_id)
        if webhook.state == Switch.OFF:
            webhook.after = begin_of_news()
            _switch(webhook, Switch.ON, by, clock())
    return webhook


@transaction.atomic
def switch_off(*, webhook_id: int, by: Any, at: datetime) -> Webhook:
    """Tell a webhook nothing any more; what waited is given up."""
    webhook = Webhook.objects.locked().get(pk=webhook_id)
    if webhook.state == Switch.ON:
        turn_off(webhook, by=by, at=at)
    return webhook


def turn_off(webhook: Webhook, *, by: Any, at: datetime) -> None:
    """Switch off a webhook the caller has locked, and give up what waits for it."""
    _switch(webhook, Switch.OFF, by, at)
    waiting = webhook.deliveries.filter(state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.DEAD, fault=Fault.SWITCHED_OFF, ended_at=at)


@transaction.atomic
def send_test(*, webhook_id: int, by: Any, at: datetime) -> Delivery:
    """Send a message that tells of no order.

    :raises SwitchedOff: if the webhook is off.
    """
    webhook = _awoken(webhook_id)
    delivery = Delivery.objects.create(
        webhook=webhook, seller_id=webhook.seller_id, event=Event.TEST, created_at=at, due_at=at
    )
    _note("webhook.tested", webhook, by, at)
    wake(webhook)
    return delivery


@transaction.atomic
def send_again(*, delivery_id: int, by: Any, at: datetime) -> Delivery:
    """Tell once more what a message told, as a message of its own.

    :raises SwitchedOff: if the webhook is off.
    :raises StillUnderWay: if it, or a repetition of it, has not ended.
    """
    asked = Delivery.objects.select_related("webhook").get(pk=delivery_id)
    webhook = _awoken(asked.webhook_id)
    same = webhook.deliveries.filter(change=asked.change_id) if asked.change_id else Delivery.objects.none()
    if asked.state in UNFINISHED or same.unfinished().exists():
        raise StillUnderWay(asked)
    (fresh,) = write_again(webhook, [same.latest("again") if asked.change_id else asked], at=at)
    _note("webhook.sent_again", webhook, by, at, {"deliveries": [str(asked)]})
    return fresh


@transaction.atomic
def send_dead_again(*, webhook_id: int, by: Any, at: datetime) -> int:
    """Tell once more all that was given up on and not told since, the oldest first; how many.

    :raises SwitchedOff: if the webhook is off.
    """
    webhook = _awoken(webhook_id)
    since = webhook.deliveries.filter(change=OuterRef("change"), again__gt=OuterRef("again"))
    dead = webhook.deliveries.filter(~Exists(since), state=DeliveryState.DEAD, change__isnull=False)
    again = write_again(webhook, dead.order_by("pk")[:MOST_AGAIN], at=at)
    if again:
        _note("webhook.sent_again", webhook, by, at, {"count": len(again)})
    return len(again)


def _awoken(webhook_id: int) -> Webhook:
    """Lock a webhook and end its rest, as somebody looks at it."""
    webhook = Webhook.objects.locked().get(pk=webhook_id)
    if webhook.state == Switch.OFF:
        raise SwitchedOff(webhook)
    webhook.rests_until = None
    webhook.save(update_fields=["rests_until"])
    return webhook


def _switch(webhook: Webhook, to: Switch, by: Any, at: datetime) -> None:
    webhook.state, webhook.switched_at = to, at
    webhook.failures, webhook.rests_until, webhook.dead = 0, None, 0
    webhook.save(update_fields=["state", "switched_at", "after", "failures", "rests_until", "dead"])
    _note(f"webhook.switched_{to}", webhook, by, at)


def _make_secret() -> str:
    return f"whsec_{token_urlsafe(32)}"


def _note(verb: str, webhook: Webhook, by: Any, at: datetime, details: dict[str, Any] | None = None) -> None:
    record(verb=verb, subject=webhook.url, by=by, at=at, seller_id=webhook.seller_id, details=details)
