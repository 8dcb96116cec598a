"""Staff see what came in, decide of the quarantine, and say who may send."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.parties.models import Market, Seller
from sellers.mailroom.models import AllowedSender, Mail, State
from tests.cast import work_off_but_rendering
from tests.desk import listed, make_looker, name_of, offered, page, press, queries_of, seen
from tests.mailroom.telling import hand_over, letter
from tests.receipts.telling import factura, peruvian

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lucia")]
FORGED = "mx.any.example; dmarc=fail"


@pytest.fixture
def held(peru: Market) -> Mail:
    peruvian(peru, "1001")
    return hand_over(letter(*factura(order="1001"), subject="Forged one", authentication_results=FORGED))


def test_the_list_shows_the_quarantine_first(held: Mail, carla_client: Client) -> None:
    hand_over(letter(subject="Proven one"))

    assert "Forged one" in listed(carla_client, Mail)
    assert "Proven one" not in listed(carla_client, Mail)
    assert "Proven one" in listed(carla_client, Mail, state="all")
    assert "Forged one" in listed(carla_client, Mail, state="all", q="forged")


def test_a_page_shows_each_file_with_its_outcome_and_the_answer(peru: Market, carla_client: Client) -> None:
    peruvian(peru, "1001")
    mail = hand_over(letter(*factura(order="1001"), ("a.zip", b"PK\x03\x04")))

    text = page(carla_client, mail)

    assert "Receipt F001-1 is registered on order 1001." in text
    assert "a.zip archive Archive Archives are not opened." in text
    assert "we read your mail with 3 files." in text
    assert offered(carla_client, mail) == set()


def test_files_and_the_mail_as_it_came_are_handed_out(held: Mail, carla_client: Client) -> None:
    part = held.parts.get(position=1)

    raw = carla_client.get(reverse(name_of(held, "file"), args=[held.pk, "raw"]))
    file = carla_client.get(reverse(name_of(part, "file"), args=[part.pk, "file"]))

    assert b"Forged one" in b"".join(raw)
    assert b"<Invoice" in b"".join(file)
    assert "attachment" in file["Content-Disposition"]


def test_a_mail_is_released_on_its_page(held: Mail, carla_client: Client) -> None:
    assert offered(carla_client, held) == {"release", "discard"}

    press(carla_client, held, "release")
    work_off_but_rendering()

    held.refresh_from_db()
    assert held.state == State.DONE
    assert "released by staff" in page(carla_client, held)


def test_a_mail_is_discarded_with_a_reason(held: Mail, carla_client: Client) -> None:
    assert "Say why" in press(carla_client, held, "discard")[0]

    press(carla_client, held, "discard", "spam")

    held.refresh_from_db()
    assert held.state == State.REFUSED
    assert "spam" in page(carla_client, held)


def test_who_may_only_look_decides_nothing(held: Mail) -> None:
    looker = make_looker()

    assert offered(looker, held) == set()
    assert looker.post(reverse(name_of(held, "do"), args=[held.pk, "release"])).status_code == 403
    held.refresh_from_db()
    assert held.state == State.QUARANTINED


def test_an_address_is_allowed_and_forbidden(andes: Seller, carla_client: Client) -> None:
    add = reverse(name_of(AllowedSender, "add"))

    assert "Everybody may have an address" in seen(
        carla_client.post(add, {"seller": andes.pk, "address": "@gmail.com"})
    )
    carla_client.post(add, {"seller": andes.pk, "address": "Robot@Billing.Example"})

    row = AllowedSender.objects.get()
    assert (row.address, row.seller, row.added_by) == ("robot@billing.example", andes, row.added_by)
    assert "robot@billing.example" in listed(carla_client, AllowedSender)
    carla_client.post(reverse(name_of(row, "do"), args=[row.pk, "forbid"]))
    assert not AllowedSender.objects.exists()


def test_the_list_asks_no_more_for_many(held: Mail, carla_client: Client) -> None:
    address = reverse(name_of(Mail, "changelist")) + "?state=all"
    carla_client.get(address)
    few = queries_of(carla_client, address)
    for number in range(5):
        hand_over(letter(subject=str(number)))

    assert queries_of(carla_client, address) == few
