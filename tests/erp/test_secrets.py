"""A token is sealed, is in no error and no log, and goes on to work while its key is changed."""

import logging
from base64 import b64encode

import httpx
import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from marketplace.kernel.secrets import rotate_all, unseal
from marketplace.parties.models import Market, Seller
from sellers.erp.alegra.answers import checked, secrets_of, stamp_refusal
from sellers.erp.gateway import erp_of
from sellers.erp.models import Channel, ChannelState, ErpState
from sellers.erp.port import ErpError
from sellers.erp.refusals import CannotConnect
from tests.erp.colombia import click, connect, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator


def test_orders_go_on_while_keys_are_changed_and_after_the_old_one_is_gone(
    colombia: Market, channel: Channel, company: Company, settings: Settings
) -> None:
    old, new = settings.FIELD_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    first, second = sell(colombia, "801"), sell(colombia, "802")

    settings.FIELD_ENCRYPTION_KEYS = [new, *old]
    click(first)
    work_off()
    assert rotate_all() >= 1
    settings.FIELD_ENCRYPTION_KEYS = [new]
    click(second)
    work_off()

    channel.refresh_from_db()
    assert unseal(channel.token) == company.token
    assert {row_of(first).state, row_of(second).state} == {ErpState.DONE}


def test_what_repeats_the_token_in_its_error_is_told_without_it(
    condor: Seller, alegra: Emulator, company: Company
) -> None:
    company.token = "a-token-nobody-knows"

    with pytest.raises(CannotConnect) as refusal:
        connect(condor, company)

    assert "a-token-nobody-knows" not in str(refusal.value)


TOKEN = "tok-3f9a8c7b6d5e4f3a2b1c"


@pytest.mark.parametrize("cut", range(280, 302, 3))
def test_no_part_of_a_token_is_told_where_a_long_error_is_cut(cut: int) -> None:
    said = "x" * (cut - len(TOKEN) // 2) + TOKEN
    headers = {"Authorization": f"Basic {b64encode(f'a@b.example:{TOKEN}'.encode()).decode()}"}
    request = httpx.Request("POST", "https://api.example", headers=headers)

    with pytest.raises(ErpError) as refusal:
        checked(httpx.Response(400, json={"message": said}, request=request), wrote=True)

    assert TOKEN[:4] not in refusal.value.text
    assert len(refusal.value.text) <= 300


def test_a_refused_stamp_that_repeats_the_credentials_is_told_without_them() -> None:
    sealed = b64encode(f"a@b.example:{TOKEN}".encode()).decode()
    told = {"success": False, "message": f"{sealed} ({TOKEN}) may not stamp. " + "x" * 1000}

    said = stamp_refusal([told], secrets=secrets_of("a@b.example", TOKEN))

    assert "may not stamp" in said
    assert TOKEN[:4] not in said
    assert sealed[:8] not in said
    assert len(said) <= 300


def test_a_token_is_in_no_log_and_not_in_what_a_traceback_shows(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    from django.utils import timezone

    alegra.fail("error_before", method="POST", path="*/invoices")
    with caplog.at_level(logging.DEBUG):
        click(sell(colombia, "803"))
        work_off()

    assert company.token not in caplog.text
    assert company.token not in repr(erp_of(channel, clock=timezone.now))
    assert company.token not in str(channel.__dict__)


def test_a_token_whose_key_is_lost_stops_the_channel_and_the_seller_is_asked_for_another(
    colombia: Market, channel: Channel, company: Company, settings: Settings
) -> None:
    order = sell(colombia, "804")
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    click(order)
    work_off()

    channel.refresh_from_db()
    assert channel.state == ChannelState.REFUSED
    assert row_of(order).state == ErpState.WAITING
