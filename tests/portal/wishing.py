"""What sellers type to have an invoice corrected, split or cancelled."""

from typing import Any

import pytest

from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice
from tests.billing.mexico import invoice, pay_in
from tests.portal.paying_in import RECIPIENT
from tests.portal.telling import Browser

INVOICES, REQUESTS = "/billing/invoices/", "/billing/requests/"


@pytest.fixture
def issued(sol: Seller, owner: User) -> BillingInvoice:
    """MX-I-2026-000001 over 100.00, 200.00 and 400.00."""
    return invoice(sol, *(pay_in(sol, each) for each in ("100.00", "200.00", "400.00")), by=owner)


def told(number: int = 1, **changes: str) -> dict[str, str]:
    """The recipient's part of a form of a change."""
    return {f"to{number}-{name}": value for name, value in (RECIPIENT | changes).items()}


WHY = {"reason": "Wrong branch", "reason_code": "01"}

EDIT = told(street="Calle Marte 9") | WHY

SPLIT: dict[str, str] = {"count": "2", "line_2": "2"} | told(1) | told(2, name="Sol Norte") | WHY

CANCEL = {"reason": "Never ordered", "reason_code": "03"}


def preview(browser: Browser, issued: BillingInvoice, wish: str, form: dict[str, str]) -> Any:
    return browser.client.post(f"{INVOICES}{issued.reference}/change/{wish}/preview/", form)


def send(browser: Browser, issued: BillingInvoice, wish: str, form: dict[str, str]) -> str:
    """Preview a change, then send it."""
    seen = preview(browser, issued, wish, form).context["seen"]
    return browser.post(f"{INVOICES}{issued.reference}/change/{wish}/send/", form | {"seen": seen})
