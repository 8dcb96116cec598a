"""The demo's mails come to what they promise."""

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Market, Role, Seller
from sellers.mailroom.demo.mails import MANY, ORDERS, SENDER, mails
from sellers.mailroom.demo.orders import waiting_orders
from sellers.mailroom.models import Mail, Origin
from tests.cast import make_member
from tests.mailroom.telling import hand_over, outcomes

pytestmark = pytest.mark.django_db


def test_each_comes_to_what_it_promises(peru: Market, andes: Seller) -> None:
    make_member(andes, SENDER, Role.OWNER)
    now = timezone.now()
    sent = mails(peru, waiting_orders(andes, ORDERS, at=now), at=now)

    became = {}
    for each in sent:
        mail = hand_over(
            each.raw,
            origin=Origin.SMTP,
            envelope_from=each.envelope_from,
            envelope_to=[each.to],
            peer="127.0.0.1",
        )
        became[each.title] = outcomes(mail)

    assert became == {
        "One receipt": ["registered"] * 2,
        f"{MANY} receipts in one mail": ["registered"] * 2 * MANY,
        "The first mail again": ["registered"] * 2,
        "The first receipt in a new mail": ["duplicate"] * 2,
        "Only the XML": ["only_xml"],
        "Zipped": ["archive"],
        "A wrong total": ["total_differs"] * 2,
        "An unknown order": ["order_not_found"] * 2,
        "No attachment": ["no_attachment"],
        "A stranger": ["sender_not_tied"] * 2,
        "A forged sender": ["quarantined"] * 2,
        "An auto-reply": ["no_attachment"],
        "An invoice nobody asked for": ["no_route"],
    }
    assert Mail.objects.count() == len(sent) - 1
    assert run_checks() == []
    assert len(waiting_orders(andes, ORDERS, at=now)) == ORDERS
