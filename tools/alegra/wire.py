"""What comes in and what goes out: requests, answers, and the four shapes Alegra gives its refusals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST = Decimal(10) ** 15
Json = dict[str, Any]
"""A JSON object. Its shape is the outside world's, so it is looked into, never trusted."""


@dataclass(frozen=True)
class Request:
    """One request, taken apart; `raw` is the body as it came."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    base: str = ""

    def json(self) -> Json:
        """Read the body as a JSON object, numbers with a point as Decimal.

        :raises Refusal: if it is none.
        """
        try:
            body = json.loads(self.raw or b"{}", parse_float=Decimal)
        except ValueError:
            raise wrapped(400, "El cuerpo de la petición no es un JSON válido.") from None
        if not isinstance(body, dict):
            raise wrapped(400, "El cuerpo de la petición debe ser un objeto.")
        return body


@dataclass(frozen=True)
class Answer:
    """A status and a JSON value."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """Return the body as it goes over the wire."""
        return json.dumps(self.body, ensure_ascii=False, default=_number).encode()


class Refusal(Exception):
    """A request that is answered with an error, and changes nothing."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body)
        self.answer = Answer(status, body)


def detailed(message: str, field_name: str, *, status: int = 400, code: int = 1001) -> Refusal:
    """Refuse a field: ``{message, code, details}``."""
    return Refusal(status, {"message": message, "code": code, "details": {"field": field_name}})


def named(status: int, message: str, code: int) -> Refusal:
    """Refuse with ``{error, code}``."""
    return Refusal(status, {"error": message, "code": code})


def wrapped(status: int, message: str) -> Refusal:
    """Refuse with ``{"error": {"message"}}``."""
    return Refusal(status, {"error": {"message": message}})


def coded(status: int, message: str, code: int) -> Refusal:
    """Refuse with ``{code, message}``."""
    return Refusal(status, {"code": code, "message": message})


def decimal_of(value: object) -> Decimal | None:
    """Return the number a JSON number or a text holds, else None."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def id_of(value: object) -> str:
    """Return the id a reference names: ``12``, ``"12"``, ``{"id": 12}``; empty where it names none."""
    if isinstance(value, dict):
        value = value.get("id")
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _number(value: object) -> int | float:
    """Write a Decimal as JSON's number: the real service computes in floats, and shows it."""
    assert isinstance(value, Decimal)
    return int(value) if value == value.to_integral_value() else float(value)
