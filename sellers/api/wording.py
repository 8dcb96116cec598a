"""What sellers are told about their webhook and its messages."""

from django.utils.translation import gettext as _

from sellers.api.models import Delivery, Webhook
from sellers.api.rules import DEAD_IN_ROW, Fault


def fault_text(fault: Fault) -> str:
    """Why an address cannot be called, or a message did not arrive, and what to do."""
    return {
        Fault.NOT_A_URL: _("This is no address a program could call; write it as your browser shows it."),
        Fault.NOT_HTTPS: _("The address must begin with https://."),
        Fault.HAS_LOGIN: _(
            "Leave the name and the password out of the address; check our signature instead."
        ),
        Fault.PORT: _("Use port 443, or one above 1023."),
        Fault.PRIVATE: _("The address lies in a private network; it must be reachable from the internet."),
        Fault.UNKNOWN: _("The name in the address is not known on the internet."),
        Fault.TIMEOUT: _("No whole answer came within ten seconds."),
        Fault.UNREACHABLE: _("Your server could not be reached."),
        Fault.TOO_OLD: _("Your server was away for a day."),
        Fault.SWITCHED_OFF: _("The webhook was switched off."),
        Fault.CRASHED: _("We failed to send it, time and again; the fault is ours."),
    }[fault]


def outcome_text(delivery: Delivery) -> str:
    """What came of the last try, in one line."""
    if delivery.fault:
        return fault_text(Fault(delivery.fault))
    if delivery.status is None:
        return ""
    told = {"status": delivery.status}
    if 300 <= delivery.status < 400:
        return _("Your server answered %(status)s: redirects are not followed.") % told
    return _("Your server answered %(status)s.") % told


def dead_letter(webhook: Webhook, delivery: Delivery) -> tuple[str, str]:
    """The letter about the first message that was given up on."""
    told = {
        "url": webhook.url,
        "number": delivery.order.number if delivery.order else "–",
        "why": outcome_text(delivery),
        "count": DEAD_IN_ROW,
    }
    subject = _("Your webhook does not answer: order %(number)s was not delivered") % told
    body = _(
        "We could not tell %(url)s about order %(number)s, and have given up trying. What happened last:\n"
        "%(why)s\n\n"
        "Please look at your server, then send the message again under Settings > API and webhooks > "
        "Deliveries. We write once, not for every message; after %(count)s in a row the webhook switches "
        "itself off."
    )
    return subject, body % told


def switched_off_letter(webhook: Webhook, delivery: Delivery) -> tuple[str, str]:
    """The letter about a webhook that switched itself off."""
    told = {"url": webhook.url, "count": DEAD_IN_ROW, "why": outcome_text(delivery)}
    subject = _("Your webhook was switched off")
    body = _(
        "%(count)s messages in a row could not be delivered to %(url)s, so we have stopped sending. What "
        "happened last:\n%(why)s\n\n"
        "Once your server answers again, switch the webhook on under Settings > API and webhooks. Orders "
        "that changed meanwhile are not sent by themselves: send the failed messages again there, and fetch "
        "the rest with GET /api/v1/orders/?since=…"
    )
    return subject, body % told
