"""The emulator keeps Alegra's contract: credentials, plans, rate limit, lists, items, companies to order."""

import json
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.erp.emulator import Company, Emulator, Json, body_of, post, run_emulator


def test_whoever_has_no_token_hears_unauthorized_at_any_address(alegra: Emulator, andina: Company) -> None:
    stranger = alegra.client(andina.email, "guessed")

    for path in ("/company", "/no/such/address"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert httpx.get(f"{alegra.url}/company").status_code == 401
    assert andina.client.get("/no/such/address").status_code == 404


def test_a_changed_token_shuts_the_old_one_out(andina: Company) -> None:
    old = andina.client
    andina.change_token("another")

    assert old.get("/company").status_code == 401
    assert andina.client.get("/company").json()["applicationVersion"] == "colombia"


def test_a_list_is_bare_thirty_at_a_time_and_told_with_its_total_when_asked(alegra: Emulator) -> None:
    client = alegra.company(items=30, contacts=0).client

    first, second = client.get("/items").json(), client.get("/items", params={"start": 30}).json()
    told = client.get("/items", params={"metadata": "true", "limit": 2}).json()

    assert len(first) == 30
    assert told["metadata"]["total"] == len({row["id"] for row in first + second})
    assert [row["id"] for row in told["data"]] == [row["id"] for row in first[:2]]
    assert client.get("/contacts").json() == []


@pytest.mark.parametrize("wrong", [{"limit": 31}, {"limit": 0}, {"start": -1}, {"limit": "all"}])
def test_more_than_thirty_and_other_nonsense_is_an_error(andina: Company, wrong: Json) -> None:
    answer = andina.client.get("/items", params=wrong)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_lists_are_ordered_by_the_field_and_direction_asked_for(andina: Company) -> None:
    asked = {"order_field": "name", "order_direction": "DESC"}

    names = [row["name"] for row in andina.client.get("/items", params=asked).json()]

    assert names == sorted(names, reverse=True)
    assert andina.client.get("/items", params={"order_field": "colour"}).status_code == 400


def test_a_plan_without_price_lists_or_warehouses_says_so(alegra: Emulator) -> None:
    client = alegra.company(price_lists=False, warehouses=False).client

    lists, warehouses = client.get("/price-lists"), client.get("/warehouses")

    assert (lists.status_code, sorted(lists.json())) == (402, ["code", "message"])
    assert (warehouses.status_code, sorted(warehouses.json())) == (403, ["code", "error"])
    assert client.get("/taxes").status_code == 200


def test_the_rate_limit_is_told_in_headers_and_kept(alegra: Emulator, andina: Company) -> None:
    alegra.limit(3)

    answers = [andina.client.get("/company") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-Rate-Limit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert 1 <= int(answers[3].headers["X-Rate-Limit-Reset"]) <= 60
    alegra.limit(3, window=0.01)
    assert andina.client.get("/company").status_code == 200


def test_items_show_barcodes_stock_by_warehouse_and_net_prices_by_list(andina: Company) -> None:
    rows = andina.client.get("/items").json()
    item = next(row for row in rows if row["reference"] == "REF-0001")

    assert [row["key"] for row in item["customFields"]] == ["barcode"]
    assert len(item["customFields"][0]["value"]) == 13
    assert [row["name"] for row in item["inventory"]["warehouses"]] == ["Principal", "Bodega norte"]
    assert [row["type"] for row in item["price"]] == ["amount", "percentage", "amount"]
    assert any(-int(Decimal(str(row["price"][0]["price"])).as_tuple().exponent) >= 3 for row in rows)
    assert andina.client.get("/items", params={"query": item["customFields"][0]["value"]}).json() == []


def test_variants_share_their_reference_and_only_they_can_be_sold(andina: Company) -> None:
    family = andina.client.get("/items", params={"reference": "VAR-0008"}).json()
    parent, variants = family[0], family[1:]

    assert [row["type"] for row in family] == ["variantParent", "variant", "variant", "variant"]
    assert [row["id"] for row in parent["itemVariants"]] == [row["id"] for row in variants]
    line = {"id": parent["id"], "price": 1, "quantity": 1}
    answer = andina.client.post("/invoices", json=body_of(andina, items=[line]))
    assert (answer.status_code, sorted(answer.json())) == (400, ["code", "error"])
    assert post(andina, "/invoices", body_of(andina, items=[{**line, "id": variants[0]["id"]}]))


def test_an_item_is_added_changed_and_deleted_with_a_200_that_says_error(andina: Company) -> None:
    field = {"key": "barcode", "value": "4006381333931"}
    item = post(andina, "/items", {"name": "Taza", "price": 12.5, "tax": 1, "customFields": [field]})

    changed = andina.client.put(f"/items/{item['id']}", json={"name": "Taza grande"}).json()
    deleted = andina.client.delete(f"/items/{item['id']}")

    assert (changed["name"], changed["customFields"][0]["value"]) == ("Taza grande", "4006381333931")
    assert (deleted.status_code, sorted(deleted.json())) == (200, ["code", "error"])
    assert andina.client.get(f"/items/{item['id']}").status_code == 404


def test_the_same_seed_makes_the_same_company(alegra: Emulator) -> None:
    first = alegra.company(email="a@example.com", seed=7).facts
    second = alegra.company(email="b@example.com", seed=7).facts

    assert {**first, "account": ""} == {**second, "account": ""}
    assert alegra.company(email="c@example.com", seed=8).facts["items"] != first["items"]


def test_a_seed_may_bring_its_own_items(alegra: Emulator) -> None:
    sku = {"reference": "TV-55", "barcode": "4006381333931", "price": "1680672.268908", "tax": 19, "stock": 4}
    company = alegra.company(items=0, skus=[sku])

    item = company.client.get("/items", params={"reference": "TV-55"}).json()[0]

    assert (item["tax"][0]["percentage"], item["inventory"]["availableQuantity"]) == ("19.00", 4)
    assert Decimal(str(item["price"][0]["price"])) == Decimal("1680672.268908")


def test_what_is_kept_in_a_file_outlives_the_process_and_a_seed_is_sown_once(tmp_path: Path) -> None:
    seed, kept = tmp_path / "seed.json", ("--store", str(tmp_path / "store.sqlite3"))
    seed.write_text(json.dumps([{"email": "a@example.com", "token": "t", "country": "peru"}]))
    made = {"name": "Ana", "identificationObject": {"type": "DNI", "number": "45678913"}}

    with run_emulator(*kept, "--seed", str(seed)) as first:
        first.client("a@example.com", "t").post("/contacts", json=made)
        first.close_clients()
    with run_emulator(*kept, "--seed", str(seed)) as second:
        rows = second.client("a@example.com", "t").get("/contacts").json()
        second.close_clients()

    assert [row["identification"] for row in rows].count("45678913") == 1
    assert len(rows) == 4
