"""What SUNAT's UBL and everybody else's have in common."""

from collections.abc import Iterator

from marketplace.edocuments.facts import Party
from marketplace.edocuments.values import check_currencies, clean, distinct, sum_at, text_at, texts_at
from marketplace.edocuments.xml import Element

ROOTS = ("Invoice", "CreditNote", "DebitNote")
PREFIX = "urn:oasis:names:specification:ubl:schema:xsd:"
SPACES = {f"{PREFIX}{name}-2" for name in (*ROOTS, "CommonBasicComponents", "CommonAggregateComponents")}

TOTALS = ("LegalMonetaryTotal", "RequestedMonetaryTotal")
LINES = ("InvoiceLine", "CreditNoteLine", "DebitNoteLine")
QUANTITIES = ("InvoicedQuantity", "CreditedQuantity", "DebitedQuantity")
NO_VAT = frozenset({"Z", "E", "AE", "K", "G", "O"})
"""Categories of VAT that are always nil: zero rated, exempt, reverse charge, Union, export, outside."""


def total_of(root: Element) -> Element | None:
    """The element with the document's totals."""
    return next((found for name in TOTALS if (found := root.find(name)) is not None), None)


def lines_of(root: Element) -> Iterator[Element]:
    """The document's lines."""
    for name in LINES:
        yield from root.iterfind(name)


def currency_text(root: Element) -> str:
    """The document's currency, or its payable amount's where it names none."""
    said = text_at(root, "DocumentCurrencyCode")
    payable = next((p for name in TOTALS for p in root.iterfind(f"{name}/PayableAmount")), None)
    return said or (clean(payable.get("currencyID")) if payable is not None else "")


def check_one_currency(root: Element, currency: str) -> None:
    """Refuse amounts of another currency among totals and lines.

    :raises Unread: if there is one; what is paid elsewhere or taxed in another currency is not looked at.
    """
    total = total_of(root)
    amounts = (
        [] if total is None else [amount for amount in total if amount.tag != "PayableAlternativeAmount"]
    )
    told = [amount.get("currencyID") for amount in amounts]
    for line in lines_of(root):
        told += [amount.get("currencyID") for amount in line.iterfind("LineExtensionAmount")]
    check_currencies(told, currency)


def amount_in(total: Element | None, name: str) -> int | None:
    """One of the totals, or None where it is not said."""
    return sum_at(total, name) if text_at(total, name) else None


def orders_of(root: Element) -> tuple[str, ...]:
    """The orders a document names, the buyer's own first, its lines' last."""
    lines = [
        text
        for line in lines_of(root)
        for text in texts_at(
            line, "OrderLineReference/OrderReference/ID", "OrderLineReference/OrderReference/SalesOrderID"
        )
    ]
    names = ("ID", "SalesOrderID", "CustomerReference")
    return distinct([*texts_at(root, *(f"OrderReference/{name}" for name in names)), *lines])


def originals_of(root: Element) -> tuple[str, ...]:
    """The documents a note refers to."""
    kinds = ("InvoiceDocumentReference", "CreditNoteDocumentReference", "DebitNoteDocumentReference")
    return distinct(texts_at(root, *(f"BillingReference/{kind}/ID" for kind in kinds)))


def party_name(party: Element | None) -> str:
    """A party's registered name, or the name it goes by."""
    return text_at(
        party,
        "PartyLegalEntity/RegistrationName",
        "PartyTaxScheme/RegistrationName",
        "PartyName/Name",
    )


def party_with(party: Element | None, found: Element | None) -> Party:
    """A party with the id that was found of it."""
    if found is None:
        return Party(party_name(party), "", "")
    return Party(party_name(party), clean(found.text), clean(found.get("schemeID")))
