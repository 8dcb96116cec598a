"""The walls of the house: foreign keys point down, triggers stand, jobs and states are what the papers
say.
"""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.utils.module_loading import import_string

from marketplace.kernel.jobs import REGISTRY
from marketplace.kernel.triggers import Trigger

ROOT = Path(__file__).resolve().parents[2]
SLICES = [
    "users",
    "kernel",
    "parties",
    "ledger",
    "vouchers",
    "orders",
    "periods",
    "claims",
    "exports",
    "review",
    "documents",
    "invoices",
    "billing",
    "netting",
    "payouts",
    "runs",
    "door",
    "receipts",
    "mailroom",
    "erp",
    "portal",
    "api",
]
"""Lowest first: a slice may point at those before it."""

NAMED_BY_THE_KERNEL = {"parties"}
"""Kernel tables belong to sellers and markets, and may say so."""

GUARDS = [
    "marketplace.kernel",
    "marketplace.ledger",
    "marketplace.vouchers",
    "marketplace.orders",
    "settlement.periods",
    "settlement.claims",
    "settlement.review",
    "settlement.documents",
    "settlement.invoices",
    "settlement.billing",
    "settlement.netting",
    "settlement.payouts",
    "sellers.receipts",
    "sellers.mailroom",
    "sellers.erp",
    "sellers.api",
]


def test_foreign_keys_point_down() -> None:
    upward = []
    for model in apps.get_models():
        label = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.many_to_one and field.related_model
            if label not in SLICES or not target or target._meta.app_label not in SLICES:
                continue
            fine = SLICES.index(target._meta.app_label) <= SLICES.index(label)
            if not fine and not (label == "kernel" and target._meta.app_label in NAMED_BY_THE_KERNEL):
                upward.append(f"{model.__name__}.{field.name} -> {target.__name__}")

    assert upward == []


def triggers() -> list[Trigger]:
    return [trigger for module in GUARDS for trigger in import_string(f"{module}.guards.TRIGGERS")]


@pytest.mark.django_db
def test_the_database_has_exactly_the_triggers_that_are_listed() -> None:
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(query)
        standing = {row[0] for row in cursor.fetchall()}

    assert standing == {trigger.name for trigger in triggers() if getattr(trigger, connection.vendor)}


def test_every_slice_with_guards_is_listed() -> None:
    found = {".".join(path.relative_to(ROOT).parts[:2]) for path in ROOT.glob("*/*/guards.py")}

    assert found == set(GUARDS)


def test_every_job_is_declared_in_a_slices_tasks() -> None:
    assert {handler.run.__module__.rpartition(".")[2] for handler in REGISTRY.values()} == {"tasks"}
    assert {
        "audit.seal",
        "mail.send",
        "exports.write",
        "review.read",
        "documents.issue",
        "documents.render",
        "documents.credit",
        "billing.invoice_commission",
        "billing.render",
        "invoices.look",
        "netting.take_documents",
        "netting.take_invoices",
        "netting.propose",
        "netting.render",
        "payouts.prepare",
        "payouts.write_file",
        "payouts.read",
        "runs.close",
        "api.push",
    } <= set(REGISTRY)


def test_every_job_that_is_woken_by_name_is_declared() -> None:
    woken = set()
    for package in ("marketplace", "settlement", "sellers"):
        for source in (ROOT / package).rglob("*.py"):
            woken |= set(re.findall(r"enqueue\(\s*\"([a-z_.]+)\"", source.read_text()))

    assert woken
    assert woken <= set(REGISTRY)


STATES = {
    "Order": "marketplace.orders.models.Order",
    "Refund": "marketplace.orders.models.Refund",
    "Voucher": "marketplace.vouchers.models.Voucher",
    "Submission": "settlement.review.models.Submission",
    "Document": "settlement.documents.models.Document",
    "Invoice": "settlement.invoices.models.Invoice",
    "Deposit": "settlement.billing.models.Deposit",
    "ChangeRequest": "settlement.billing.models.ChangeRequest",
    "SetOff": "settlement.netting.models.SetOff",
    "Dispute": "settlement.netting.models.Dispute",
    "Batch": "settlement.payouts.models.Batch",
    "Payout": "settlement.payouts.models.Payout",
    "Collection": "settlement.payouts.models.Collection",
    "Statement": "settlement.payouts.models.Statement",
    "Receipt": "sellers.receipts.models.Receipt",
    "Mail": "sellers.mailroom.models.Mail",
    "ErpInvoice": "sellers.erp.models.ErpInvoice",
    "Delivery": "sellers.api.models.Delivery",
}


@pytest.mark.parametrize("name", STATES)
def test_the_diagrams_of_states_draw_exactly_the_moves_there_are(name: str) -> None:
    text = (ROOT / "docs" / "states.md").read_text()
    diagram = re.search(rf"## {name}\n.*?```mermaid\n(.*?)```", text, re.DOTALL)
    assert diagram, f"docs/states.md draws no {name}"
    drawn = set(re.findall(r"^\s*(\w+) --> (\w+)", diagram[1], re.MULTILINE))

    moves = import_string(STATES[name]).MOVES
    assert drawn == {(str(here), str(there)) for here, ends in moves.items() for there in ends}
