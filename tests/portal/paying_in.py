"""Mexico, where sellers pay in ahead: Eva owns Tienda Sol, Vera may only look; Luna is a rival."""

import re
from typing import Any

import pytest

from marketplace.kernel.models import OutgoingMail
from marketplace.ledger.models import Entry
from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from settlement.billing.models import (
    AutomaticInvoicing,
    AutomaticRun,
    BillingInvoice,
    BillingProfile,
    ChangeRequest,
    Deposit,
    InvoiceDraft,
)
from tests.billing.mexico import make_payer
from tests.cast import client_of, make_member
from tests.portal.telling import Browser

RECIPIENT = {
    "name": "Tienda Sol S.A. de C.V.",
    "tax_id": "EKU9003173C9",
    "street": "Calle Luna 5",
    "city": "Guadalajara",
    "zip": "44100",
    "email": "facturas@sol.example",
    "regime": "601",
    "use": "G03",
}
"""Sol's billing profile as its form sends it."""


@pytest.fixture
def owner(sol: Seller) -> User:
    return make_member(sol, "eva@sol.example", Role.OWNER)


@pytest.fixture
def sol_sees(owner: User) -> Browser:
    return Browser(client_of(owner))


@pytest.fixture
def vera_sees(sol: Seller) -> Browser:
    """A colleague of Eva's who may only look."""
    return Browser(client_of(make_member(sol, "vera@sol.example", Role.VIEWER)))


@pytest.fixture
def luna_sees(mexico: Market) -> Browser:
    """The owner of another seller in the same market."""
    luna = make_payer(mexico, "7102", "Luna S.A.")
    return Browser(client_of(make_member(luna, "luna@luna.example", Role.OWNER)))


def standing() -> dict[str, Any]:
    """All of billing that a refusal may not change."""
    return {
        "deposits": list(Deposit.objects.order_by("pk").values_list("pk", "state", "taken", "invoiced")),
        "drafts": list(
            InvoiceDraft.objects.order_by("pk").values_list("pk", "deposits", "recipient", "invoice")
        ),
        "invoices": list(BillingInvoice.objects.order_by("pk").values_list("reference", flat=True)),
        "profiles": list(BillingProfile.objects.order_by("pk").values()),
        "requests": list(ChangeRequest.objects.order_by("pk").values_list("pk", "state")),
        "automatic": list(AutomaticInvoicing.objects.order_by("pk").values()),
        "runs": list(AutomaticRun.objects.order_by("pk").values_list("pk", "state")),
        "entries": Entry.objects.count(),
        "letters": list(OutgoingMail.objects.order_by("pk").values_list("key", "state")),
    }


def tick(browser: Browser, *deposits: Deposit, **told: Any) -> str:
    """Tick deposits and go on to their draft; the draft's address."""
    keys = [each.pk for each in deposits]
    answer = browser.client.post("/billing/deposits/tick/", {"deposit": keys} | told)
    assert answer.status_code == 302, answer.status_code
    return str(answer["Location"])


def drafted(browser: Browser, *deposits: Deposit) -> str:
    """The address of a draft of these deposits."""
    address = tick(browser, *deposits)
    assert re.fullmatch(r"/billing/drafts/[0-9a-f-]{36}/", address), address
    return address
