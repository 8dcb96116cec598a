"""The words and sums of a remittance advice, in the active language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text
from settlement.documents.facts import plain
from settlement.documents.papers.facts import Column, Kind, Listing, PaperFacts, Shown, Sum
from settlement.documents.papers.words import common_words, orders_total
from settlement.documents.queries import party_facts
from settlement.netting.agreement_facts import names_of
from settlement.netting.naming import (
    CASH,
    FEE_CREDIT,
    HELD,
    INVOICE,
    REFUND,
    SERVICE_CREDIT,
    Sort,
    items_total,
    name_columns,
)
from settlement.payouts.advices import Advice


def advice_facts(advice: Advice) -> PaperFacts:
    """What a remittance advice says above its lists, and their headings."""
    payout, market = advice.payout, advice.payout.market
    frozen = payout.set_off.parties
    parties = {kind: party_facts(party) for kind, party in frozen.items()}
    paid_on = day_text(payout.paid_on, language=market.spoken) if payout.paid_on else ""
    return PaperFacts(
        title=_("Remittance advice"),
        reference=payout.reference,
        market=plain(frozen["marketplace"]["market"]),
        currency=payout.currency,
        language=market.locale,
        spoken=market.spoken,
        meta=(
            (_("Paid on"), paid_on),
            (_("Set-off"), payout.set_off.reference),
            (_("Currency"), payout.currency),
        ),
        stressed=_told(advice, _("%(payer)s paid %(payee)s %(amount)s.")),
        text=_told(
            advice,
            _(
                "On %(day)s to the account %(account)s, with the reference %(reference)s. It pays what"
                " set-off %(set_off)s left owed of what is listed here."
            ),
        ),
        parties=(
            Shown(_("Payer"), parties["marketplace"]),
            Shown(_("Payee"), parties["seller"], addressed=True),
        ),
        sums_heading=_("What this payment is made of"),
        sums=tuple(_sums(advice)),
        result=Sum(_told(advice, _("%(payer)s paid %(payee)s")), payout.amount),
        note="",
        lists=(_paid(advice), _orders(advice), _money(advice), _others(advice)),
        words=common_words(payout.currency),
    )


def _told(advice: Advice, text: str) -> str:
    payout, names = advice.payout, names_of(advice.payout.set_off)
    language = payout.market.spoken
    return text % {
        "payer": names["marketplace"],
        "payee": names["seller"],
        "amount": money_text(payout.amount, currency=payout.currency, language=payout.market.locale),
        "account": payout.masked,
        "reference": payout.reference,
        "set_off": payout.set_off.reference,
        "day": day_text(payout.paid_on, language=language) if payout.paid_on else "",
    }


def _sums(advice: Advice) -> Iterator[Sum]:
    payout = advice.payout
    _total, set_off, before, left, _now = _totals(advice)
    for sort in advice.sorts:
        yield Sum(_paid_text(sort), sum(each.total for each in advice.items if each.called.sort == sort))
    only_cash = {*advice.other_sorts} <= {CASH}
    yield Sum(
        _("Less customers' cash that was set off") if only_cash else _("Less what was set off"), set_off
    )
    if before:
        yield Sum(_("Less what was paid before"), before)
    if left:
        yield Sum(_("Less what stays open: disputed, or settled later"), left)
    if rounding := payout.amount - payout.exact:
        yield Sum(_("Plus rounding") if rounding > 0 else _("Less rounding"), abs(rounding))


def _paid_text(sort: Sort) -> str:
    return {
        INVOICE: _("Purchase price of the orders, as invoiced"),
        HELD: _("Customers' money that was held for you"),
        REFUND: _("What you gave back to customers"),
        FEE_CREDIT: _("Commission credited to you"),
        SERVICE_CREDIT: _("Fees credited to you"),
    }[sort]


def _totals(advice: Advice) -> tuple[int, ...]:
    rows = [(each.total, each.set_off, each.paid_before, each.left, each.paid) for each in advice.items]
    return tuple(map(sum, zip(*rows, strict=True)))


def _paid(advice: Advice) -> Listing:
    sorts, only_invoices = advice.sorts, advice.sorts == [INVOICE]
    total, set_off, before, left, paid = _totals(advice)
    otherwise = ((_("Paid before"), before), (_("Stays open"), left)) if advice.settles_otherwise else ()
    amounts = (
        (_("Invoice total") if only_invoices else _("Total"), total),
        (_("Set off"), set_off),
        *otherwise,
        (_("Paid now"), paid),
    )
    return Listing(
        _("Invoices this payment covers") if only_invoices else _("What this payment covers"),
        (*name_columns(sorts), *(Column(label, Kind.AMOUNT, amount) for label, amount in amounts)),
        len(advice.items),
        items_total(sorts, len(advice.items)),
    )


def _orders(advice: Advice) -> Listing:
    documents = advice.documents
    count = sum(document.orders for document in documents)
    return Listing(
        _("Orders on these invoices"),
        (
            Column(_("Order"), Kind.NUMBER),
            Column(_("Invoice document"), Kind.TEXT),
            Column(_("Delivered"), Kind.DAY),
            Column(_("Net"), Kind.AMOUNT, sum(document.purchase_net for document in documents)),
            Column(_("VAT"), Kind.AMOUNT, sum(document.purchase_vat for document in documents)),
            Column(_("Purchase price"), Kind.AMOUNT, sum(document.purchase_gross for document in documents)),
            Column(_("Cash set off"), Kind.AMOUNT, advice.own_cash),
        ),
        count,
        orders_total(count),
        _("Cash set off: customers' cash that the seller kept and that paid a part of these invoices."),
    )


def _money(advice: Advice) -> Listing:
    """The orders whose customers' money, or whose commission, is paid."""
    items = advice.of_orders
    count = sum(document.orders for _each, document in items)
    return Listing(
        _("Orders whose money it is"),
        (
            Column(_("Order"), Kind.NUMBER),
            Column(_("What it is"), Kind.LONG) if advice.mixes_orders else Column(_("Document"), Kind.TEXT),
            Column(_("Delivered"), Kind.DAY),
            Column(_("Amount"), Kind.AMOUNT, sum(each.total for each, _document in items)),
        ),
        count,
        orders_total(count),
    )


def _others(advice: Advice) -> Listing:
    """What else was set off: cash of other documents, commission, credit notes."""
    sorts = advice.other_sorts
    return Listing(
        _("Cash of other orders, set off against these invoices")
        if sorts == [CASH]
        else _("What was set off against it"),
        (
            *name_columns(sorts),
            Column(_("Due"), Kind.DAY),
            Column(
                _("Cash set off") if sorts == [CASH] else _("Set off"),
                Kind.AMOUNT,
                sum(each.amount for each in advice.others),
            ),
        ),
        len(advice.others),
        items_total(sorts, len(advice.others)),
    )
