"""The part of the API for the marketplace's own systems, in OpenAPI's words. Pure: no Django, no clock."""

from typing import Any

from pydantic import BaseModel

from sellers.api.parsing import MOST_FEES, DepositTold, FeeTold

TEXT, NOTHING = {"type": "string"}, {"type": "null"}
AMOUNT = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["1500.00"]}
INSTANT = {"type": "string", "format": "date-time"}
COUNT = {"type": "integer", "minimum": 0}
REFUSALS = {
    "400": "The body is not what it should be; the message names each place.",
    "401": "No key, an unknown or a revoked one.",
    "403": "The key is a seller's, or not for this.",
    "404": "No deposit was told under this number.",
    "409": "The number was told before with other content (conflict), or the market takes no deposits "
    "(no_deposits). Nothing was changed.",
    "413": "More than is taken at once.",
    "422": "There is no such seller (unknown_seller), or it cannot be (refused): another currency, a day in "
    "the future.",
    "429": "Too many requests; Retry-After says how many seconds to wait.",
}


def description() -> dict[str, Any]:
    """The description as a JSON value."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Saldo for the marketplace's own systems", "version": "1"},
        "security": [{"key": []}],
        "paths": {
            "/api/v1/market/deposits/": {"post": _told_deposit()},
            "/api/v1/market/deposits/{external_id}/": {"get": _one_deposit()},
            "/api/v1/market/fees/": {"post": _told_fees()},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _told_deposit() -> dict[str, Any]:
    return {
        "summary": "Tell of a deposit; its external_id makes it count once, however often it is told",
        "requestBody": _json({"$ref": "#/components/schemas/DepositTold"}, required=True),
        "responses": {
            "201": _answer("It counts.", _object(deposit="DepositTaken")),
            "200": _answer("It was told before, with the same content.", _object(deposit="DepositTaken")),
            **_refusals("400", "401", "403", "409", "413", "422", "429"),
        },
    }


def _one_deposit() -> dict[str, Any]:
    return {
        "summary": "A deposit the payment system told of, as it stands now",
        "parameters": [{"name": "external_id", "in": "path", "required": True, "schema": TEXT}],
        "responses": {
            "200": _answer("It.", _object(deposit="Deposit")),
            **_refusals("401", "403", "404", "429"),
        },
    }


def _told_fees() -> dict[str, Any]:
    items = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_FEES,
        "items": {"$ref": "#/components/schemas/FeeTold"},
    }
    return {
        "summary": "Charge fees, each once per external_id; one that is refused stops no other",
        "requestBody": _json(items, required=True),
        "responses": {
            "200": _answer("What became of each, in the order told.", {"$ref": "#/components/schemas/Fees"}),
            **_refusals("400", "401", "403", "413", "429"),
        },
    }


def _schemas() -> dict[str, Any]:
    taken = {
        **dict.fromkeys(("number", "seller", "external_id", "currency", "method"), TEXT),
        "amount": AMOUNT,
        "received_at": INSTANT,
        "recorded_at": INSTANT,
    }
    standing = dict.fromkeys(("taken", "left", "invoiced", "to_be_invoiced"), AMOUNT)
    state = {"enum": ["received", "reversed"]}
    fee = {
        **dict.fromkeys(("number", "seller", "kind", "text", "currency"), TEXT),
        "amount": AMOUNT,
        "charged_at": INSTANT,
        "recorded_at": INSTANT,
    }
    outcome = {
        "external_id": {"type": ["string", "null"]},
        "outcome": {"enum": ["charged", "known", "refused"]},
        "fee": {"anyOf": [{"$ref": "#/components/schemas/Fee"}, NOTHING]},
        "error": {"anyOf": [{"$ref": "#/components/schemas/Error"}, NOTHING]},
    }
    counts = dict.fromkeys(("charged", "known", "refused"), COUNT)
    return {
        "DepositTold": _schema(DepositTold),
        "FeeTold": _schema(FeeTold),
        "DepositTaken": _whole(taken),
        "Deposit": _whole({**taken, **standing, "state": state, "source": {"const": "api"}, "vat": TEXT}),
        "Fee": _whole(fee),
        "Fees": _whole({"fees": {"type": "array", "items": _whole(outcome)}, **counts}),
        "Error": _whole({"code": TEXT, "message": TEXT}),
        "Refusal": _object(error="Error"),
    }


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(ref_template="#/components/schemas/{model}")


def _whole(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with just these, all of them."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _object(**named: str) -> dict[str, Any]:
    return _whole({name: {"$ref": f"#/components/schemas/{schema}"} for name, schema in named.items()})


def _json(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}, **more}


def _answer(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return _json(schema, description=text)


def _refusals(*statuses: str) -> dict[str, Any]:
    refusal = {"$ref": "#/components/schemas/Refusal"}
    return {status: _answer(REFUSALS[status], refusal) for status in statuses}
