"""Receipts that come by mail: each file one outcome, the sender one answer."""

import pytest

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail, StoredFile
from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from sellers.mailroom.models import Mail, Route, State, Why
from sellers.receipts.models import Receipt
from tests.cast import make_market, make_member, make_seller
from tests.mailroom.telling import LUCIA, RECEIPTS, answer, hand_over, letter, outcomes
from tests.receipts.telling import factura, make_peruvian, peruvian

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lucia")]


def test_a_pair_is_registered_and_its_sender_told(peru: Market, andes: Seller) -> None:
    order = peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001")))

    order.refresh_from_db()
    assert (mail.state, mail.route, mail.seller, mail.market) == (State.DONE, Route.RECEIPTS, andes, peru)
    assert outcomes(mail) == ["registered", "registered"]
    assert order.receipt_at is not None
    assert mail.answer is not None
    assert mail.answer.recipients == [LUCIA]
    assert mail.answer.subject == "Re: Comprobantes"
    assert mail.answer.headers["Auto-Submitted"] == "auto-replied"
    assert mail.answer.headers["In-Reply-To"] == mail.message_id
    assert "Receipt F001-1 is registered on order 1001." in answer(mail)
    assert "Taken: 2. Not taken: 0." in answer(mail)
    assert run_checks() == []


def test_the_answer_goes_out_with_its_headers(peru: Market, mailoutbox: list) -> None:  # type: ignore[type-arg]
    peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001")))

    (sent,) = [each for each in mailoutbox if each.to == [LUCIA]]
    told = sent.message()
    assert told["Auto-Submitted"] == "auto-replied"
    assert told["References"] == mail.message_id
    assert told["X-Auto-Response-Suppress"] == "All"


def test_many_pairs_in_one_mail_are_taken_one_by_one(peru: Market) -> None:
    files = []
    for serial in range(1, 41):
        peruvian(peru, f"20{serial:02d}")
        files += factura(serial, order=f"20{serial:02d}")

    mail = hand_over(letter(*files))

    assert outcomes(mail) == ["registered"] * 80
    assert Receipt.objects.count() == 40
    assert OutgoingMail.objects.filter(key=f"mailroom:answer:{mail.pk}").count() == 1


def test_each_file_has_its_one_reason(peru: Market) -> None:
    peruvian(peru, "1001")
    peruvian(peru, "1002", total="50.00")
    only_xml = factura(3, order="1001")[0]

    mail = hand_over(
        letter(*factura(1, order="1002"), only_xml, ("all.zip", b"PK\x03\x04zip"), *factura(4, order="9"))
    )

    assert outcomes(mail) == [
        *("total_differs", "total_differs", "only_xml", "archive"),
        *("order_not_found", "order_not_found"),
    ]
    assert "all.zip: Archive Archives are not opened." in answer(mail)
    assert "Taken: 0. Not taken: 6." in answer(mail)
    assert not Receipt.objects.exists()


def test_the_same_mail_again_changes_and_answers_nothing(peru: Market) -> None:
    peruvian(peru, "1001")
    raw = letter(*factura(order="1001"))
    first = hand_over(raw)
    files = StoredFile.objects.count()

    again = hand_over(
        b"Received: from relay.example by mx.example; Tue, 06 Oct 2026 17:00:01 +0000\r\n" + raw
    )

    assert again == first
    assert Mail.objects.count() == 1
    assert OutgoingMail.objects.filter(key__startswith="mailroom:").count() == 1
    assert StoredFile.objects.count() == files


def test_the_same_receipt_in_another_mail_changes_nothing_and_is_told_so(peru: Market) -> None:
    peruvian(peru, "1001")
    hand_over(letter(*factura(order="1001")))

    mail = hand_over(letter(*factura(order="1001")))

    assert outcomes(mail) == ["duplicate", "duplicate"]
    assert Receipt.objects.count() == 1
    assert "nothing changed" in answer(mail)


def test_a_mail_without_attachment_is_told_to_attach_the_files() -> None:
    mail = hand_over(letter())

    assert (mail.state, mail.why, outcomes(mail)) == (State.DONE, Why.NO_ATTACHMENT, ["no_attachment"])
    assert "Attach the XML and the PDF" in answer(mail)


def test_a_stranger_is_told_so_and_nothing_of_the_mail_is_read_as_a_receipt(peru: Market) -> None:
    order = peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001"), sender="eva@stranger.example"))

    order.refresh_from_db()
    assert (mail.state, mail.bundle, mail.seller) == (State.DONE, None, None)
    assert outcomes(mail) == ["sender_not_tied", "sender_not_tied"]
    assert "may not send for this seller" in answer(mail)
    assert order.receipt_at is None


def test_another_sellers_order_is_not_found(peru: Market) -> None:
    rival = make_peruvian(peru, "5002", tax_id="20131312955")
    peruvian(peru, "1001", seller=rival.partner_number)

    mail = hand_over(letter(*factura(order="1001")))

    assert outcomes(mail) == ["order_not_found"] * 2


def test_a_viewers_mail_is_a_strangers(peru: Market, andes: Seller) -> None:
    make_member(andes, "vera@andes.example", Role.VIEWER)
    peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001"), sender="vera@andes.example"))

    assert mail.why == Why.SENDER_NOT_TIED


def test_a_locked_login_ties_to_nobody(lucia: User) -> None:
    lucia.is_active = False
    lucia.save()

    mail = hand_over(letter(*factura(order="1001")))

    assert mail.why == Why.SENDER_NOT_TIED


def test_the_sellers_own_address_may_send_too(peru: Market, andes: Seller) -> None:
    peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001"), sender=andes.email.upper()))

    assert outcomes(mail) == ["registered", "registered"]


def test_a_sender_of_two_sellers_brings_receipts_of_both(peru: Market, andes: Seller) -> None:
    other = make_peruvian(peru, "5002", tax_id="20131312955")
    make_member(other, LUCIA, Role.OPERATIONS)
    peruvian(peru, "1001")
    peruvian(peru, "1002", seller="5002")

    mail = hand_over(letter(*factura(1, order="1001"), *factura(2, order="1002", ruc="20131312955")))

    assert mail.seller is None
    assert mail.sellers == [andes.pk, other.pk]
    assert outcomes(mail) == ["registered"] * 4


def test_a_plus_in_the_mailbox_comes_to_the_mailbox(peru: Market) -> None:
    peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001"), to=RECEIPTS.replace("@", "+5001@")))

    assert (mail.mailbox, mail.route) == (RECEIPTS, Route.RECEIPTS)


def test_the_subject_may_name_the_order(peru: Market) -> None:
    peruvian(peru, "ORD-77001")

    mail = hand_over(letter(*factura(order=""), subject="Comprobante del pedido ORD-77001"))

    assert outcomes(mail) == ["registered", "registered"]


@pytest.mark.parametrize(("currency", "number"), [("PEN", "5001"), ("PLN", "6001")])
def test_of_markets_that_share_a_mailbox_the_one_its_receipts_fit_is_taken(
    peru: Market, andes: Seller, currency: str, number: str
) -> None:
    poland = make_market("PL", currency="PLN", entity_tax_id="PL5260001246", receipts_email=RECEIPTS)
    polska = make_seller(poland, "6001", "Andes Polska")
    Seller.objects.filter(pk=polska.pk).update(tax_id=andes.tax_id)
    make_member(polska, LUCIA, Role.FINANCE)

    mail = hand_over(letter(*factura(1, currency=currency)))

    assert mail.seller is not None
    assert (mail.seller.partner_number, mail.seller.market.currency) == (number, currency)
    assert mail.bundle is not None
    assert mail.bundle.market == mail.market == mail.seller.market
    assert run_checks() == []


def test_a_partner_number_tells_which_of_the_markets_that_share_a_mailbox_is_meant(peru: Market) -> None:
    poland = make_market("PL", currency="PLN", entity_tax_id="PL5260001246", receipts_email=RECEIPTS)
    make_member(make_seller(poland, "6001", "Andes Polska"), LUCIA, Role.OWNER)

    mail = hand_over(letter(("a.png", b"\x89PNG\r\n\x1a\n"), subject="Facturas 6001"))

    assert mail.market == poland
