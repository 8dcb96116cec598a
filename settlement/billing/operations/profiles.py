"""Whom a seller's billing invoices are made out to."""

from datetime import datetime
from typing import Any

from django.db import transaction

from marketplace.kernel.audit import record
from marketplace.parties.models import Seller
from settlement.billing.models import BillingProfile
from settlement.billing.operations.issuing import check_recipient
from settlement.billing.rules.recipients import Recipient


@transaction.atomic
def save_profile(*, seller_id: int, recipient: Recipient, by: Any, at: datetime) -> BillingProfile:
    """Keep a recipient as the one of all invoices to come; those issued stay as they are.

    :raises BadRecipient: if an invoice cannot be made out to it.
    """
    check_recipient(recipient)
    seller = Seller.objects.locked().get(pk=seller_id)
    told = {name: value for name, value in recipient.as_json().items() if name != "country"}
    before = BillingProfile.objects.filter(seller=seller).values(*told).first()
    profile, _fresh = BillingProfile.objects.update_or_create(seller=seller, defaults=told)
    changes = {name: [before and before[name], value] for name, value in told.items()}
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changed:
        subject = seller.partner_number
        record(
            verb="billing_profile.changed",
            subject=subject,
            by=by,
            at=at,
            seller_id=seller_id,
            details=changed,
        )
    return profile
