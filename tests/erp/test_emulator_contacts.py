"""The emulator keeps Alegra's contract: contacts follow their country's rules."""

import pytest

from tests.erp.emulator import Company, Emulator, Json

PERSON = {"kindOfPerson": "PERSON_ENTITY", "nameObject": {"firstName": "Ana", "lastName": "Ruiz"}}


@pytest.mark.parametrize(
    ("country", "body", "taken"),
    [
        ("colombia", {**PERSON, "identificationObject": {"type": "CC", "number": "1020304"}}, True),
        ("colombia", {"name": "Ana Ruiz", "kindOfPerson": "PERSON_ENTITY"}, False),
        ("colombia", {**PERSON, "regime": "NOT_REPONSIBLE_FOR_CONSUMPTION"}, True),
        ("colombia", {**PERSON, "identificationObject": {"type": "DNI", "number": "45678912"}}, False),
        ("colombia", {**PERSON, "email": "ana@"}, False),
        ("peru", {"name": "Ana", "identificationObject": {"type": "DNI", "number": "45678912"}}, True),
        ("peru", {"name": "Ana", "identificationObject": {"type": "RUC", "number": "123"}}, False),
        ("peru", {"name": "Ana", "regime": "NEW_RUS"}, True),
        ("mexico", {"name": "Ana", "identificationObject": {"type": "RFC", "number": "RUAA900101AB1"}}, True),
        ("mexico", {"name": "Ana", "regime": "COMMON_REGIME"}, False),
        ("mexico", {}, False),
    ],
)
def test_contacts_follow_their_countrys_documents_and_regimes(
    alegra: Emulator, country: str, body: Json, taken: bool
) -> None:
    client = alegra.company(country, contacts=0).client

    answer = client.post("/contacts", json=body)

    assert answer.status_code == (201 if taken else 400), answer.text
    assert len(client.get("/contacts").json()) == taken


def test_a_contact_is_found_by_its_document_and_changed(andina: Company) -> None:
    found = andina.client.get("/contacts", params={"identification": "1020304050"}).json()

    changed = andina.client.put(f"/contacts/{found[0]['id']}", json={"email": "vale@example.com"}).json()

    assert [row["name"] for row in found] == ["Valentina Ríos"]
    assert (changed["email"], changed["identification"]) == ("vale@example.com", "1020304050")


def test_a_company_may_refuse_a_document_it_has_already(alegra: Emulator) -> None:
    strict = alegra.company(unique_identification=True)
    twin = {"name": "Otra", "identificationObject": {"type": "CC", "number": "1020304050"}}

    answer = strict.client.post("/contacts", json=twin)

    assert (answer.status_code, answer.json()["code"]) == (400, 2006)
