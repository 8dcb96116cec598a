"""Reads about deposits, fees and their invoices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Sum

from marketplace.parties.models import Seller
from settlement.billing.models import (
    AutomaticInvoicing,
    BillingLine,
    BillingProfile,
    Deposit,
    DepositState,
    Fee,
)
from settlement.billing.rules.recipients import Recipient, recipient_of
from settlement.periods.rules import Span


def recipient_for(seller: Seller) -> Recipient:
    """Whom the seller's invoices are made out to: its billing profile, else as it is registered."""
    profile = BillingProfile.objects.filter(seller=seller).values().first()
    return recipient_of({**registered(seller), **(profile or {})})


def registered(seller: Seller) -> dict[str, str]:
    """A seller's own data, as those of a recipient."""
    return {
        "name": seller.name,
        "tax_id": seller.tax_id,
        "street": seller.street,
        "city": seller.city,
        "zip": seller.zip,
        "country": seller.country,
        "email": seller.email,
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """How a seller's deposits stand, in minor units."""

    left: int
    uninvoiced: int
    uninvoiced_count: int
    uncovered: int
    uncovered_count: int


def standing_of(seller: Seller) -> Standing:
    """What is left of a seller's deposits, what of them is to be invoiced, and which fees wait for more."""
    received = Deposit.objects.of(seller).filter(state=DepositState.RECEIVED)
    sums = received.aggregate(gross=Sum("gross"), taken=Sum("taken"))
    open_ = (
        Deposit.objects.of(seller)
        .uninvoiced()
        .aggregate(gross=Sum("gross"), invoiced=Sum("invoiced"), count=Count("pk"))
    )
    fees = Fee.objects.of(seller).uncovered().order_by()
    waiting = fees.aggregate(
        gross=Sum("gross"), taken=Sum("taken"), invoiced=Sum("invoiced"), count=Count("pk")
    )
    return Standing(
        left=(sums["gross"] or 0) - (sums["taken"] or 0),
        uninvoiced=(open_["gross"] or 0) - (open_["invoiced"] or 0),
        uninvoiced_count=open_["count"],
        uncovered=(waiting["gross"] or 0) - (waiting["taken"] or 0) - (waiting["invoiced"] or 0),
        uncovered_count=waiting["count"],
    )


def never_invoiced(seller: Seller, *, since: date, before: date) -> list[Deposit]:
    """The deposits of these days that are on no invoice and never were: one that a person took off an
    invoice is left to that person.
    """
    lines = BillingLine.objects.filter(deposit=OuterRef("pk"))
    rows = Deposit.objects.of(seller).uninvoiced().filter(received_on__gte=since, received_on__lt=before)
    return list(rows.exclude(Exists(lines)).order_by("received_at", "pk"))


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """An invoice that would have been issued: its period, how many deposits, and their sum."""

    span: Span
    deposits: int
    gross: int


def rehearse(seller: Seller, *, spans: Sequence[Span], each: bool) -> list[Rehearsed]:
    """What automatic invoicing would have made of deposits of the past, invoiced meanwhile or not.

    :param each: one invoice for each deposit.
    """
    if not spans:
        return []
    rows = (
        Deposit.objects.of(seller)
        .received()
        .filter(received_on__gte=spans[0].first_on, received_on__lt=spans[-1].end_on)
    )
    told = list(rows.order_by("received_at", "pk").values_list("received_on", "gross"))
    found = [(span, [gross for day, gross in told if span.first_on <= day < span.end_on]) for span in spans]
    if each:
        return [Rehearsed(span, 1, gross) for span, grosses in found for gross in grosses]
    return [Rehearsed(span, len(grosses), sum(grosses)) for span, grosses in found]


def automatic_of(seller: Seller) -> AutomaticInvoicing | None:
    """How a seller's deposits are invoiced by themselves, if it ever chose."""
    return AutomaticInvoicing.objects.filter(seller=seller).first()
