"""The list of invoices in the ERP, and the PDF that the ERP keeps."""

from django.urls import reverse
from django.utils import timezone

from marketplace.parties.models import Market
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.operations.connecting import disconnect_channel, refuse_channel
from sellers.erp.operations.papers import is_safe
from tests.erp.colombia import click, sell, work_off
from tests.erp.emulator import Company, Emulator
from tests.portal.invoicing import sell_unknown
from tests.portal.telling import Browser

LIST = "/channels/invoices/"
TOLD = (
    "State",
    "Why",
    "Number in the ERP",
    "Id in the ERP",
    "Status in the ERP",
    "Total",
    "Order's total",
    "Differs",
    "What differs",
    "How",
    "Company in the ERP",
    "Currency",
)


def invoice_all(market: Market, *numbers: str) -> None:
    click(*(sell(market, number) for number in numbers))
    work_off()


def shown(page: str, *numbers: str) -> set[str]:
    return {number for number in numbers if f" {number} " in page}


def test_the_list_says_what_the_erp_has_of_each_order(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    invoice_all(colombia, "501")
    click(sell_unknown(colombia, "502"))
    work_off()
    made = row_of_number("501")

    page = olga_sees.page(LIST)

    assert f"501 Eva Ruiz 501 Invoiced {made.number or made.external_id}" in page
    assert "Draft 1,190" in page
    assert "502 Eva Ruiz 502 Error SKU not in the ERP: TV-55" in page


def row_of_number(number: str) -> ErpInvoice:
    return ErpInvoice.objects.get(order__number=number)


def test_the_list_is_narrowed_searched_and_leaves_as_a_workbook(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    invoice_all(colombia, "501", "503")
    click(sell_unknown(colombia, "502"))
    work_off()
    ErpInvoice.objects.filter(order__number="503").update(differs="The ERP says 1, the order 2.")

    narrowed = {
        query: shown(olga_sees.page(f"{LIST}?{query}"), "501", "502", "503")
        for query in (
            "tab=done",
            "tab=failed",
            "tab=way",
            "state=differs",
            "state=stamped",
            "state=automatic",
            "state=sku_missing",
            "q=502",
            "q=ruiz",
            "q=TV-55",
        )
    }

    assert narrowed == {
        "tab=done": {"501", "503"},
        "tab=failed": {"502"},
        "tab=way": set(),
        "state=differs": {"503"},
        "state=stamped": set(),
        "state=automatic": set(),
        "state=sku_missing": {"502"},
        "q=502": {"502"},
        "q=ruiz": {"501", "502", "503"},
        "q=TV-55": {"502"},
    }
    assert "The ERP says 1, the order 2." in olga_sees.page(LIST)
    head, *rows = olga_sees.sheet(f"{LIST}export/?tab=done")
    assert head[:3] == ["Order", "Customer", "State"]
    assert {row[0] for row in rows} == {"501", "503"}


def test_the_workbook_holds_all_there_is_to_know_of_an_invoice_and_of_an_error(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    invoice_all(colombia, "501")
    ErpInvoice.objects.update(differs="The ERP says 1, the order 2.", total=1_00, stamped=True)
    click(sell_unknown(colombia, "502"))
    work_off()
    made = row_of_number("501")

    head, *rows = olga_sees.sheet(f"{LIST}export/")

    done, failed = (dict(zip(head, row, strict=True)) for row in sorted(rows))
    assert {name: done[name] for name in TOLD} == {
        "State": "Invoiced",
        "Why": "",
        "Number in the ERP": made.number or made.external_id,
        "Id in the ERP": made.external_id,
        "Status in the ERP": "Draft, stamped",
        "Total": 1,
        "Order's total": 1190,
        "Differs": "Differs",
        "What differs": "The ERP says 1, the order 2.",
        "How": "By a click",
        "Company in the ERP": channel.company,
        "Currency": "COP",
    }
    assert done["Invoiced"] is not None
    assert (failed["Why"], failed["Total"], failed["Invoiced"]) == ("SKU not in the ERP: TV-55", None, None)


def test_the_workbook_says_who_asked(olga_sees: Browser, colombia: Market, channel: Channel) -> None:
    order = sell(colombia, "501")
    olga_sees.post(reverse("portal:erp_invoice_order", args=["501"]))

    head, row = olga_sees.sheet(f"{LIST}export/")

    assert dict(zip(head, row, strict=True))["Asked by"] == str(row_of_number(order.number).asked_by)


def test_an_empty_list_says_how_it_begins(olga_sees: Browser, channel: Channel) -> None:
    assert "Tick orders in the list of orders and have them invoiced" in olga_sees.page(LIST)


def test_the_list_takes_as_many_queries_for_many_invoices_as_for_few(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    invoice_all(colombia, "501")
    few = olga_sees.queries(LIST)
    invoice_all(colombia, "502", "503", "504")

    assert olga_sees.queries(LIST) == few


def test_the_pdf_is_the_erps_own_asked_for_when_it_is_wanted(
    olga_sees: Browser, colombia: Market, channel: Channel, alegra: Emulator
) -> None:
    invoice_all(colombia, "501")

    answer = olga_sees.client.get("/channels/orders/501/pdf/")

    assert answer.status_code == 302
    assert answer["Location"].startswith(alegra.url.removesuffix("/api/v1"))
    assert answer["Location"].endswith(".pdf")


def test_an_address_that_is_not_safe_is_not_gone_to() -> None:
    assert is_safe("https://cdn.alegra.example/1.pdf")
    for address in (
        *("http://cdn.alegra.example/1.pdf", "javascript:alert(1)", "https://", "//x/1.pdf", ""),
        *("https://cdn.alegra.example@evil.example/", "https://evil.example\\@cdn.alegra.example/"),
        *(
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://localhost/",
            "https://10.1/",
        ),
        *("https://router.local/", "https://cdn.alegra.example:8443/", "https://cdn.alegra.example/\u202e1"),
    ):
        assert not is_safe(address), address


def test_who_must_enter_a_new_token_first_is_told_so_instead_of_a_pdf(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    invoice_all(colombia, "501")
    refuse_channel(channel_id=channel.pk, at=timezone.now())

    page = olga_sees.client.get("/channels/orders/501/pdf/", follow=True).content.decode()

    assert "The ERP refuses the token of the channel. Enter a new one under Channels." in page


def test_why_there_is_no_pdf_is_said_on_the_orders_page(
    olga_sees: Browser, colombia: Market, channel: Channel, alegra: Emulator
) -> None:
    invoice_all(colombia, "501")
    alegra.fail("unavailable", path="/invoices/*", times=None)

    away = olga_sees.client.get("/channels/orders/501/pdf/", follow=True).content.decode()
    disconnect_channel(channel_id=channel.pk, by=None, at=timezone.now())
    off = olga_sees.client.get("/channels/orders/501/pdf/", follow=True).content.decode()

    assert "The ERP does not answer just now" in away
    assert "is not connected any more; see the invoice in the ERP." in off


def test_only_an_invoice_that_is_there_and_ones_own_has_a_pdf(
    olga_sees: Browser, ana_sees: Browser, colombia: Market, channel: Channel, company: Company
) -> None:
    click(sell_unknown(colombia, "502"))
    work_off()
    assert row_of_number("502").state == ErpState.FAILED

    assert olga_sees.client.get("/channels/orders/502/pdf/").status_code == 404
    assert ana_sees.client.get("/channels/orders/502/pdf/").status_code == 404
