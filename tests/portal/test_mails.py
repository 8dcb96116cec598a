"""Mails as sellers see them: what became of each file, our answer, and who may send."""

import pytest

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market, Role, Seller
from sellers.mailroom.models import AllowedSender
from tests.cast import client_of, make_member, make_seller
from tests.mailroom.telling import LUCIA, hand_over, letter
from tests.portal.telling import Browser
from tests.receipts.telling import factura, make_peru, make_peruvian, peruvian


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


@pytest.fixture
def lucia(andes: Seller) -> Browser:
    return Browser(client_of(make_member(andes, LUCIA, Role.OWNER)))


@pytest.fixture
def rival(peru: Market, andes: Seller) -> Browser:
    other = make_seller(peru, "5002", "Lima S.A.")
    return Browser(client_of(make_member(other, "pedro@lima.example", Role.OWNER)))


def test_a_mail_shows_each_file_and_our_answer(peru: Market, lucia: Browser, rival: Browser) -> None:
    peruvian(peru, "1001")
    mail = hand_over(letter(*factura(order="1001"), ("all.zip", b"PK\x03\x04zip"), subject="Boletas"))

    listed = lucia.page("/receipts/mails/")
    assert f"Boletas {LUCIA}" in listed
    page = lucia.page(f"/receipts/mails/{mail.pk}/")
    assert "Registered Receipt F001-1 is registered on order 1001." in page
    assert "all.zip Archive Archives are not opened." in page
    assert "Our answer" in page
    assert "Taken: 2. Not taken: 1." in page
    assert "Boletas" not in rival.page("/receipts/mails/")
    rival.page(f"/receipts/mails/{mail.pk}/", status=404)
    heads, row = lucia.sheet("/receipts/mails/export/?q=all.zip")
    assert (heads[0], row[0]) == ("Subject", "Boletas")


def test_of_a_mail_for_several_sellers_each_sees_its_own_files(
    peru: Market, andes: Seller, lucia: Browser, rival: Browser
) -> None:
    other = Seller.objects.get(partner_number="5002")
    other.tax_id = "20131312955"
    other.save()
    make_member(other, LUCIA, Role.OPERATIONS)
    peruvian(peru, "1001")
    peruvian(peru, "2001", seller="5002")
    theirs = factura(2, order="2001", ruc="20131312955")

    mail = hand_over(letter(*factura(1, order="1001"), *theirs))

    page = rival.page(f"/receipts/mails/{mail.pk}/")
    assert "F001-2 is registered on order 2001" in page
    assert "1001" not in page
    assert "The sender was answered for all the sellers it sends for." in page
    assert "2001" not in lucia.page(f"/receipts/mails/{mail.pk}/")


def test_owners_say_who_may_send(peru: Market, andes: Seller, lucia: Browser, rival: Browser) -> None:
    assert "receipts.pe@meridian.example from the logins of this seller" in lucia.page("/settings/")

    assert "@shop.example may send for you now." in lucia.post(
        "/settings/senders/", {"address": " @Shop.Example "}
    )
    row = AllowedSender.objects.get()
    assert "is neither an address nor a domain" in lucia.post("/settings/senders/", {"address": "shop"})
    assert "Add single addresses." in lucia.post("/settings/senders/", {"address": "@gmail.com"})
    rival.post(f"/settings/senders/{row.pk}/remove/", status=404)
    clerk = Browser(client_of(make_member(andes, "clerk@andes.example", Role.OPERATIONS)))
    assert "Remove" not in clerk.page("/settings/")
    clerk.post("/settings/senders/", {"address": "x@y.example"}, status=403)
    assert list(AllowedSender.objects.values_list("address", flat=True)) == ["@shop.example"]

    page = lucia.post(f"/settings/senders/{row.pk}/remove/")

    assert "@shop.example may not send for you any more." in page
    assert not AllowedSender.objects.exists()
    assert list(
        AuditRecord.objects.filter(subject="@shop.example").order_by("pk").values_list("verb", flat=True)
    ) == ["sender.allowed", "sender.forbidden"]
