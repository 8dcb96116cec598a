"""Reports in the back office: how old what is open is, and who holds cash without having invoiced."""

from io import BytesIO
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from marketplace.kernel.desk_parts import moment
from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market
from settlement.documents.models import Document
from settlement.netting.models import (
    SetOff,
)
from tests.cast import make_seller, work_off_but_rendering
from tests.desk import make_looker, seen
from tests.netting.conftest import AGEING, CASH, column_now, documented
from tests.netting.telling import hand_in
from tests.stories.test_resale import COD


def test_the_ageing_adds_up_to_what_is_open_and_leads_to_it(set_off: SetOff, carla_client: Client) -> None:
    answer = carla_client.get(AGEING, {"market": "CZ"})

    text = seen(answer)
    assert "3003 Horizont s.r.o. Owed to the seller CZK 3,878.05" in text
    assert "3003 Horizont s.r.o. Owed by the seller CZK 2,577.30" in text
    assert "Total Owed by the seller CZK 2,577.30" in text
    assert text.count("CZK 2,577.30") == 4
    leads_to = f"?seller={set_off.seller_id}&amp;side__exact=receivable&amp;due={column_now()}"
    assert leads_to in answer.content.decode()


def test_the_ageings_workbook_holds_numbers_and_no_formulas(
    market: Market, carla: Any, carla_client: Client
) -> None:
    make_seller(market, "3003", '=HYPERLINK("http://evil.example")')
    documented(market, COD)
    work_off_but_rendering()

    answer = carla_client.get(reverse("admin:netting_item_ageing_file"), {"market": "CZ"})

    assert answer["Content-Disposition"].startswith('attachment; filename="ageing-CZ-')
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    head, row = sheet.iter_rows()
    assert [cell.value for cell in head][:4] == ["Partner number", "Seller", "Side", "Open"]
    assert [cell.value for cell in row][:4] == [
        "3003",
        '\'=HYPERLINK("http://evil.example")',
        "Owed by the seller",
        2577.3,
    ]
    assert {cell.data_type for cell in row} == {"s", "n"}
    assert row[-1].value == "CZK"
    assert AuditRecord.objects.get(verb="report.downloaded").by == carla


def test_who_holds_cash_and_has_not_invoiced(document: Document, carla_client: Client) -> None:
    text = seen(carla_client.get(CASH, {"market": "CZ"}))
    assert f"CZ-2026-000001 3003 Horizont s.r.o. {moment(document.issued_on)} 0" in text
    assert "CZK 2,577.30 CZK 3,878.05" in text

    hand_in(document)

    assert "Every seller who holds cash has invoiced it." in seen(carla_client.get(CASH))


def test_reports_are_for_those_who_may_see_the_rows(
    document: Document, carla: Any, carla_client: Client
) -> None:
    assert make_looker().get(AGEING).status_code == 200

    carla.user_permissions.set(Permission.objects.filter(codename="view_seller"))

    for name in ("ageing", "ageing_file", "cash"):
        assert carla_client.get(reverse(f"admin:netting_item_{name}")).status_code == 403
    assert carla_client.get(AGEING, {"market": "XX"}).status_code == 403


def test_a_market_that_is_not_there_is_not_found(market: Market, carla_client: Client) -> None:
    assert carla_client.get(AGEING, {"market": "XX"}).status_code == 404
