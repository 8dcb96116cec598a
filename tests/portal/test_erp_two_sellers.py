"""Who works for two sellers and has a page of each open changes nothing at the one by a form of the other."""

import re

import pytest
from django.utils import timezone

from marketplace.parties.models import BusinessModel, Market, Role, Seller
from sellers.erp.models import Channel, ChannelState, ErpInvoice
from sellers.erp.operations.asking import ask_for_invoice
from tests.cast import client_of, make_member, make_seller
from tests.erp.colombia import row_of, work_off
from tests.erp.emulator import Company, Emulator
from tests.portal.invoicing import sell_unknown
from tests.portal.telling import Browser


@pytest.fixture
def puma(colombia: Market) -> Seller:
    return make_seller(colombia, "8002", "Puma S.A.S.", model=BusinessModel.AGENCY)


@pytest.fixture
def rosa_sees(condor: Seller, puma: Seller) -> Browser:
    for seller in (condor, puma):
        user = make_member(seller, "rosa@example.com", Role.OWNER)
    return Browser(client_of(user))


def go_to(browser: Browser, seller: Seller) -> None:
    browser.post("/door/switch/", {"seller": str(seller.pk)})


def forms_of(browser: Browser, address: str) -> dict[str, dict[str, str]]:
    """The forms of a page as they stand open in a window: by their address, their hidden fields."""
    page = browser.client.get(address).content.decode()
    found = re.findall(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
    hidden = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'
    return {action: dict(re.findall(hidden, body)) for action, body in found}


def test_credentials_entered_for_one_seller_do_not_connect_the_other(
    rosa_sees: Browser, condor: Seller, puma: Seller, company: Company
) -> None:
    go_to(rosa_sees, condor)
    (form,) = [told for action, told in forms_of(rosa_sees, "/channels/connect/").items() if "try" in action]
    go_to(rosa_sees, puma)

    told = {"name": "Alegra", "email": company.email, "token": company.token, "country": "CO"}
    page = rosa_sees.post("/channels/connect/try/", form | told)

    assert "The page was opened for another seller, and you are at Puma S.A.S. now." in page
    assert not Channel.objects.exists()
    go_to(rosa_sees, condor)
    rosa_sees.post("/channels/connect/try/", form | told)
    assert Channel.objects.get().seller == condor


@pytest.mark.parametrize(
    ("opened", "sent"),
    [
        ("/channels/disconnect/", "/channels/disconnect/now/"),
        ("/channels/settings/", "/channels/settings/save/"),
        ("/channels/settings/automatic/", "/channels/settings/automatic/save/"),
        ("/channels/errors/", "/channels/errors/try-again/"),
        ("/channels/items/match/?sku=TV-55&q=Gorra", "/channels/items/match/save/"),
        ("/orders/880/", "/channels/orders/880/invoice/"),
        ("/channels/", "/channels/settings/read-anew/"),
    ],
)
def test_a_form_opened_for_one_seller_changes_nothing_at_the_other(
    rosa_sees: Browser,
    colombia: Market,
    condor: Seller,
    puma: Seller,
    channel: Channel,
    alegra: Emulator,
    opened: str,
    sent: str,
) -> None:
    order = sell_unknown(colombia, "880")
    ask_for_invoice(order_id=order.pk, by=None, at=timezone.now())
    work_off()
    go_to(rosa_sees, condor)
    forms = forms_of(rosa_sees, opened)
    assert sent in forms
    Channel.objects.update(seller=puma)
    ErpInvoice.objects.update(state="failed")
    before = (Channel.objects.values().get(), row_of(order).state)
    go_to(rosa_sees, puma)

    page = rosa_sees.post(sent, forms[sent])

    assert "Nothing was changed." in page
    assert (Channel.objects.values().get(), row_of(order).state) == before
    assert Channel.objects.get().state == ChannelState.ON
