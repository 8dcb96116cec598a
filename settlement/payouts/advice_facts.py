"""The words and sums of a remittance advice, in the active language."""

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text
from settlement.documents.facts import plain
from settlement.documents.papers.facts import Column, Kind, Listing, PaperFacts, Shown, Sum
from settlement.documents.papers.words import common_words, invoices_total, orders_total
from settlement.documents.queries import party_facts
from settlement.netting.agreement_facts import names_of
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
        language=market.language,
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
                " set-off %(set_off)s left owed for the invoices listed here."
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
        lists=(_invoices(advice), _orders(advice), _other_cash(advice)),
        words=common_words(payout.currency),
    )


def _told(advice: Advice, text: str) -> str:
    payout, names = advice.payout, names_of(advice.payout.set_off)
    language = payout.market.spoken
    return text % {
        "payer": names["marketplace"],
        "payee": names["seller"],
        "amount": money_text(payout.amount, currency=payout.currency, language=payout.market.language),
        "account": payout.masked,
        "reference": payout.reference,
        "set_off": payout.set_off.reference,
        "day": day_text(payout.paid_on, language=language) if payout.paid_on else "",
    }


def _sums(advice: Advice) -> list[Sum]:
    payout = advice.payout
    total, cash, before, left, _paid = _invoice_totals(advice)
    rounding = payout.amount - payout.exact
    made = [
        Sum(_("Purchase price of the orders, as invoiced"), total),
        Sum(_("Less customers' cash that was set off"), cash),
        Sum(_("Less what was paid before"), before),
        Sum(_("Less what stays open: disputed, or settled later"), left),
        Sum(_("Plus rounding") if rounding > 0 else _("Less rounding"), abs(rounding)),
    ]
    return made[:2] + [each for each in made[2:] if each.amount]


def _invoice_totals(advice: Advice) -> tuple[int, ...]:
    rows = [(each.total, each.set_off, each.paid_before, each.left, each.paid) for each in advice.invoices]
    return tuple(map(sum, zip(*rows, strict=True)))


def _invoices(advice: Advice) -> Listing:
    total, cash, before, left, paid = _invoice_totals(advice)
    otherwise = ((_("Paid before"), before), (_("Stays open"), left)) if advice.settles_otherwise else ()
    amounts = ((_("Invoice total"), total), (_("Set off"), cash), *otherwise, (_("Paid now"), paid))
    return Listing(
        _("Invoices this payment covers"),
        (
            Column(_("Invoice"), Kind.NUMBER),
            Column(_("Invoice document"), Kind.TEXT),
            *(Column(label, Kind.AMOUNT, amount) for label, amount in amounts),
        ),
        len(advice.invoices),
        invoices_total(len(advice.invoices)),
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


def _other_cash(advice: Advice) -> Listing:
    """Cash of earlier or later documents that paid these invoices."""
    return Listing(
        _("Cash of other orders, set off against these invoices"),
        (
            Column(_("Order"), Kind.NUMBER),
            Column(_("Invoice document"), Kind.TEXT),
            Column(_("Due"), Kind.DAY),
            Column(_("Cash set off"), Kind.AMOUNT, sum(each.amount for each in advice.other_cash)),
        ),
        len(advice.other_cash),
        orders_total(len(advice.other_cash)),
    )
