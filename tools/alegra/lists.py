"""Lists: start and limit, order, the metadata envelope, and the filters each kind understands."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.store import Condition
from tools.alegra.wire import Answer, Json, detailed, wrapped

MOST = 30
PAGING = frozenset({"start", "limit", "order_field", "order_direction", "metadata"})


@dataclass(frozen=True)
class Listing:
    """How a kind is listed: what it is ordered and filtered by, and how a row is shown."""

    kind: str
    show: Callable[[Call, Json], Json]
    order_fields: tuple[str, ...] = ("id", "name")
    filters: Mapping[str, Callable[[str], Condition]] | None = None


def same(path: str) -> Callable[[str], Condition]:
    """Return a filter: the value at the path is the text given."""
    return lambda text: (f"CAST(json_extract(body, '$.{path}') AS TEXT) = ?", [text])


def holds(*paths: str) -> Callable[[str], Condition]:
    """Return a filter: one of the values holds the text given, whatever its case."""
    clause = " OR ".join(
        f"instr(lower(coalesce(json_extract(body, '$.{path}'), '')), ?) > 0" for path in paths
    )
    return lambda text: (f"({clause})", [text.lower()] * len(paths))


def compared(path: str, sign: str) -> Callable[[str], Condition]:
    """Return a filter: the value at the path stands so to the text given."""
    return lambda text: (f"json_extract(body, '$.{path}') {sign} ?", [text])


def by_dates(name: str) -> dict[str, Callable[[str], Condition]]:
    """Return the five filters a date has."""
    signs = {"": "=", "_after": ">", "_afterOrNow": ">=", "_before": "<", "_beforeOrNow": "<="}
    return {f"{name}{suffix}": compared(name, sign) for suffix, sign in signs.items()}


def answer_list(call: Call, listing: Listing) -> Answer:
    """Answer a list; parameters it does not know are ignored, as the real service does,
    unless the company's is strict.

    :raises Refusal: for a start, limit or order it does not take.
    """
    query = call.request.query
    check_parameters(call, PAGING.union(listing.filters or ()))
    start, limit = _number(query, "start", 0), _number(query, "limit", MOST)
    if not 1 <= limit <= MOST:
        raise wrapped(400, f"El parámetro limit debe estar entre 1 y {MOST}.")
    filters = listing.filters or {}
    conditions = [filters[name](text) for name, text in query.items() if name in filters]
    rows = call.store.select(
        call.account.id, listing.kind, conditions, order=_order(query, listing), start=start, limit=limit
    )
    shown: Any = [listing.show(call, row) for row in rows]
    if query.get("metadata") == "true":
        total = call.store.count(call.account.id, listing.kind, conditions)
        shown = {"metadata": {"total": total}, "data": shown}
    return Answer(200, shown)


def check_parameters(call: Call, known: Collection[str]) -> None:
    """Refuse parameters that are not known, where the company's Alegra is strict about them.

    :raises Refusal: if there is one.
    """
    unknown = sorted(call.request.query.keys() - set(known))
    if unknown and call.account.strict_parameters:
        raise wrapped(400, f"El parámetro {unknown[0]} no es válido.")


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise wrapped(400, f"El parámetro {name} debe ser un número entero.")
    return int(text[:9])


def _order(query: Mapping[str, str], listing: Listing) -> str:
    field = query.get("order_field", "id")
    direction = query.get("order_direction", "ASC").upper()
    if field not in listing.order_fields:
        raise detailed("El campo de ordenamiento no es válido.", "order_field")
    if direction not in ("ASC", "DESC"):
        raise detailed("La dirección de ordenamiento no es válida.", "order_direction")
    if field == "id":
        return f"position {direction}"
    return f"json_extract(body, '$.{field}') {direction}, position {direction}"
