"""What a demand says: how much, by when, where to, and what it is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text
from marketplace.kernel.zones import local_date
from settlement.documents.facts import PartyFacts, plain
from settlement.documents.papers.facts import Column, Kind, Listing, PaperFacts, Payment, Row, Shown, Sum
from settlement.documents.papers.words import common_words
from settlement.documents.pdf import party_texts
from settlement.documents.queries import party_facts
from settlement.netting.agreement_facts import names_of
from settlement.netting.agreements import DoesNotAddUp
from settlement.netting.models import ITEM_SOURCES
from settlement.netting.naming import (
    CASH,
    Called,
    Sort,
    called,
    heading_of,
    items_total,
    name_cells,
    name_columns,
    sorts_in,
)
from settlement.payouts.models import Collection
from settlement.payouts.symbols import payment_qr, qr_svg


@dataclass(frozen=True, slots=True)
class DemandedItem:
    """A debt of the seller: how much it was, and what of it is demanded."""

    called: Called
    due_on: date
    total: int
    demanded: int


@dataclass(frozen=True, slots=True)
class Demand:
    """A collection with all that its paper lists."""

    collection: Collection
    items: Sequence[DemandedItem]

    @property
    def sorts(self) -> list[Sort]:
        """What sorts of items it demands."""
        return sorts_in(each.called for each in self.items)

    def rows(self) -> Iterator[Row]:
        """The rows of the paper's list."""
        for each in self.items:
            amounts = (each.total, each.total - each.demanded, each.demanded)
            yield 0, (*name_cells(each.called, self.sorts), each.due_on, *amounts)


def demand_of(collection: Collection) -> Demand:
    """Read what the paper of a demand lists.

    :raises DoesNotAddUp: if its items do not make its amount.
    """
    rows = collection.items.order_by("item__due_at", "item__number", "item").select_related(*ITEM_SOURCES)
    zone = collection.market.zone
    items = [
        DemandedItem(
            called(row.item),
            local_date(row.item.due_at, zone),
            row.item.total,
            row.amount,
        )
        for row in rows
    ]
    if sum(each.demanded for each in items) != collection.exact:
        raise DoesNotAddUp(f"{collection.reference}: its items do not make {collection.exact}")
    return Demand(collection, items)


def demand_facts(demand: Demand) -> PaperFacts:
    """What the paper of a demand says above its list, and its headings, in the active language."""
    collection, market = demand.collection, demand.collection.market
    frozen = collection.set_off.parties
    payer = party_facts(frozen["seller"])
    # Money is to come to the account that is in use now.
    payee = replace(party_facts(frozen["marketplace"]), iban=market.entity_iban)
    told = _told(collection)
    demanded_on = local_date(collection.demanded_at, market.zone)
    return PaperFacts(
        title=_("Request for payment"),
        reference=collection.reference,
        market=plain(frozen["marketplace"]["market"]),
        currency=collection.currency,
        language=market.locale,
        spoken=market.spoken,
        meta=(
            (_("Date of issue"), day_text(demanded_on, language=market.spoken)),
            (_("Set-off"), collection.set_off.reference),
            (_("Pay by"), told["day"]),
        ),
        stressed=_("Please pay %(amount)s by %(day)s.") % told,
        text=_text(demand) % told,
        parties=(
            Shown(_("Payer"), payer, addressed=True),
            Shown(_("Payee"), payee),
        ),
        sums_heading=_("What is to be paid"),
        sums=tuple(_sums(demand)),
        result=Sum(_("%(payer)s pays %(payee)s") % told, collection.amount),
        note="",
        lists=(_items(demand, told),),
        words=common_words(collection.currency),
        payment=_payment(collection, payee, told),
    )


def _told(collection: Collection) -> dict[str, str]:
    """Who pays whom what by when, as the paper's sentences say it."""
    market, names = collection.market, names_of(collection.set_off)
    return {
        "payer": names["seller"],
        "payee": names["marketplace"],
        "amount": money_text(collection.amount, currency=collection.currency, language=market.locale),
        "day": day_text(collection.due_on, language=market.spoken),
        "set_off": collection.set_off.reference,
    }


def _text(demand: Demand) -> str:
    if demand.sorts == [CASH]:
        return _(
            "%(payer)s holds customers' cash of %(payee)s after set-off %(set_off)s. The orders it comes from"
            " are listed here."
        )
    return _("%(payer)s owes it to %(payee)s after set-off %(set_off)s. What it is made of is listed here.")


def _sums(demand: Demand) -> Iterator[Sum]:
    collection = demand.collection
    total = sum(each.total for each in demand.items)
    only_cash = demand.sorts == [CASH]
    yield Sum(_("Customers' cash of the orders listed") if only_cash else _("Total of what is listed"), total)
    if total != collection.exact:
        yield Sum(_("Less what was set off or settled otherwise"), total - collection.exact)
    if rounding := collection.amount - collection.exact:
        yield Sum(_("Plus rounding") if rounding > 0 else _("Less rounding"), abs(rounding))


def _payment(collection: Collection, payee: PartyFacts, told: dict[str, str]) -> Payment:
    details = [
        (_("Payee"), payee.name),
        (_("Bank account"), party_texts(payee)["iban"]),
        (_("Amount"), told["amount"]),
        (_("Pay by"), told["day"]),
        (_("Variable symbol"), collection.symbol),
        (_("Message"), collection.reference),
    ]
    code = _code(collection, payee)
    return Payment(
        _("How to pay"),
        tuple(each for each in details if each[1]),
        qr_svg(code, title=_("Payment code")) if code else "",
        _("Scan it with your bank's app.") if code else "",
    )


def _code(collection: Collection, payee: PartyFacts) -> str | None:
    """What a bank's app reads; None where there is no account, or no standard."""
    if not payee.iban:
        return None
    return payment_qr(
        country=collection.market.code,
        iban=payee.iban,
        amount_minor=collection.amount,
        currency=collection.currency,
        symbol=collection.symbol,
        name=payee.name,
        message=collection.reference,
    )


def _items(demand: Demand, told: dict[str, str]) -> Listing:
    sorts, exact = demand.sorts, demand.collection.exact
    total, only_cash = sum(each.total for each in demand.items), sorts == [CASH]
    names = {"debtor": told["payer"], "creditor": told["payee"]}
    return Listing(
        _("Orders whose cash it is") if only_cash else heading_of(sorts) % names,
        (
            *name_columns(sorts),
            Column(_("Delivered") if only_cash else _("Due"), Kind.DAY),
            Column(_("Cash") if only_cash else _("Total"), Kind.AMOUNT, total),
            Column(_("Settled otherwise"), Kind.AMOUNT, total - exact),
            Column(_("To be paid"), Kind.AMOUNT, exact),
        ),
        len(demand.items),
        items_total(sorts, len(demand.items)),
    )
