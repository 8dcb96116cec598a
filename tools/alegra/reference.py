"""What a company has set up: taxes, price lists, warehouses, numberings, sellers and the like. Read only."""

from tools.alegra.accounts import SWITCHES, Call
from tools.alegra.lists import Listing, answer_list, holds, same
from tools.alegra.shapes import turn
from tools.alegra.wire import Answer, Json, Refusal, coded, id_of, named, wrapped


def show_company(call: Call) -> Answer:
    """Answer what the company says of itself."""
    hidden = ("id", *SWITCHES)
    return Answer(200, {name: value for name, value in call.account.company.items() if name not in hidden})


def _as_it_is(_call: Call, row: Json) -> Json:
    return row


def _with_number(_call: Call, row: Json) -> Json:
    return {**row, "id": int(row["id"])}


def _without_id(_call: Call, row: Json) -> Json:
    return {name: value for name, value in row.items() if name != "id"}


def _template(_call: Call, row: Json) -> Json:
    shown = {name: value for name, value in row.items() if name != "next"}
    number = row["next"]
    return {**shown, "nextInvoiceNumber": str(number) if turn(row["id"], 2) == 0 else number}


STATUS = {"status": same("status")}
NAMED = {**STATUS, "name": holds("name"), "query": holds("name")}
LISTINGS = {
    "taxes": Listing("taxes", _with_number, filters=NAMED),
    "price-lists": Listing("price-lists", _as_it_is, filters=NAMED),
    "warehouses": Listing("warehouses", _as_it_is, filters=NAMED),
    "number-templates": Listing(
        "number-templates", _template, filters={**STATUS, "documentType": same("documentType")}
    ),
    "sellers": Listing("sellers", _as_it_is, filters=NAMED),
    "categories": Listing("categories", _with_number, filters=NAMED),
    "retentions": Listing("retentions", _as_it_is, filters=NAMED),
    "currencies": Listing("currencies", _without_id, order_fields=("id", "code")),
    "bank-accounts": Listing("bank-accounts", _as_it_is, filters=NAMED),
}


def list_reference(call: Call, kind: str) -> Answer:
    """Answer a list, where the plan has it.

    :raises Refusal: if the plan lacks it, or its paging is wrong.
    """
    if call.account.lacking_is == "empty" and not has(call, kind):
        return Answer(200, [])
    check_plan(call, kind)
    return answer_list(call, LISTINGS[kind])


def show_reference(call: Call, kind: str, key: str) -> Answer:
    """Answer one of a list.

    :raises Refusal: if the plan lacks the list, or the list lacks it.
    """
    check_plan(call, kind)
    row = call.find(kind, key)
    if row is None:
        raise not_found(key)
    return Answer(200, LISTINGS[kind].show(call, row))


def has(call: Call, kind: str) -> bool:
    """Whether the company's plan has a kind."""
    plan = {"price-lists": call.account.price_lists, "warehouses": call.account.warehouses}
    return plan.get(kind, True)


def check_plan(call: Call, kind: str) -> None:
    """Refuse what the company's plan does not have: price lists by 402, warehouses by 403,
    numberings as if there were no such address.

    :raises Refusal: if it does not have it.
    """
    if kind == "price-lists" and not call.account.price_lists:
        raise coded(402, "Tu plan no incluye listas de precios. Mejora tu plan para usarlas.", 402)
    if kind == "warehouses" and not call.account.warehouses:
        raise named(403, "Tu plan no tiene permiso para usar bodegas.", 403)
    if kind == "number-templates" and not call.account.numberings:
        raise coded(404, "El recurso solicitado no existe.", 404)


def not_found(key: str) -> Refusal:
    """Refuse an id nothing has: 404, or 400 where it does not even look like an id of ours."""
    if key.isdigit():
        return coded(404, "El recurso solicitado no existe.", 404)
    return wrapped(400, "El identificador no es válido.")


def pick(call: Call, kind: str, value: object, refusal: Refusal) -> Json | None:
    """Return what a reference in a body points at; None where it names nothing.

    :raises Refusal: the one given, if it points at nothing that may be used.
    """
    if value in (None, "", {}, []):
        return None
    check_plan(call, kind)
    row = call.find(kind, id_of(value))
    if row is None or row.get("status", "active") != "active":
        raise refusal
    return row
