"""Drafts: what a seller ticked, corrected, looked at, and then issued, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.parties.models import Seller
from settlement.billing.models import BillingInvoice, InvoiceDraft, Origin
from settlement.billing.operations.issuing import Issue, check_recipient, invoice_deposits, open_deposits
from settlement.billing.operations.profiles import save_profile
from settlement.billing.queries import recipient_for
from settlement.billing.refusals import NotInvoiceable
from settlement.billing.rules.recipients import Recipient, recipient_of

KEPT = timedelta(days=30)
"""How long a draft that nobody issued is kept."""


@transaction.atomic
def draft_invoice(*, seller: Seller, deposit_ids: Sequence[int], by: Any, at: datetime) -> InvoiceDraft:
    """Keep what was ticked as a draft, made out to the seller's usual recipient; nothing is invoiced yet.

    :raises NotInvoiceable: if one cannot be invoiced, or they cannot be together.
    """
    deposits = open_deposits(seller=seller, deposit_ids=deposit_ids)
    return InvoiceDraft.objects.create(
        seller=seller,
        by=by,
        created_at=at,
        deposits=[each.pk for each in deposits],
        recipient=recipient_for(seller).as_json(),
    )


@transaction.atomic
def correct_draft(*, draft_id: UUID, recipient: Recipient, keep: bool, by: Any, at: datetime) -> InvoiceDraft:
    """Correct whom a draft is made out to; ``keep`` makes it the recipient of all invoices to come.

    :raises BadRecipient: if an invoice cannot be made out to it.
    """
    check_recipient(recipient)
    owner = InvoiceDraft.objects.values_list("seller", flat=True).get(pk=draft_id)
    Seller.objects.locked().get(pk=owner)
    draft = InvoiceDraft.objects.locked().get(pk=draft_id)
    if draft.invoice_id is None:
        draft.recipient = recipient.as_json()
        draft.save(update_fields=["recipient"])
    if keep:
        save_profile(seller_id=draft.seller_id, recipient=recipient, by=by, at=at)
    return draft


@transaction.atomic
def untick(*, draft_id: UUID, deposit_ids: Sequence[int]) -> InvoiceDraft:
    """Take deposits off a draft, such as those invoiced meanwhile."""
    draft = InvoiceDraft.objects.locked().get(pk=draft_id)
    if draft.invoice_id is None:
        draft.deposits = [key for key in draft.deposits if key not in set(deposit_ids)]
        draft.save(update_fields=["deposits"])
    return draft


@transaction.atomic
def issue_draft(*, draft_id: UUID, by: Any, at: datetime, seen: int | None = None) -> BillingInvoice:
    """Issue a draft's invoice; sent twice, the second finds the first's.

    :param seen: the total that was looked at before, if somebody did.
    :raises NotInvoiceable: if one of its deposits was invoiced meanwhile, or the total is another than seen.
    :raises BadRecipient: if an invoice cannot be made out to its recipient.
    """
    owner = InvoiceDraft.objects.values_list("seller", flat=True).get(pk=draft_id)
    seller = Seller.objects.locked().select_related("market").get(pk=owner)
    draft = InvoiceDraft.objects.locked().select_related("invoice").get(pk=draft_id)
    if draft.invoice is not None:
        return draft.invoice
    draft.invoice = invoice_deposits(
        seller=seller,
        deposit_ids=draft.deposits,
        recipient=recipient_of(draft.recipient),
        issue=Issue(Origin.HAND, by, at),
    )
    if seen is not None and draft.invoice.gross != seen:
        raise NotInvoiceable(_("The total has changed since you looked; look at the preview again."))
    draft.save(update_fields=["invoice"])
    return draft.invoice


@transaction.atomic
def drop_old_drafts(*, at: datetime) -> int:
    """Forget drafts that were never issued; how many."""
    old = InvoiceDraft.objects.filter(created_at__lt=at - KEPT, invoice__isnull=True)
    count, _each = old.delete()
    return count
