"""What the wire leaves open: lists without notes, parameters refused, addresses that are not there."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.books import run_checks
from marketplace.kernel.jobs import enqueue
from marketplace.parties.models import Market, Seller
from sellers.erp.alegra.reading import after, id_in, made_of
from sellers.erp.models import CatalogueItem, Channel, ErpInvoice, ErpState, Kind, Reading
from sellers.erp.operations.connecting import automate_channel, try_credentials
from sellers.erp.operations.papers import paper_url
from sellers.erp.refusals import CannotConnect, NoPaper
from sellers.erp.rules.causes import Cause
from sellers.erp.rules.marks import may_be_marked
from tests.cast import today_in
from tests.erp.colombia import SKUS, click, connect, go_on, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator, body_of, post


@pytest.fixture
def odd(alegra: Emulator, company: Company, request: pytest.FixtureRequest) -> Company:
    """A company whose Alegra behaves as the test says."""
    told = {"email": "rara@example.com", "token": "another-token", "identification": "901777333"}
    return alegra.company("colombia", skus=SKUS, **told, **request.param)


@pytest.mark.parametrize(
    "odd", [{"list_notes": how} for how in ("cut", "blank", "none", "bare")], indirect=True, ids=str
)
def test_a_lost_invoice_is_found_though_the_list_does_not_tell_its_note_whole(
    odd: Company, colombia: Market, condor: Seller, alegra: Emulator
) -> None:
    channel = connect(condor, odd)
    before, order = sell(colombia, "860"), sell(colombia, "861")
    click(before)
    work_off()
    post(odd, "/invoices", body_of(odd))
    alegra.fail("lost", method="POST", path="*/invoices")
    click(order)
    work_off()
    asked = alegra.requests().get("GET /invoices/{id}", 0)

    go_on(channel)

    assert row_of(order).state == ErpState.DONE
    assert len(odd.invoices("CO-861")) == 1
    assert alegra.requests()["GET /invoices/{id}"] - asked <= 2
    assert run_checks() == []


@pytest.mark.parametrize("odd", [{"list_notes": "none"}], indirect=True)
def test_an_invoice_of_the_same_total_without_a_note_is_not_taken_for_ours(
    odd: Company, colombia: Market, condor: Seller, alegra: Emulator
) -> None:
    channel = connect(condor, odd)
    order = sell(colombia, "862")
    alegra.fail("error_before", method="POST", path="*/invoices")
    click(order)
    work_off()
    today = str(today_in(colombia))
    line = {"id": odd.id_of("items", reference="TV-55"), "price": 1000, "quantity": 1, "tax": [{"id": 1}]}
    theirs = post(odd, "/invoices", body_of(odd, items=[line], date=today, dueDate=today))

    go_on(channel)

    assert row_of(order).state == ErpState.DONE
    assert row_of(order).external_id != str(theirs["id"])
    assert len(odd.invoices("CO-862")) == 1


def test_notes_that_were_left_out_or_cut_may_have_held_a_mark() -> None:
    assert all(may_be_marked([text, ""]) for text in ("", "[Saldo CO-86", "[Saldo "))
    assert may_be_marked([])
    for text in ("[Saldo CO-860] Order 860.", "Hecha a mano", "Saldo CO-860"):
        assert not may_be_marked([text, ""])


def test_a_note_that_is_told_says_nothing_of_the_one_that_was_left_out() -> None:
    told = {"id": "1", "date": "2026-10-05", "total": "1190.00", "anotation": "Gracias por su compra"}

    assert may_be_marked(made_of(told).texts)
    assert not may_be_marked(made_of(told | {"observations": None}).texts)


def stamping(channel: Channel, company: Company, **told: Any) -> None:
    values = {"stamp": True, "as_draft": False, "payment_form": "CASH", "payment_method": "CASH"}
    values |= {"numbering": company.id_of("number-templates", prefix="FE")}
    automate_channel(channel_id=channel.pk, automatic=False, told=values | told, by=None, at=timezone.now())


@pytest.mark.parametrize("odd", [{"list_notes": "bare"}], indirect=True)
def test_what_a_list_does_not_tell_of_an_invoice_is_as_it_was(
    odd: Company, colombia: Market, condor: Seller
) -> None:
    channel = connect(condor, odd)
    stamping(channel, odd)
    order = sell(colombia, "867")
    click(order)
    work_off()
    before = row_of(order)
    assert (before.stamped, before.total, before.differs) == (True, order.total, "")

    ErpInvoice.objects.update(compared_at=timezone.now() - timedelta(days=1))
    enqueue("erp.compare", key=f"channel:{channel.pk}", channel_id=channel.pk)
    work_off()

    after_night = row_of(order)
    assert after_night.compared_at != before.compared_at
    for name in ("stamped", "total", "number", "differs"):
        assert getattr(after_night, name) == getattr(before, name)


def test_an_invoice_that_was_made_but_not_stamped_says_so(
    colombia: Market, channel: Channel, company: Company
) -> None:
    stamping(channel, company, numbering="999")
    order = sell(colombia, "868")
    click(order)
    work_off()
    assert row_of(order).cause == Cause.REFUSED
    line = {"id": company.id_of("items", reference="TV-55"), "price": 1000, "quantity": 1, "tax": [{"id": 1}]}
    post(company, "/invoices", body_of(company, items=[line], observations="[Saldo CO-868]", status="open"))

    click(order)
    go_on(channel)

    assert (row_of(order).state, row_of(order).stamped) == (ErpState.DONE, False)
    assert "was to be stamped and is not" in row_of(order).differs


@pytest.mark.parametrize("odd", [{"strict_parameters": True}], indirect=True)
def test_where_the_pdf_may_not_be_asked_for_the_invoice_is_still_there(
    odd: Company, colombia: Market, condor: Seller
) -> None:
    connect(condor, odd)
    order = sell(colombia, "863")
    click(order)
    work_off()

    (made,) = odd.invoices("CO-863")
    with pytest.raises(NoPaper, match="no PDF of this invoice yet"):
        paper_url(invoice_id=row_of(order).pk, clock=timezone.now)
    odd.client.delete(f"/invoices/{made['id']}")
    with pytest.raises(NoPaper, match="not have this invoice any more"):
        paper_url(invoice_id=row_of(order).pk, clock=timezone.now)


@pytest.mark.parametrize("odd", [{"numberings": False}], indirect=True)
def test_an_alegra_whose_numberings_cannot_be_listed_is_connected_without_them(
    odd: Company, colombia: Market, condor: Seller
) -> None:
    channel = connect(condor, odd)
    order = sell(colombia, "864")
    click(order)
    work_off()

    assert channel.offer["missing"] == ["number-templates"]
    assert row_of(order).state == ErpState.DONE


@pytest.mark.parametrize(
    "odd", [{"price_lists": False, "warehouses": False, "lacking_is": "empty"}], indirect=True
)
def test_a_plan_whose_price_lists_and_warehouses_are_empty_lists_has_none(odd: Company, db: None) -> None:
    with pytest.raises(CannotConnect, match="no price lists and warehouses"):
        try_credentials(provider="alegra", email=odd.email, token=odd.token, clock=timezone.now)


def test_an_order_of_pages_that_is_refused_half_way_stops_the_reading_there(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator, settings: Settings
) -> None:
    order = sell(colombia, "865")
    alegra.fail("lost", method="POST", path="*/invoices")
    settings.ERP_QUIET_SECONDS = 600
    click(order)
    work_off()
    for _invoice in range(70):
        post(company, "/invoices", body_of(company))
    alegra.fail("bad_request", method="GET", path="*/invoices", skip=1)
    ErpInvoice.objects.update(due_at=timezone.now())

    go_on(channel)
    assert Reading.objects.get(kind=Kind.LOOK_UP).position == 30
    go_on(channel)

    assert row_of(order).state == ErpState.DONE
    assert len(company.invoices("CO-865")) == 1


def test_a_list_that_is_cut_short_by_a_fault_does_not_hide_a_lost_invoice(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    order = sell(colombia, "866")
    alegra.fail("lost", method="POST", path="*/invoices")
    alegra.fail("short", method="GET", path="*/invoices")
    click(order)
    work_off()

    assert row_of(order).state == ErpState.DONE
    assert len(company.invoices("CO-866")) == 1


def test_a_catalogue_that_is_told_empty_by_a_fault_is_not_forgotten(
    channel: Channel, alegra: Emulator
) -> None:
    known = CatalogueItem.objects.filter(channel=channel).count()
    alegra.fail("short", method="GET", path="*/items")
    enqueue("erp.read_catalogue", key=f"channel:{channel.pk}", channel_id=channel.pk)
    work_off()

    assert CatalogueItem.objects.filter(channel=channel).count() == known


def test_a_list_goes_on_where_its_ids_are_now_text_and_now_numbers() -> None:
    assert after([{"id": 5}, {"id": 6}], id_in({"id": "5"})) == [{"id": 6}]
    assert after([{"id": "7"}], id_in({"id": 5})) is None


@pytest.mark.parametrize(("fault", "cause"), [("forbidden", Cause.PLAN), ("bad_request", Cause.BUYER)])
def test_orders_do_not_wait_in_silence_where_contacts_may_not_be_read(
    fault: str, cause: Cause, colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    order = sell(colombia, "869")
    alegra.fail(fault, method="GET", path="*/contacts", times=None)
    click(order)
    work_off()

    assert (row_of(order).state, row_of(order).cause) == (ErpState.FAILED, cause)
    assert row_of(order).about
    alegra.ask("DELETE", "/faults")
    click(order)
    work_off()
    assert row_of(order).state == ErpState.DONE


def test_a_total_that_is_not_told_is_none() -> None:
    assert [made_of({"id": "1", "total": told}).total for told in (None, "", 0, "0")] == [None, None, 0, 0]
    assert made_of({"id": "1"}).total is None


def test_a_draft_without_a_number_has_no_number() -> None:
    blank = {"id": "1", "status": "draft", "numberTemplate": {"prefix": "FE", "number": None}}
    assert made_of(blank).number == ""
    assert made_of(blank | {"numberTemplate": [{"prefix": "FE", "number": 7}]}).number == "FE7"
