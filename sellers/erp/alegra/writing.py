"""What is asked of Alegra, as JSON values."""

from decimal import Decimal
from typing import Any

from sellers.erp.port import Buyer, Invoice, Line
from sellers.erp.rules.buyers import PERSON
from sellers.erp.rules.marks import marked


def contact_json(buyer: Buyer) -> dict[str, Any]:
    """A contact to be made; what is not known is left out."""
    detailed = {"type": buyer.id_type, "number": buyer.identification, "dv": buyer.check_digit}
    address = {"address": buyer.street, "city": buyer.city, "country": buyer.country, "zipCode": buyer.zip}
    return _said(
        {
            **_name(buyer),
            "identification": buyer.identification,
            "identificationObject": _said(detailed) if buyer.id_type else None,
            "kindOfPerson": buyer.kind_of_person,
            "regime": buyer.regime,
            "email": buyer.email,
            "phonePrimary": buyer.phone,
            "address": _said(address),
            "type": ["client"],
        }
    )


def _name(buyer: Buyer) -> dict[str, Any]:
    """In Colombia people have first and last names apart, companies one name."""
    if buyer.country_of_law != "CO" or buyer.kind_of_person != PERSON:
        return {"name": buyer.name}
    first, *others = buyer.name.split() or ["–"]
    middle, last = (others[0], others[1:]) if len(others) > 2 else ("", others)
    return {
        "nameObject": _said({"firstName": first, "secondName": middle, "lastName": " ".join(last) or first})
    }


def invoice_json(invoice: Invoice) -> dict[str, Any]:
    """An invoice to be made, its mark in the note that is printed or in the one that is not."""
    told: dict[str, Any] = {
        "date": invoice.on.isoformat(),
        "dueDate": invoice.due_on.isoformat(),
        "client": {"id": invoice.contact_id},
        "items": [_line(line) for line in invoice.lines],
        "status": "draft" if invoice.draft and not invoice.stamp else "open",
        "anotation" if invoice.printed else "observations": marked(invoice.mark, invoice.note),
        "warehouse": _by_id(invoice.warehouse_id),
        "priceList": _by_id(invoice.price_list_id),
        "numberTemplate": _by_id(invoice.numbering_id),
        "paymentForm": invoice.payment_form,
        "paymentMethod": invoice.payment_method,
    }
    if invoice.country == "CO":
        told |= {"type": "NATIONAL", "operationType": "STANDARD"}
    if invoice.country == "PE":
        told |= {"operationType": "INTERNAL_SALE"}
    if invoice.country == "MX":
        told |= {"cfdiUse": invoice.use}
    if invoice.stamp:
        told |= {"stamp": {"generateStamp": True}}
    return _said(told)


def _line(line: Line) -> dict[str, Any]:
    told = {
        "id": line.item_id,
        "price": _number(line.price),
        "quantity": line.quantity,
        "discount": _number(line.discount) if line.discount else None,
        "description": line.text[:500],
    }
    # Named even where there is none: else the item's own taxes would be added.
    return _said(told) | {"tax": [{"id": line.tax_id}] if line.tax_id else []}


def _by_id(key: str) -> dict[str, str] | None:
    return {"id": key} if key else None


def _number(value: Decimal) -> float | int:
    """A JSON number; a float holds more digits than any price here has."""
    return int(value) if value == value.to_integral_value() else float(value)


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, "", {})}
