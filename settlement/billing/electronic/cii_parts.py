"""Parts of the Cross Industry Invoice that stand in it more than once: parties, references, terms."""

from settlement.billing.electronic.facts import ElectronicInvoice, Party, Preceding
from settlement.billing.electronic.markup import Element, Writer, compact_day, plain
from settlement.billing.electronic.tax_ids import is_said_by, vat_id

MAIL = "EM"
"""The scheme of electronic addresses that are mail addresses."""


def write_supplier(writer: Writer, element: Element, party: Party) -> None:
    """The supplier (BG-4), with the tax number of its country where its VAT id does not say all of it."""
    vat = vat_id(party.tax_id, country=party.country)
    _write_party(writer, element, party, vat)
    if not is_said_by(vat, party.tax_id):
        writer.say(element, "ram:SpecifiedTaxRegistration/ram:ID", party.tax_id, schemeID="FC")


def write_customer(writer: Writer, element: Element, party: Party) -> None:
    """The customer (BG-7)."""
    _write_party(writer, element, party, vat_id(party.tax_id, country=party.country))


def write_terms(writer: Writer, terms: Element, invoice: ElectronicInvoice) -> None:
    """How the rest is paid (BT-20), and until when (BT-9)."""
    writer.say(terms, "ram:Description", invoice.terms)
    if invoice.due_on:
        due = writer.add(terms, "ram:DueDateDateTime")
        writer.say(due, "udt:DateTimeString", compact_day(invoice.due_on), format="102")


def write_preceding(writer: Writer, element: Element, preceding: Preceding) -> None:
    """An invoice that this one corrects or credits (BG-3)."""
    writer.say(element, "ram:IssuerAssignedID", preceding.reference)
    issued = writer.add(element, "ram:FormattedIssueDateTime")
    writer.say(issued, "qdt:DateTimeString", compact_day(preceding.issued_on), format="102")


def _write_party(writer: Writer, element: Element, party: Party, vat: str) -> None:
    writer.say(element, "ram:Name", party.name)
    if not vat:
        writer.say(element, "ram:SpecifiedLegalOrganization/ram:ID", party.tax_id)
    if plain(party.email):
        contact = "ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"
        writer.say(element, contact, party.email)
    address = writer.add(element, "ram:PostalTradeAddress")
    writer.say(address, "ram:PostcodeCode", party.zip)
    writer.say(address, "ram:LineOne", party.street)
    writer.say(address, "ram:CityName", party.city)
    writer.say(address, "ram:CountryID", party.country)
    writer.say(element, "ram:URIUniversalCommunication/ram:URIID", party.email, schemeID=MAIL)
    writer.say(element, "ram:SpecifiedTaxRegistration/ram:ID", vat, schemeID="VA")
