"""The emulator keeps Alegra's contract: invoices, their numbers, sums, stamps, payments and many shapes."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import httpx
import pytest

from tests.erp.emulator import Company, Emulator, Json, body_of, post, stamped


def test_a_line_stays_unrounded_and_the_header_is_rounded_once(alegra: Emulator) -> None:
    caribe = alegra.company("peru")
    service = caribe.id_of("items", reference="ENVIO")
    lines = [{"id": service, "price": net, "quantity": 1, "tax": [{"id": 1}]} for net in (2911.02, 1322.03)]

    invoice = post(caribe, "/invoices", body_of(caribe, items=lines))

    assert [line["total"] for line in invoice["items"]] == [3435.0036, 1559.9954]
    assert [line["tax"][0]["amount"] for line in invoice["items"]] == [523.9836, 237.9654]
    assert (invoice["subtotal"], invoice["tax"], invoice["total"]) == (4233.05, 761.95, 4995)


def test_a_discount_in_percent_comes_off_before_tax(andina: Company) -> None:
    line = body_of(andina)["items"][0]

    invoice = post(andina, "/invoices", body_of(andina, items=[{**line, "discount": 10, "quantity": "2"}]))

    assert (invoice["subtotal"], invoice["discount"], invoice["tax"], invoice["total"]) == (
        200,
        20,
        34.2,
        214.2,
    )


@pytest.mark.parametrize(
    ("change", "status", "envelope"),
    [
        ({"date": None}, 400, ["code", "details", "message"]),
        ({"dueDate": "05/10/2026"}, 400, ["code", "details", "message"]),
        ({"dueDate": "2026-10-04"}, 400, ["code", "details", "message"]),
        ({"items": []}, 400, ["code", "details", "message"]),
        ({"items": [{"id": 1, "quantity": 1}]}, 400, ["code", "details", "message"]),
        ({"observations": "x" * 501}, 400, ["code", "details", "message"]),
        ({"anotation": "x" * 501}, 400, ["code", "details", "message"]),
        ({"paymentForm": "BARTER"}, 400, ["code", "details", "message"]),
        ({"client": 998}, 400, ["code", "message"]),
        ({"client": 999}, 404, ["code", "message"]),
        ({"warehouse": {"id": 99}}, 404, ["code", "message"]),
        ({"numberTemplate": {"id": 3}}, 400, ["code", "message"]),
        ({"items": [{"id": 999, "price": 1, "quantity": 1}]}, 404, ["code", "error"]),
        ({"priceList": {"id": "9"}}, 400, ["code", "error"]),
        ({"items": [{"id": 1, "price": 1, "quantity": 1, "tax": [{"id": 9}]}]}, 400, ["error"]),
        ({"currency": {"code": "EUR"}}, 400, ["error"]),
    ],
)
def test_what_is_wrong_is_refused_in_one_of_four_envelopes_and_leaves_no_invoice(
    andina: Company, change: Json, status: int, envelope: list[str]
) -> None:
    answer = andina.client.post("/invoices", json=body_of(andina, **change))

    assert (answer.status_code, sorted(answer.json())) == (status, envelope)
    assert andina.invoices() == []


def test_the_same_body_twice_makes_two_invoices_findable_only_by_walking_the_list(andina: Company) -> None:
    body = body_of(andina, anotation="Pedido 10085339302")
    post(andina, "/invoices", body), post(andina, "/invoices", body)
    post(andina, "/invoices", body_of(andina, observations="Pedido 100853393021"))

    assert len(andina.invoices("10085339302")) == 2
    day = {"date_afterOrNow": "2026-10-05", "date_beforeOrNow": "2026-10-05", "query": "10085339302"}
    rows = andina.client.get("/invoices", params=day).json()
    assert [row["anotation"] for row in rows] == ["Pedido 10085339302"] * 2 + [""]
    assert andina.client.get("/invoices", params={"date_after": "2026-10-05"}).json() == []


def test_a_draft_has_no_number_and_numbers_have_no_gaps(andina: Company) -> None:
    draft = post(andina, "/invoices", body_of(andina))
    numbers = [post(andina, "/invoices", body_of(andina, status="open")) for _ in range(3)]
    opened = andina.client.put(f"/invoices/{draft['id']}", json={"status": "open", "anotation": "n"}).json()

    assert draft["status"] == "draft"
    assert [shown_number(row) for row in (draft, *numbers, opened)] == [None, "1", "2", "3", "4"]


def test_many_at_once_still_get_numbers_without_gaps(andina: Company) -> None:
    client, body = andina.client, body_of(andina, status="open")

    with ThreadPoolExecutor(8) as pool:
        rows = [
            answer.json() for answer in pool.map(lambda _: client.post("/invoices", json=body), range(24))
        ]

    assert sorted(int(shown_number(row) or 0) for row in rows) == list(range(1, 25))


def shown_number(invoice: Json) -> str | None:
    template = invoice["numberTemplate"]
    shown = template[0] if isinstance(template, list) else template
    number: str | None = shown["number"]
    return number


def test_opening_takes_goods_from_the_warehouse_and_voiding_puts_them_back(andina: Company) -> None:
    item = andina.id_of("items", reference="REF-0001")
    line = {"id": item, "price": 10, "quantity": 3}
    before = stock_of(andina, item)

    invoice = post(andina, "/invoices", body_of(andina, items=[line], warehouse={"id": "1"}, status="open"))
    assert stock_of(andina, item) == before - 3

    assert andina.client.post(f"/invoices/{invoice['id']}/void").json()["status"] == "void"
    assert stock_of(andina, item) == before


def stock_of(company: Company, item: str) -> Decimal:
    places = company.client.get(f"/items/{item}").json()["inventory"]["warehouses"]
    return Decimal(str(next(row["availableQuantity"] for row in places if row["id"] == "1")))


def test_the_documented_body_of_a_stamped_colombian_invoice_is_taken(andina: Company) -> None:
    invoice = post(andina, "/invoices", stamped(andina))

    assert invoice["status"] == "open"
    assert invoice["stamp"]["legalStatus"] == "STAMPED_AND_ACCEPTED"
    assert invoice["stamp"]["cufe"]
    assert invoice["numberTemplate"]["fullNumber"] == "FE340"


@pytest.mark.parametrize("lacking", ["numberTemplate", "paymentForm"])
def test_without_what_a_stamp_needs_there_is_no_invoice(andina: Company, lacking: str) -> None:
    answer = andina.client.post("/invoices", json=stamped(andina, **{lacking: None}))

    assert answer.status_code == 400
    assert andina.invoices() == []


def test_a_stamped_invoice_stands_fast(andina: Company) -> None:
    path = f"/invoices/{post(andina, '/invoices', stamped(andina))['id']}"

    answers = [andina.client.put(path, json={"anotation": "x"}), andina.client.post(f"{path}/void")]
    answers.append(andina.client.delete(path))

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert andina.client.get(path).json()["anotation"] == ""


def test_up_to_ten_are_stamped_at_once_each_for_itself(andina: Company) -> None:
    ready = stamped(andina, stamp=None)
    keys = [post(andina, "/invoices", ready)["id"], post(andina, "/invoices", body_of(andina))["id"]]

    rows = andina.client.post("/invoices/stamp", json={"ids": keys}).json()["data"]
    again = andina.client.post("/invoices/stamp", json={"ids": keys[:1]}).json()["data"]

    assert [row["success"] for row in rows + again] == [True, False, False]
    assert andina.client.post("/invoices/stamp", json={"ids": list(range(11))}).status_code == 400


def test_what_the_authority_rejects_is_open_but_not_stamped_and_may_be_stamped_later(
    alegra: Emulator, andina: Company
) -> None:
    alegra.fail("rejected", method="POST", path="/invoices")
    invoice = post(andina, "/invoices", stamped(andina))

    assert (invoice["status"], invoice["stamp"]["legalStatus"]) == ("open", "STAMPED_AND_REJECTED")
    rows = andina.client.post("/invoices/stamp", json={"ids": [invoice["id"]]}).json()["data"]
    assert rows[0]["success"] is True


def test_a_full_payment_closes_an_invoice(andina: Company) -> None:
    invoice = post(andina, "/invoices", body_of(andina, status="open"))
    paid = {"date": "2026-10-06", "bankAccount": {"id": 1}, "paymentMethod": "transfer"}

    for amount in (100, 19):
        post(andina, "/payments", {**paid, "invoices": [{"id": invoice["id"], "amount": amount}]})

    closed = andina.client.get(f"/invoices/{invoice['id']}").json()
    assert (closed["status"], closed["totalPaid"], closed["balance"]) == ("closed", 119, 0)
    more = {**paid, "invoices": [{"id": invoice["id"], "amount": 1}]}
    assert andina.client.post("/payments", json=more).status_code == 400


def test_the_pdfs_address_is_told_only_when_asked_and_leads_to_a_pdf(andina: Company) -> None:
    path = f"/invoices/{post(andina, '/invoices', body_of(andina, status='open'))['id']}"

    assert "pdf" not in andina.client.get(path).json()
    address = andina.client.get(path, params={"fields": "pdf"}).json()["pdf"]
    assert httpx.get(address).content.startswith(b"%PDF-")


def test_the_same_field_comes_in_more_than_one_shape(andina: Company) -> None:
    for _ in range(5):
        post(andina, "/invoices", body_of(andina, status="open"))
        post(
            andina, "/contacts", {"name": "Ana", "identificationObject": {"type": "CC", "number": "1020304"}}
        )
    invoices, contacts = andina.client.get("/invoices").json(), andina.client.get("/contacts").json()

    assert {type(row["total"]) for row in invoices} == {int, str}
    assert {type(row["numberTemplate"]) for row in invoices} == {dict, list}
    assert {type(row["costCenter"]) for row in invoices} == {dict, list, type(None)}
    assert {type(row["items"][0]["id"]) for row in invoices} == {int, str}
    assert {type(row["type"]) for row in contacts} == {str, list}
    assert {} in [row["identificationObject"] for row in contacts if row["identification"]]
    assert {type(row["id"]) for row in andina.client.get("/taxes").json()} == {int}
    assert all(row["percentage"] in ("19.00", "5.00", "0.00") for row in andina.client.get("/taxes").json())


@pytest.mark.parametrize(
    ("missing", "status"), [({}, 201), ({"cfdiUse": None}, 400), ({"paymentMethod": None}, 400)]
)
def test_a_mexican_stamp_needs_the_payment_method_and_the_use(
    alegra: Emulator, missing: Json, status: int
) -> None:
    valle = alegra.company("mexico")
    asked = {"paymentForm": None, "paymentMethod": "PUE", "cfdiUse": "G03"}

    answer = valle.client.post("/invoices", json=stamped(valle, **asked | missing))

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff", b'{"date": "2026-10-05", "currency": 7}']
)
def test_nonsense_is_a_bad_request_never_a_broken_service(andina: Company, raw: bytes) -> None:
    assert andina.client.post("/invoices", content=raw).status_code == 400
