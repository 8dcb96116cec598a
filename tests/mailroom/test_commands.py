"""Mails handed in by hand, and what a script hears of them."""

import io
import json
import sys
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from marketplace.parties.models import Market, Seller
from sellers.mailroom.models import Mail
from tests.mailroom.telling import letter
from tests.receipts.telling import factura, peruvian

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lucia")]


def receive(raw: bytes, **options: Any) -> tuple[str, int]:
    """What the command prints, and its exit status."""
    out = io.StringIO()
    try:
        with mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw))):
            call_command("receive_mail", stdout=out, **options)
    except SystemExit as ended:
        return out.getvalue(), int(str(ended.code))
    return out.getvalue(), 0


def test_one_json_value_tells_each_file(peru: Market) -> None:
    peruvian(peru, "1001")

    text, status = receive(letter(*factura(order="1001")), json=True)

    told = json.loads(text)
    assert status == 0
    assert told["mail"] == Mail.objects.get().pk
    assert (told["state"], told["route"]) == ("done", "receipts")
    assert [(each["outcome"], each["order"]) for each in told["files"]] == [("registered", "1001")] * 2
    assert told["files"][0]["name"].endswith(".xml")
    assert told["files"][0]["reason"] == "Receipt F001-1 is registered on order 1001."


def test_a_refused_file_is_said_by_the_status(peru: Market) -> None:
    peruvian(peru, "1001", total="50.00")

    text, status = receive(letter(*factura(order="1001")), json=True)

    assert (status, json.loads(text)["files"][0]["outcome"]) == (1, "total_differs")


def test_a_mail_without_files_has_its_one_reason() -> None:
    text, status = receive(letter(), json=True)

    assert status == 1
    assert [each["outcome"] for each in json.loads(text)["files"]] == ["no_attachment"]


def test_the_same_mail_again_tells_the_same(peru: Market) -> None:
    peruvian(peru, "1001")
    raw = letter(*factura(order="1001"))

    assert receive(raw, json=True) == receive(raw, json=True)
    assert Mail.objects.count() == 1


def test_the_summary_is_plain(peru: Market) -> None:
    peruvian(peru, "1001")

    text, _ = receive(letter(*factura(order="1001")))

    assert "from lucia@andes.example: Done, Receipts" in text
    assert ".xml: Registered. Receipt F001-1 is registered on order 1001." in text
    assert "answered to lucia@andes.example" in text


def test_a_named_markets_mailbox_is_taken_where_the_mail_names_none(peru: Market) -> None:
    peruvian(peru, "1001")

    text, status = receive(letter(*factura(order="1001"), to="me@andes.example"), json=True, market="PE")

    assert (status, json.loads(text)["route"]) == (0, "receipts")


def test_what_cannot_be_taken_is_said(andes: Seller) -> None:
    with pytest.raises(CommandError, match="there is no market XX"):
        receive(letter(), market="XX")
    with pytest.raises(CommandError, match="larger than 25 MB"):
        receive(b"x" * ((25 << 20) + 1))

    assert not Mail.objects.exists()
