"""The emulator fails on demand, in the ways a service on the other side of the internet fails."""

import time

import httpx
import pytest

from tests.erp.emulator import Company, Emulator, body_of


def try_to_invoice(company: Company, *, timeout: float = 5) -> httpx.Response:
    """Post an invoice."""
    return company.client.post("/invoices", json=body_of(company, anotation="Pedido 77"), timeout=timeout)


@pytest.mark.parametrize(("kind", "made"), [("lost", 1), ("refused", 0)])
def test_a_connection_that_closes_without_an_answer_tells_nothing(
    alegra: Emulator, andina: Company, kind: str, made: int
) -> None:
    alegra.fail(kind, method="POST", path="/invoices")

    with pytest.raises(httpx.RemoteProtocolError):
        try_to_invoice(andina)

    assert len(andina.invoices("77")) == made
    assert try_to_invoice(andina).status_code == 201


@pytest.mark.parametrize(
    ("kind", "status", "made"),
    [("error_after", 500, 1), ("error_before", 500, 0), ("unavailable", 503, 0), ("too_many", 429, 0)],
)
def test_an_error_may_come_before_or_after_the_invoice_was_made(
    alegra: Emulator, andina: Company, kind: str, status: int, made: int
) -> None:
    alegra.fail(kind, path="/invoices", seconds=9)

    answer = try_to_invoice(andina)

    assert answer.status_code == status
    assert answer.json()["code"] == status
    assert len(andina.invoices()) == made
    assert kind != "too_many" or answer.headers["X-Rate-Limit-Reset"] == "9"


@pytest.mark.parametrize(("kind", "made"), [("html", 0), ("html_after", 1)])
def test_a_page_for_people_comes_in_the_place_of_json(
    alegra: Emulator, andina: Company, kind: str, made: int
) -> None:
    alegra.fail(kind)

    answer = try_to_invoice(andina)

    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (502, "text/html")
    assert len(andina.invoices()) == made


def test_json_may_be_broken_under_a_good_status(alegra: Emulator, andina: Company) -> None:
    alegra.fail("wrong_json")

    answer = try_to_invoice(andina)

    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"Expecting|delimiter|Unterminated"):
        answer.json()
    assert len(andina.invoices()) == 1


def test_a_body_may_end_half_way(alegra: Emulator, andina: Company) -> None:
    alegra.fail("truncated")

    with pytest.raises(httpx.RemoteProtocolError):
        try_to_invoice(andina)

    assert len(andina.invoices()) == 1


def test_an_answer_may_drip(alegra: Emulator, andina: Company) -> None:
    alegra.fail("drip", seconds=0.4)
    since = time.monotonic()

    assert try_to_invoice(andina, timeout=0.2).status_code == 201

    assert time.monotonic() - since > 0.3


def test_a_request_that_hung_is_carried_out_after_its_client_gave_up(
    alegra: Emulator, andina: Company
) -> None:
    alegra.fail("hang_before", seconds=0.4)

    with pytest.raises(httpx.ReadTimeout):
        try_to_invoice(andina, timeout=0.1)

    assert andina.invoices() == []
    deadline = time.monotonic() + 5
    while not andina.invoices() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(andina.invoices()) == 1


def test_an_answer_may_hang_after_the_invoice_was_made(alegra: Emulator, andina: Company) -> None:
    alegra.fail("hang_after", seconds=0.5)

    with pytest.raises(httpx.ReadTimeout):
        try_to_invoice(andina, timeout=0.2)

    assert len(andina.invoices()) == 1


def test_faults_strike_the_requests_they_are_meant_for_as_often_as_told(
    alegra: Emulator, andina: Company
) -> None:
    alegra.fail("unavailable", method="GET", path="/items*", skip=1, times=2)

    statuses = [andina.client.get("/items").status_code for _ in range(4)]

    assert statuses == [200, 503, 503, 200]
    assert andina.client.get("/company").status_code == 200
    assert alegra.requests()["fault unavailable"] == 2


def test_chance_falls_the_same_way_for_the_same_seed(alegra: Emulator) -> None:
    def storm() -> list[int]:
        alegra.reset(seed=4)
        client = alegra.company(items=0).client
        alegra.fail("unavailable", probability=0.5, times=None)
        return [client.get("/company").status_code for _ in range(20)]

    first = storm()

    assert {200, 503} == set(first)
    assert storm() == first


def test_requests_are_counted_by_address_and_status(alegra: Emulator, andina: Company) -> None:
    try_to_invoice(andina)
    andina.client.get("/invoices/1")
    andina.client.get("/invoices/99")

    counted = alegra.requests()

    assert (counted["POST /invoices"], counted["GET /invoices/{id}"]) == (1, 2)
    assert (counted["status 200"], counted["status 201"], counted["status 404"]) == (1, 1, 1)


def test_without_its_token_the_control_address_does_not_exist(alegra: Emulator) -> None:
    assert httpx.get(f"{alegra.control}/store").status_code == 404
    assert httpx.delete(f"{alegra.control}/faults", headers={"X-Control-Token": "x"}).status_code == 404


def test_a_fault_nobody_knows_is_refused(alegra: Emulator) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        alegra.fail("boredom")
