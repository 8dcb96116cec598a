"""The addresses of the API under /api/v1, and what answers them."""

import re
from collections.abc import Callable
from functools import partial

from tools.alegra import contacts, invoices, items, payments, reference, stamping
from tools.alegra.accounts import Call
from tools.alegra.wire import Answer, coded

BASE = "/api/v1"


def _listed(kind: str, call: Call) -> Answer:
    return reference.list_reference(call, kind)


def _shown(kind: str, call: Call, key: str) -> Answer:
    return reference.show_reference(call, kind, key)


ROUTES: dict[tuple[str, str], Callable[..., Answer]] = {
    ("GET", "/company"): reference.show_company,
    ("GET", "/items"): items.list_items,
    ("POST", "/items"): items.create_item,
    ("GET", "/items/{id}"): items.read_item,
    ("PUT", "/items/{id}"): items.edit_item,
    ("DELETE", "/items/{id}"): items.delete_item,
    ("GET", "/contacts"): contacts.list_contacts,
    ("POST", "/contacts"): contacts.create_contact,
    ("GET", "/contacts/{id}"): contacts.read_contact,
    ("PUT", "/contacts/{id}"): contacts.edit_contact,
    ("DELETE", "/contacts/{id}"): contacts.delete_contact,
    ("GET", "/invoices"): invoices.list_invoices,
    ("POST", "/invoices"): invoices.create_invoice,
    ("POST", "/invoices/stamp"): stamping.stamp_invoices,
    ("GET", "/invoices/{id}"): invoices.read_invoice,
    ("PUT", "/invoices/{id}"): invoices.edit_invoice,
    ("DELETE", "/invoices/{id}"): invoices.delete_invoice,
    ("POST", "/invoices/{id}/void"): invoices.void_invoice,
    ("POST", "/invoices/{id}/open"): invoices.reopen_invoice,
    ("GET", "/payments"): payments.list_payments,
    ("POST", "/payments"): payments.create_payment,
    ("GET", "/payments/{id}"): payments.read_payment,
    **{("GET", f"/{kind}"): partial(_listed, kind) for kind in reference.LISTINGS},
    **{("GET", f"/{kind}/{{id}}"): partial(_shown, kind) for kind in reference.LISTINGS},
}


def route_of(method: str, path: str) -> tuple[str, Callable[[Call], Answer]]:
    """Return the pattern that fits an address, and what answers it.

    :raises Refusal: if no pattern fits, or none that takes the method.
    """
    bare = path.rstrip("/")
    fitting = [pattern for _, pattern in ROUTES if _fits(pattern, bare)]
    for pattern in fitting:
        if (method, pattern) in ROUTES:
            keys = bare.split("/")[2:3] if "{id}" in pattern else []
            return pattern, partial(_run, ROUTES[method, pattern], keys)
    if fitting:
        raise coded(405, "El método no está permitido.", 405)
    raise coded(404, "El recurso solicitado no existe.", 404)


def _fits(pattern: str, path: str) -> bool:
    return bool(re.fullmatch(pattern.replace("{id}", "[^/]+"), path))


def _run(answer: Callable[..., Answer], keys: list[str], call: Call) -> Answer:
    return answer(call, *keys)
