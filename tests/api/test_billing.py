"""Sellers' systems read their deposits and billing invoices, and fetch the files."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel import jobs
from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice
from tests.api.answers import error
from tests.api.conftest import System, system_of
from tests.billing.mexico import NOON, charge, invoice, make_payer, pay_in
from tests.cast import client_of, make_member
from tests.netting.fees import credited, owe

DEPOSITS, INVOICES = "/api/v1/deposits/", "/api/v1/billing-invoices/"


@pytest.fixture
def eva(sol: Seller) -> User:
    return make_member(sol, "eva@sol.example", Role.OWNER)


@pytest.fixture
def sols(sol: Seller, eva: User) -> System:
    return system_of(sol, eva)


@pytest.fixture
def lunas(mexico: Market) -> System:
    luna = make_payer(mexico, "7102", "Tienda Luna S.A. de C.V.")
    return system_of(luna, make_member(luna, "luis@luna.example", Role.OWNER))


def numbers(answer: Any, name: str) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()[name]]


def test_a_seller_reads_its_own_deposits_and_no_others(
    sols: System, lunas: System, sol: Seller, eva: User
) -> None:
    deposit = pay_in(sol, "1160.00", number="pay-1")
    charge(sol, "100.00")
    invoice(sol, deposit, by=eva)

    (told,) = sols.get(DEPOSITS).json()["deposits"]

    assert told | {"recorded_at": ""} == {
        "number": "MX-DP-2026-000001",
        "source": "api",
        "external_id": "pay-1",
        "state": "received",
        "amount": "1160.00",
        "currency": "MXN",
        "vat": "16",
        "received_at": "2026-10-05T12:00:00-06:00",
        "recorded_at": "",
        "method": "card",
        "taken": "100.00",
        "left": "1060.00",
        "invoiced": "1160.00",
        "to_be_invoiced": "0.00",
    }
    assert numbers(lunas.get(DEPOSITS), "deposits") == []


def test_deposits_come_page_by_page_and_since_an_instant(sols: System, sol: Seller) -> None:
    for place in range(5):
        pay_in(sol, "10.00", at=NOON + timedelta(hours=place))

    first = sols.get(f"{DEPOSITS}?limit=2")
    second = sols.get(f"{DEPOSITS}?limit=2&cursor={first.json()['next']}")
    last = sols.get(f"{DEPOSITS}?limit=2&cursor={second.json()['next']}")

    found = [number for page in (first, second, last) for number in numbers(page, "deposits")]
    assert found == [f"MX-DP-2026-00000{place}" for place in range(1, 6)]
    assert last.json()["next"] is None
    assert 'rel="next"' in first["Link"]
    since = quote((NOON + timedelta(hours=3)).isoformat())
    assert numbers(sols.get(f"{DEPOSITS}?since={since}"), "deposits") == found[3:]
    assert error(sols.get(f"{DEPOSITS}?state=x"), 400)["code"] == "bad_request"


def test_invoices_and_credit_notes_tell_how_they_belong_together(
    sols: System, lunas: System, sol: Seller
) -> None:
    note = credited(owe(sol))

    told = {row["number"]: row for row in sols.get(INVOICES).json()["billing_invoices"]}

    assert list(told) == ["MX-I-2026-000001", note.reference]
    mine, back = told.values()
    assert (mine["kind"], mine["for"], mine["total"], mine["credited_by"]) == (
        "invoice",
        "fees",
        "116.00",
        note.reference,
    )
    assert (back["kind"], back["credits"], back["net_total"], back["vat_total"]) == (
        "credit",
        "MX-I-2026-000001",
        "100.00",
        "16.00",
    )
    assert mine["recipient"]["name"] == "Tienda Sol S.A. de C.V."
    assert numbers(lunas.get(INVOICES), "billing_invoices") == []


def test_one_invoice_tells_its_lines(sols: System, lunas: System, sol: Seller, eva: User) -> None:
    issued = invoice(sol, pay_in(sol, "1160.00"), pay_in(sol, "116.00"), by=eva)

    told = sols.get(f"{INVOICES}{issued.reference}").json()["billing_invoice"]

    assert told["lines"] == [
        {"position": 1, "number": "MX-DP-2026-000001", "net": "1000.00", "vat": "160.00", "total": "1160.00"},
        {"position": 2, "number": "MX-DP-2026-000002", "net": "100.00", "vat": "16.00", "total": "116.00"},
    ]
    assert error(lunas.get(f"{INVOICES}{issued.reference}/"), 404)["code"] == "not_found"


def test_files_are_fetched_once_they_are_drawn_and_by_nobody_else(
    sols: System, lunas: System, sol: Seller, eva: User
) -> None:
    issued = invoice(sol, pay_in(sol, "1160.00"), by=eva)
    told = sols.get(f"{INVOICES}{issued.reference}/").json()["billing_invoice"]
    assert told["files"] == {"pdf": None, "xlsx": None, "xml": None}
    assert error(sols.get(f"{INVOICES}{issued.reference}/pdf/"), 404)

    jobs.work_off()

    files = sols.get(INVOICES).json()["billing_invoices"][0]["files"]
    begins = {"pdf": b"%PDF", "xlsx": b"PK", "xml": b"<?xml"}
    for kind, address in files.items():
        answer = sols.get(address)
        assert b"".join(answer.streaming_content).startswith(begins[kind])
        assert "attachment" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        assert error(lunas.get(address), 404)
    assert error(sols.get(f"{INVOICES}{issued.reference}/exe/"), 404)
    assert AuditRecord.objects.filter(verb="file.downloaded", seller_id=sol.pk).count() == 3


def test_a_page_takes_as_many_queries_for_many_as_for_one(sols: System, sol: Seller, eva: User) -> None:
    def queries(address: str) -> int:
        sols.get(address)
        with CaptureQueriesContext(connection) as seen:
            sols.get(address)
        return len(seen)

    invoice(sol, pay_in(sol, "10.00"), by=eva)
    of_one = queries(DEPOSITS), queries(INVOICES)
    for _ in range(4):
        invoice(sol, pay_in(sol, "10.00"), by=eva)

    assert (queries(DEPOSITS), queries(INVOICES)) == of_one
    assert BillingInvoice.objects.count() == 5


def test_the_guide_names_them_where_sellers_pay_in_ahead(
    eva: User, ana_client: Client, mexico: Market
) -> None:
    guide = client_of(eva).get("/settings/api/").content.decode()

    assert "GET /api/v1/deposits/" in guide
    assert "GET /api/v1/deposits/" not in ana_client.get("/settings/api/").content.decode()
