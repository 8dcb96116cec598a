"""The list of movements of a seller's account."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.portal.billing.statement import Book, Movement, movements_of, search_entries
from sellers.portal.columns import Column, Kind
from sellers.portal.listing import Listing


def _moves_nothing(row: Movement) -> str:
    return _("It moves nothing on the account.") if row.told else ""


COLUMNS = (
    Column(gettext_lazy("Day"), lambda row: row.entry.at, Kind.MOMENT, "at-sub", sort="-at"),
    Column(
        gettext_lazy("What happened"),
        lambda row: row.source.text,
        css="at-title",
        url=lambda row: row.source.url,
        note=_moves_nothing,
        width=60,
    ),
    Column(
        pgettext_lazy("invoices on a statement", "Invoiced"), lambda row: row.told, Kind.MONEY, quiet=True
    ),
    Column(gettext_lazy("Added"), lambda row: row.added, Kind.MONEY, quiet=True),
    Column(gettext_lazy("Taken off"), lambda row: row.taken_off, Kind.MONEY, quiet=True),
    Column(gettext_lazy("Balance"), lambda row: row.balance, Kind.MONEY, css="at-amount"),
)


def statement_of(seller: Seller, book: Book) -> Listing:
    """The statement of a part of a seller's account, newest first."""

    def tell(entries: Sequence[Any]) -> list[Movement]:
        return movements_of(seller, book, entries)

    return Listing(
        name=f"movements-{book.name}",
        title=gettext_lazy("Movements"),
        columns=COLUMNS,
        sorts={"at": "at"},
        sort="-at",
        day="at",
        search=search_entries,
        placeholder=gettext_lazy("Any reference or number"),
        tabs_label=gettext_lazy("Parts of the account"),
        prepare=tell,
    )
