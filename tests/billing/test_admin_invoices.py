"""Billing invoices at the desk: lines, relations, files and letters, and series without a gap."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.kernel.files import store
from marketplace.kernel.models import AuditRecord, MailState, NumberSeries, OutgoingMail
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, ChangeRequest, Wish
from settlement.billing.operations.requesting import approve_request, request_change, whole_of
from tests.billing.mexico import NOON, charge, invoice, made_out_to, pay_in
from tests.desk import listed, make_looker, offered, page, press, queries_of, seen

NUMBERS = reverse("admin:billing_billinginvoice_numbers")
LIST = reverse("admin:billing_billinginvoice_changelist")


@pytest.fixture
def issued(sol: Seller, eva: User) -> BillingInvoice:
    """An invoice over 100.00 and 250.50."""
    return invoice(sol, pay_in(sol, "100.00"), pay_in(sol, "250.50"), by=eva)


def correct(row: BillingInvoice, by: User) -> list[BillingInvoice]:
    """Have an invoice made out to another name: the credit note and the corrected invoice."""
    wanted = [whole_of(row, made_out_to(row.seller, name="Sol y Luna S.A."))]
    told: dict[str, Any] = {"wish": Wish.EDIT, "reason": "Wrong name", "reason_code": "01"}
    request = request_change(invoice_id=row.pk, wanted=wanted, by=by, at=NOON, **told)
    return approve_request(request_id=request.pk, by=by, at=NOON)


def test_the_list_tells_what_stands_what_was_taken_back_and_what_replaces_it(
    issued: BillingInvoice, eva: User, carla_client: Client
) -> None:
    note, _corrected = correct(issued, eva)

    text = listed(carla_client, BillingInvoice)

    assert (
        f"{issued} Invoice Deposits Tienda Sol S.A. de C.V. 5 Oct 2026 MX$350.50 taken back by {note}" in text
    )
    assert f"{note} Credit note Deposits" in text
    assert f"takes back {issued}" in text
    assert f"Sol y Luna S.A. 5 Oct 2026 MX$350.50 live, replaces {issued} – MX$302.16 MX$48.34 7101" in text


def test_the_list_is_narrowed_searched_and_summed_up_with_credit_notes_as_less(
    issued: BillingInvoice, eva: User, carla_client: Client
) -> None:
    note, corrected = correct(issued, eva)

    def found(**query: Any) -> set[str]:
        text = listed(carla_client, BillingInvoice, **query)
        return {
            each.reference
            for each in (issued, note, corrected)
            if f"{each} {each.get_kind_display()} Deposits" in text
        }

    assert found(standing="live") == {corrected.reference}
    assert found(standing="taken_back") == {issued.reference}
    assert found(standing="replaces") == {corrected.reference}
    assert found(standing="requested") == set()
    assert found(kind="credit") == {note.reference}
    assert found(q="Sol y Luna") == {corrected.reference}
    assert len(found(q="EKU9003173C9")) == 3
    assert "MXN 3 MX$302.16 MX$48.34 MX$350.50" in seen(carla_client.get(LIST))


def test_the_page_shows_lines_recipient_relations_and_the_entry(
    issued: BillingInvoice, eva: User, carla_client: Client
) -> None:
    note, corrected = correct(issued, eva)

    text = page(carla_client, corrected)

    assert "Name Sol y Luna S.A. Tax id EKU9003173C9" in text
    assert "Tax regime 601 General de Ley Personas Morales" in text
    assert "MX-DP-2026-000001 5 Oct 2026 card all of it MX$86.21 MX$13.79 MX$100.00" in text
    assert "Total MX$302.16 MX$48.34 MX$350.50" in text
    assert f"It replaces {issued}" in text
    assert f"{ChangeRequest.objects.get()} Correct the recipient Carried out" in text
    assert f"In the books Entry At {corrected.key}" in text
    assert "01 – issued with errors, replaced by another · Wrong name" in text
    assert f"Taken back by {note}" in page(carla_client, issued)
    assert f"Issued instead {corrected}" in page(carla_client, note)


def test_its_files_are_handed_out_and_noted(
    issued: BillingInvoice, carla: User, carla_client: Client
) -> None:
    assert "Its files are being drawn" in page(carla_client, issued)
    address = reverse("admin:billing_billinginvoice_file", args=[issued.pk, "xml"])
    assert carla_client.get(address).status_code == 404
    content: Any = {"content_type": "application/xml", "chunks": [b"<a/>"], "at": NOON}
    BillingInvoice.objects.filter(pk=issued.pk).update(xml=store(name=f"{issued}.xml", **content))

    answer = carla_client.get(address)

    assert b"".join(getattr(answer, "streaming_content", [])) == b"<a/>"
    noted = AuditRecord.objects.get(verb="file.downloaded")
    assert (noted.by, noted.subject, noted.seller_id) == (carla, f"{issued}.xml", issued.seller_id)


def test_its_letter_is_shown_and_sent_again_when_it_failed(
    issued: BillingInvoice, carla_client: Client
) -> None:
    assert offered(carla_client, issued) == set()
    letter = OutgoingMail.objects.create(
        key=issued.key,
        market=issued.market,
        sender="a@meridian.example",
        recipients=["facturas@sol.example"],
        subject="Invoice",
        body="",
        message_id="<1@meridian.example>",
        state=MailState.DEAD,
        error="no such mailbox",
        created_at=NOON,
    )

    text = page(carla_client, issued)
    assert "Its letter could not be sent" in text
    assert "facturas@sol.example Not sent no such mailbox" in text
    assert press(carla_client, issued, "send_again") == ["1 done."]

    letter.refresh_from_db()
    assert letter.state == MailState.READY
    assert "All its letters were sent" in press(carla_client, issued, "send_again")[0]


def test_every_series_is_shown_with_its_first_and_last_number(
    issued: BillingInvoice, eva: User, carla_client: Client
) -> None:
    correct(issued, eva)
    charge(issued.seller, "1.00")

    text = seen(carla_client.get(NUMBERS))

    assert "Every series begins at one and has no gap and no number twice." in text
    assert "Invoices MX 2026 MX-I-2026-000001 MX-I-2026-000002 no gap 2 2" in text
    assert "Credit notes MX 2026 MX-IC-2026-000001 MX-IC-2026-000001 no gap 1 1" in text
    assert "Deposits MX 2026 MX-DP-2026-000001 MX-DP-2026-000002 no gap 2 2" in text
    assert "Fees MX 2026" in text
    assert "Change requests MX 2026" in text


def test_a_gap_is_named_and_so_is_a_series_that_lost_all(
    issued: BillingInvoice, carla_client: Client
) -> None:
    NumberSeries.objects.filter(kind="billing_invoice").update(last=14)
    NumberSeries.objects.create(market=issued.market, kind="fee", year=2026, last=2)

    text = seen(carla_client.get(NUMBERS))

    assert "Series that are broken: 2." in text
    assert "missing: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … 14 1" in text
    assert "Fees MX 2026 – – missing: 1, 2 2 0" in text


def test_more_papers_than_numbers_are_told(issued: BillingInvoice, carla_client: Client) -> None:
    NumberSeries.objects.filter(kind="deposit").update(last=1)

    assert "more papers than numbers 1 2" in seen(carla_client.get(NUMBERS))


def test_customer_service_and_lookers_see_invoices_and_the_rest_of_staff_does_not(
    issued: BillingInvoice, carla: User, carla_client: Client, sara_client: Client
) -> None:
    own = reverse("admin:billing_billinginvoice_change", args=[issued.pk])
    for client in (sara_client, make_looker()):
        assert [client.get(each).status_code for each in (LIST, own, NUMBERS)] == [200, 200, 200]
        do = reverse("admin:billing_billinginvoice_do", args=[issued.pk, "send_again"])
        assert client.post(do).status_code == 403

    carla.user_permissions.clear()
    assert [carla_client.get(each).status_code for each in (LIST, own, NUMBERS)] == [403, 403, 403]


def test_the_pages_ask_the_same_questions_however_much_there_is(
    issued: BillingInvoice, sol: Seller, eva: User, carla_client: Client
) -> None:
    own = reverse("admin:billing_billinginvoice_change", args=[issued.pk])
    for address in (LIST, own, NUMBERS):
        carla_client.get(address)
    few, few_own, few_numbers = (queries_of(carla_client, each) for each in (LIST, own, NUMBERS))

    bigger = invoice(sol, *(pay_in(sol, "10.00") for _each in range(6)), by=eva)
    for each in range(3):
        correct(invoice(sol, pay_in(sol, f"{each + 1}.00"), by=eva), eva)

    assert queries_of(carla_client, LIST) == few
    own = reverse("admin:billing_billinginvoice_change", args=[bigger.pk])
    assert queries_of(carla_client, own) == few_own
    assert queries_of(carla_client, NUMBERS) == few_numbers
