"""Sending a webhook's messages, one after the other: claim in one transaction, speak in none, record in
another.

A worker that dies between speaking and recording leaves a message "being sent"; it is sent again under
the same id, by which the receiver knows it. A server that is away makes its webhook rest as a whole, so
that it holds up one worker for ten seconds and not every worker for every message.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from marketplace.kernel.faults import fault_point
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.mail import write_mail
from marketplace.kernel.secrets import unseal
from sellers.api import gateway, wording
from sellers.api.models import Delivery, DeliveryState, Switch, Webhook
from sellers.api.operations.marking import Clock
from sellers.api.operations.webhooks import turn_off
from sellers.api.payloads import Payload, payload_of
from sellers.api.rules import (
    DEAD_IN_ROW,
    MOST_TRIES,
    PATIENCE,
    PAUSES,
    BadAddress,
    Fault,
    pause_after,
    read_target,
    sign,
)

log = logging.getLogger(__name__)

PASS_SECONDS = 30
AWAY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try: a status and what was answered, or the fault that there was none."""

    status: int | None = None
    fault: str = ""
    text: str = ""

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_away(self) -> bool:
        """Whether the server is not there at all, rather than not content with this message."""
        return self.status is None or self.status >= 500 or self.status in AWAY


def push(claimed: Claimed, *, webhook_id: int, clock: Clock) -> None:
    """Send what is due to a webhook until nothing is, its server is away, or others should have a turn."""
    stop_at = time.monotonic() + PASS_SECONDS
    while time.monotonic() < stop_at:
        with claimed.effect():
            delivery = take_next(webhook_id, at=clock())
        if delivery is None:
            return
        fault_point("api.before_speaking")
        outcome = _send(delivery, at=clock())
        fault_point("api.after_speaking")
        with claimed.effect():
            note_outcome(delivery.pk, outcome, at=clock())
        claimed.heartbeat()


def take_next(webhook_id: int, *, at: datetime) -> Delivery | None:
    """The oldest message that may be tried, marked as being sent."""
    webhook = Webhook.objects.locked().get(pk=webhook_id)
    if webhook.state == Switch.OFF:
        # A worker died while this one was being sent, and then the webhook was switched off.
        _give_up(webhook.deliveries.unfinished(), Fault.SWITCHED_OFF, at)
        return None
    if webhook.rests_until is not None and webhook.rests_until > at:
        return None
    # What brings its worker down each time does not hold up the rest for ever.
    _give_up(webhook.deliveries.filter(state=DeliveryState.SENDING, tries__gte=MOST_TRIES), Fault.CRASHED, at)
    due = webhook.deliveries.due(at=at).select_related("webhook__seller__market", "order", "change")
    delivery: Delivery | None = due.order_by("pk").first()
    if delivery is not None:
        delivery.state, delivery.tried_at = DeliveryState.SENDING, at
        delivery.tries += 1
        delivery.save(update_fields=["state", "tried_at", "tries"])
    return delivery


def _send(delivery: Delivery, *, at: datetime) -> Outcome:
    """Write the message as the order is now, sign it and post it."""
    webhook = delivery.webhook
    payload = payload_of(delivery)
    try:
        target = read_target(webhook.url, local=settings.LOCAL)
        headers = _headers(delivery, payload, unseal(webhook.secret), at)
        answer = gateway.post(
            target, body=payload.body, headers=headers, local=settings.LOCAL, seconds=gateway.SECONDS
        )
    except BadAddress as refusal:
        return Outcome(fault=refusal.fault)
    except gateway.Unanswered as silence:
        return Outcome(fault=silence.fault, text=str(silence))
    return Outcome(status=answer.status, text=answer.text)


def _headers(delivery: Delivery, payload: Payload, secret: str, at: datetime) -> dict[str, str]:
    return {
        "Content-Type": payload.content_type,
        "User-Agent": "Saldo/1",
        "Saldo-Event": delivery.event,
        "Saldo-Delivery": str(delivery.public_id),
        "Saldo-Signature": sign(secret, payload.body, at=int(at.timestamp())),
    }


def note_outcome(delivery_id: int, outcome: Outcome, *, at: datetime) -> None:
    """Write down what came of a try, and what follows for the message and for its webhook."""
    asked = Delivery.objects.values_list("webhook_id", flat=True).get(pk=delivery_id)
    webhook = Webhook.objects.locked().select_related("seller__market").get(pk=asked)
    delivery = Delivery.objects.locked().get(pk=delivery_id)
    pause = pause_after(delivery.tries)
    delivery.status, delivery.fault, delivery.answer = outcome.status, outcome.fault, outcome.text
    if outcome.arrived:
        delivery.state, delivery.ended_at = DeliveryState.DONE, at
        webhook.failures, webhook.rests_until, webhook.dead = 0, None, 0
    elif pause is None or webhook.state == Switch.OFF:
        delivery.state, delivery.ended_at = DeliveryState.DEAD, at
    else:
        delivery.state, delivery.due_at = DeliveryState.WAITING, at + pause
    if outcome.is_away:
        webhook.failures += 1
        webhook.rests_until = at + (pause_after(webhook.failures) or PAUSES[-1])
    delivery.save(update_fields=["status", "fault", "answer", "state", "ended_at", "due_at"])
    webhook.save(update_fields=["failures", "rests_until", "dead"])
    if not outcome.arrived and webhook.state == Switch.ON:
        _bury(webhook, delivery, at=at, away=outcome.is_away)


def _bury(webhook: Webhook, delivery: Delivery, *, at: datetime, away: bool) -> None:
    """Give up what waited too long for a server that is away; tell the seller of the first, stop after
    many.
    """
    buried = int(delivery.state == DeliveryState.DEAD)
    if away:
        waiting = webhook.deliveries.filter(state=DeliveryState.WAITING, created_at__lte=at - PATIENCE)
        buried += _give_up(waiting, Fault.TOO_OLD, at)
    if not buried:
        return
    before, webhook.dead = webhook.dead, webhook.dead + buried
    webhook.save(update_fields=["dead"])
    if webhook.dead >= DEAD_IN_ROW:
        turn_off(webhook, by=None, at=at)
        _tell(webhook, delivery, wording.switched_off_letter, at)
    elif not before:
        _tell(webhook, delivery, wording.dead_letter, at)


def _give_up(rows: "QuerySet[Delivery]", fault: Fault, at: datetime) -> int:
    return rows.update(state=DeliveryState.DEAD, fault=fault, ended_at=at)


def _tell(
    webhook: Webhook,
    delivery: Delivery,
    letter: Callable[[Webhook, Delivery], tuple[str, str]],
    at: datetime,
) -> None:
    seller = webhook.seller
    log.warning("webhook %s of seller %s gives up: %s", webhook.pk, seller.partner_number, letter.__name__)
    with translation.override(seller.market.spoken):
        subject, body = letter(webhook, delivery)
    write_mail(
        key=f"{letter.__name__}:{delivery.public_id}",
        market=seller.market,
        to=[seller.email],
        seller_id=seller.pk,
        at=at,
        subject=subject,
        body=body,
    )
