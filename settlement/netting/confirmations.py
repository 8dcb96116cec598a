"""The confirmation of a balance: what is open between a seller and the marketplace on a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.days import day_text
from settlement.documents.facts import PartyFacts
from settlement.documents.papers.facts import Answer, Column, Kind, Listing, PaperFacts, Row, Shown, Sum
from settlement.documents.papers.words import common_words
from settlement.netting.naming import Called, heading_of, items_total, name_cells, name_columns, sorts_in


@dataclass(frozen=True, slots=True)
class ConfirmedItem:
    """A debt of which something was open on the day; amounts are minor units."""

    item: Called
    due_on: date
    total: int
    open: int


@dataclass(frozen=True, slots=True)
class ConfirmedBalance:
    """What was open at the end of a day: owed to the seller, and owed by it.

    ``language`` writes the amounts, ``spoken`` the words.
    """

    reference: str
    market: str
    as_of: date
    made_on: date
    currency: str
    language: str
    spoken: str
    seller: PartyFacts
    marketplace: PartyFacts
    payables: Sequence[ConfirmedItem]
    receivables: Sequence[ConfirmedItem]

    @property
    def owed_to_seller(self) -> int:
        return sum(item.open for item in self.payables)

    @property
    def owed_by_seller(self) -> int:
        return sum(item.open for item in self.receivables)

    @property
    def net_due(self) -> int:
        """Due to the seller; negative: due from the seller."""
        return self.owed_to_seller - self.owed_by_seller


def confirmation_rows(balance: ConfirmedBalance) -> Iterator[Row]:
    """The rows of the paper's lists, in their places."""
    for place, items in enumerate((balance.payables, balance.receivables)):
        sorts = sorts_in(each.item for each in items)
        for each in items:
            settled = each.total - each.open
            yield place, (*name_cells(each.item, sorts), each.due_on, each.total, settled, each.open)


def confirmation_facts(balance: ConfirmedBalance) -> PaperFacts:
    """What the paper says above its lists, and their headings, in the market's language."""
    with translation.override(balance.spoken):
        return _facts(balance)


def _facts(balance: ConfirmedBalance) -> PaperFacts:
    told = {
        "seller": balance.seller.name,
        "marketplace": balance.marketplace.name,
        "day": day_text(balance.as_of, language=balance.spoken),
    }
    return PaperFacts(
        title=_("Balance confirmation"),
        reference=balance.reference,
        market=balance.market,
        currency=balance.currency,
        language=balance.language,
        spoken=balance.spoken,
        meta=(
            (_("Balance as of"), told["day"]),
            (_("Date of issue"), day_text(balance.made_on, language=balance.spoken)),
            (_("Currency"), balance.currency),
        ),
        stressed=_("Please compare this with your books."),
        text=_(
            "The items listed here were open between %(marketplace)s and %(seller)s at the end of %(day)s."
        )
        % told,
        parties=(
            Shown(_("Marketplace"), balance.marketplace),
            Shown(_("Seller"), balance.seller, addressed=True),
        ),
        sums_heading=_("What was open"),
        sums=(
            Sum(_("%(marketplace)s owed %(seller)s") % told, balance.owed_to_seller),
            Sum(_("%(seller)s owed %(marketplace)s") % told, balance.owed_by_seller),
        ),
        result=_result(balance, told),
        note="",
        lists=_lists(balance, told),
        words=common_words(balance.currency),
        answer=_answer(balance, told),
    )


def _result(balance: ConfirmedBalance, told: dict[str, str]) -> Sum:
    if not balance.net_due:
        return Sum(_("Neither side owed the other anything on balance."), 0)
    if balance.net_due > 0:
        return Sum(_("On balance %(marketplace)s owed %(seller)s") % told, balance.net_due)
    return Sum(_("On balance %(seller)s owed %(marketplace)s") % told, -balance.net_due)


def _answer(balance: ConfirmedBalance, told: dict[str, str]) -> Answer:
    return Answer(
        _("Statement of %(seller)s") % told,
        _("Please tick one, sign, and send it to %(email)s.") % {"email": balance.marketplace.email},
        (
            _("The balance as of %(day)s agrees with our books.") % told,
            _(
                "The balance as of %(day)s does not agree with our books. The differences are listed in an"
                " annex."
            )
            % told,
        ),
        (_("Place and date"), _("Name and position"), _("Signature")),
    )


def _lists(balance: ConfirmedBalance, told: dict[str, str]) -> tuple[Listing, ...]:
    marketplace, seller = told["marketplace"], told["seller"]
    return (
        _listing(balance.payables, {"debtor": marketplace, "creditor": seller}),
        _listing(balance.receivables, {"debtor": seller, "creditor": marketplace}),
    )


def _listing(items: Sequence[ConfirmedItem], told: dict[str, str]) -> Listing:
    sorts = sorts_in(each.item for each in items)
    total, open_ = sum(each.total for each in items), sum(each.open for each in items)
    columns = (
        *name_columns(sorts),
        Column(_("Due"), Kind.DAY),
        Column(_("Total"), Kind.AMOUNT, total),
        Column(_("Settled"), Kind.AMOUNT, total - open_),
        Column(_("Still open"), Kind.AMOUNT, open_),
    )
    return Listing(heading_of(sorts) % told, columns, len(items), items_total(sorts, len(items)))
