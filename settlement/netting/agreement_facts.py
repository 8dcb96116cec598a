"""The words and sums of a set-off's agreement, in the active language."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text
from marketplace.kernel.money import round_to_unit
from marketplace.parties.models import NegativeBalance
from settlement.documents.facts import plain
from settlement.documents.papers.facts import Column, Kind, Listing, PaperFacts, Shown, Sum
from settlement.documents.papers.words import common_words, orders_total
from settlement.documents.queries import party_facts
from settlement.netting.agreements import Agreement, Line
from settlement.netting.models import How, SetOff
from settlement.netting.naming import CASH, INVOICE, Sort, debt_text, heading_of, items_total, name_columns


def agreement_facts(agreement: Agreement) -> PaperFacts:
    """What the paper of an agreed set-off says above its lists, and their headings."""
    set_off = agreement.set_off
    market, names = set_off.market, names_of(set_off)
    parties = {kind: party_facts(party) for kind, party in set_off.parties.items()}
    assert set_off.confirmed_at is not None
    agreed_on = set_off.confirmed_at.astimezone(ZoneInfo(market.zone)).date()
    stressed, how = _how(set_off, names)
    return PaperFacts(
        title=_("Set-off agreement"),
        reference=set_off.reference,
        market=plain(set_off.parties["marketplace"]["market"]),
        currency=set_off.currency,
        language=market.locale,
        spoken=market.spoken,
        meta=(
            (_("Agreed on"), day_text(agreed_on, language=market.spoken)),
            (_("Currency"), set_off.currency),
        ),
        stressed=stressed,
        text=f"{how} {_extinguished(set_off)}",
        parties=(
            Shown(_("Marketplace"), parties["marketplace"]),
            Shown(_("Seller"), parties["seller"]),
        ),
        sums_heading=_("What is set off, and what is left"),
        sums=_sums(agreement, names),
        result=_result(set_off, names),
        note=_note(agreement),
        lists=_lists(agreement, names),
        words=common_words(set_off.currency),
    )


def names_of(set_off: SetOff) -> dict[str, str]:
    """The two parties by name, as they were."""
    return {kind: plain(set_off.parties[kind]["name"]) for kind in ("marketplace", "seller")}


def _how(set_off: SetOff, names: dict[str, str]) -> tuple[str, str]:
    zone, language = ZoneInfo(set_off.market.zone), set_off.market.spoken
    assert set_off.confirmed_at is not None
    moment = set_off.confirmed_at.astimezone(zone)
    told = {
        "seller": names["seller"],
        "who": plain(set_off.confirmed_by.get_full_name()) if set_off.confirmed_by else "",
        "day": day_text(moment.date(), language=language),
        "time": f"{moment:%H:%M}",
        "proposed": day_text(set_off.proposed_at.astimezone(zone).date(), language=language),
        "last": day_text(set_off.answer_by, language=language),
    }
    if set_off.how == How.DEADLINE:
        return _("Agreed: the time to object passed."), _(
            "It was proposed on %(proposed)s, and %(seller)s did not object by %(last)s."
        ) % told
    confirmed = _("%(seller)s confirmed it on %(day)s at %(time)s.")
    if told["who"]:
        confirmed = _("%(who)s confirmed it for %(seller)s on %(day)s at %(time)s.")
    return _("Agreed: confirmed by the seller."), confirmed % told


def _extinguished(set_off: SetOff) -> str:
    if not set_off.netted:
        return _("Nothing is set off: only one side was owed something undisputed.")
    amount = _money(set_off, set_off.netted)
    return _(
        "The debts listed here were mutual; %(amount)s on either side is thereby extinguished. This changes"
        " no invoice and is no credit note."
    ) % {"amount": amount}


def _sums(agreement: Agreement, names: dict[str, str]) -> tuple[Sum, ...]:
    set_off = agreement.set_off
    ours, theirs = _directions(names)
    made = [
        *_debts(agreement.payables, agreement.sorts[0] or [INVOICE], ours),
        *_debts(agreement.receivables, agreement.sorts[1] or [CASH], theirs),
        Sum(_("Set off against each other, on either side"), set_off.netted),
    ]
    disputed = _("Disputed and left open, owed by %(debtor)s")
    for told, amount in ((ours, set_off.disputed_payables), (theirs, set_off.disputed_receivables)):
        if amount:
            made.append(Sum(disputed % told, amount))
    return tuple(made)


def _debts(lines: Sequence[Line], sorts: Sequence[Sort], told: dict[str, str]) -> Iterator[Sum]:
    """What one side owed the other, sort by sort."""
    for sort in sorts:
        yield Sum(debt_text(sort) % told, sum(line.total for line in lines if line.item.sort == sort))


def _result(set_off: SetOff, names: dict[str, str]) -> Sum:
    """Who pays whom, or owes whom on."""
    amount = abs(set_off.net_due)
    if not amount:
        return Sum(_("Nothing is left to pay on either side."), 0)
    marketplace, seller = names["marketplace"], names["seller"]
    payer, payee = (marketplace, seller) if set_off.net_due > 0 else (seller, marketplace)
    if is_carried(set_off):
        return Sum(
            _("%(payer)s still owes %(payee)s; it comes on the next set-off")
            % {"payer": payer, "payee": payee},
            amount,
        )
    return Sum(_("%(payer)s pays %(payee)s") % {"payer": payer, "payee": payee}, amount)


def is_carried(set_off: SetOff) -> bool:
    """Whether what is left waits for the next set-off: by the seller's contract, or too little to pay."""
    if not round_to_unit(abs(set_off.net_due), set_off.market.practical_unit):
        return True
    carries = set_off.seller.contract.negative_balance == NegativeBalance.CARRY
    return set_off.net_due < 0 and carries


def _note(agreement: Agreement) -> str:
    set_off, notes = agreement.set_off, []
    paid = round_to_unit(abs(set_off.net_due), set_off.market.practical_unit)
    if paid != abs(set_off.net_due) and not is_carried(set_off):
        notes.append(_("Rounded to what people pay in: %(amount)s.") % {"amount": _money(set_off, paid)})
    if count := len(agreement.disputed):
        notes.append(
            ngettext(
                "%(count)s order is disputed: its money stays open on both sides until that is decided.",
                "%(count)s orders are disputed: their money stays open on both sides until that is decided.",
                count,
            )
            % {"count": count}
        )
    return " ".join(notes)


def _lists(agreement: Agreement, names: dict[str, str]) -> tuple[Listing, ...]:
    set_off, (ours, theirs) = agreement.set_off, agreement.sorts
    from_us, to_us = _directions(names)
    payables = set_off.payables, set_off.disputed_payables
    receivables = set_off.receivables, set_off.disputed_receivables
    return (
        Listing(
            heading_of(ours) % from_us,
            _item_columns(agreement, ours, *payables),
            len(agreement.payables),
            items_total(ours, len(agreement.payables)),
        ),
        Listing(
            heading_of(theirs) % to_us,
            _item_columns(agreement, theirs, *receivables),
            len(agreement.receivables),
            items_total(theirs, len(agreement.receivables)),
        ),
        _paid_list(agreement),
        _disputed_list(agreement),
    )


def _paid_list(agreement: Agreement) -> Listing:
    netted, count = agreement.set_off.netted, len(agreement.paid)
    oldest = _("Oldest due first, on both sides.")
    if agreement.is_usual:
        columns = (
            Column(_("Invoice"), Kind.NUMBER),
            Column(_("Order"), Kind.TEXT),
            Column(_("Cash set off"), Kind.AMOUNT, netted),
            Column(_("Invoice then open"), Kind.AMOUNT),
        )
        return Listing(_("Which order's cash paid which invoice"), columns, count, _("Total set off"), oldest)
    columns = (
        Column(_("Owed to the seller"), Kind.NUMBER),
        Column(_("Owed by the seller"), Kind.LONG),
        Column(_("Set off"), Kind.AMOUNT, netted),
        Column(_("Then still open"), Kind.AMOUNT),
    )
    return Listing(_("What was set off against what"), columns, count, _("Total set off"), oldest)


def _disputed_list(agreement: Agreement) -> Listing:
    set_off, usual = agreement.set_off, agreement.is_usual
    return Listing(
        _("Left open: disputed orders"),
        (
            Column(_("Order"), Kind.NUMBER),
            Column(_("Invoice document") if usual else _("Document"), Kind.TEXT),
            Column(_("What the seller objects to"), Kind.LONG),
            Column(
                _("Of the invoice") if usual else _("Owed to the seller"),
                Kind.AMOUNT,
                set_off.disputed_payables,
            ),
            Column(
                _("Of the cash") if usual else _("Owed by the seller"),
                Kind.AMOUNT,
                set_off.disputed_receivables,
            ),
        ),
        len(agreement.disputed),
        orders_total(len(agreement.disputed)),
    )


def _item_columns(
    agreement: Agreement, sorts: Sequence[Sort], total: int, disputed: int
) -> tuple[Column, ...]:
    netted = agreement.set_off.netted
    withheld = (Column(_("Of it disputed"), Kind.AMOUNT, disputed),) if agreement.withholds else ()
    return (
        *name_columns(sorts),
        Column(_("Due"), Kind.DAY),
        Column(_("Open before"), Kind.AMOUNT, total),
        *withheld,
        Column(_("Set off"), Kind.AMOUNT, netted),
        Column(_("Remaining"), Kind.AMOUNT, total - netted),
    )


def _directions(names: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Who owes whom: we the seller, and the seller us."""
    marketplace, seller = names["marketplace"], names["seller"]
    return {"debtor": marketplace, "creditor": seller}, {"debtor": seller, "creditor": marketplace}


def _money(set_off: SetOff, minor: int) -> str:
    return money_text(minor, currency=set_off.currency, language=set_off.market.locale)
