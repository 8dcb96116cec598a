"""The errors queue: what failed by cause, with the fix beside it."""

from datetime import timedelta

from django.utils import timezone

from marketplace.parties.models import Market, Seller
from sellers.erp.models import CatalogueItem, Channel, ErpInvoice, ErpState, SkuMap
from sellers.erp.operations.connecting import disconnect_channel
from sellers.erp.rules.causes import Cause
from tests.erp.colombia import click, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator
from tests.orders.telling import tender
from tests.portal.invoicing import UNKNOWN, sell_unknown
from tests.portal.telling import Browser

PARTS = ('aria-labelledby="way-title"', 'id="causes"', 'id="status"')
ERRORS, MATCH, SAVE = "/channels/errors/", "/channels/items/match/", "/channels/items/match/save/"


def item_id(reference: str) -> str:
    return CatalogueItem.objects.get(reference=reference).external_id


def fail_all(market: Market, count: int, sku: str = UNKNOWN, first: int = 701) -> None:
    """Orders of a SKU the catalogue does not have, asked for and failed."""
    click(*(sell_unknown(market, str(first + place), sku) for place in range(count)))
    work_off()


def test_what_failed_is_grouped_by_cause_and_what_it_is_about(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 4)
    fail_all(colombia, 1, "SOFA", first=801)

    page = olga_sees.page(ERRORS)

    assert "Not invoiced in Alegra" in page
    assert "SKU not in the ERP 5" in page
    assert "4 orders: TV-55 Televisor 55 pulgadas 704 , 703 , 702 · all of them" in page
    assert "1 order: SOFA" in page
    assert "Match the SKU with an item here, once for all orders" in page


def test_choosing_the_item_once_sends_all_orders_of_the_sku_again(
    olga_sees: Browser, colombia: Market, channel: Channel, company: Company
) -> None:
    fail_all(colombia, 3)

    told = {"sku": UNKNOWN, "item": item_id("CAP"), "back": "errors"}
    page = olga_sees.post(SAVE, told)
    work_off()

    assert "The item of TV-55 is remembered, for all orders to come." in page
    assert "3 orders are on their way to Alegra again." in page
    assert list(ErpInvoice.objects.values_list("state", "cause", "about")) == [(ErpState.DONE, "", "")] * 3
    assert len(company.invoices()) == 3
    assert "Nothing to fix" in olga_sees.page(ERRORS)


def test_items_are_searched_by_name_reference_and_barcode_and_guessed_before_anything_is_typed(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 1)

    guessed = olga_sees.page(f"{MATCH}?sku=TV-55")
    sofa = olga_sees.page(f"{MATCH}?sku=SOFA&q=gorr")
    by_barcode = olga_sees.page(f"{MATCH}?sku=SOFA&q=770000000011")
    nothing = olga_sees.page(f"{MATCH}?sku=SOFA&q=zzz")

    assert "These look alike" in guessed
    assert "Televisor 55 reference TV-55 · barcode 770000000055" in guessed
    assert "Your orders call it “Televisor 55 pulgadas”." in guessed
    assert "Gorra reference CAP" in sofa
    assert "Televisor" not in sofa
    assert "Gorra" in by_barcode
    assert "No active item of the ERP has “zzz”" in nothing


def test_with_scripts_the_search_answers_with_the_items_alone(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    answer = olga_sees.client.get(MATCH, {"sku": "SOFA", "q": "gorra"}, headers={"HX-Request": "true"})

    assert "Gorra" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_chosen_item_that_is_gone_is_refused_and_nothing_is_remembered(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 1)

    gone = olga_sees.post(SAVE, {"sku": UNKNOWN, "item": "999", "back": "errors"})
    none = olga_sees.post(SAVE, {"sku": UNKNOWN, "back": "errors"})

    assert "The ERP has no such item any more" in gone
    assert "Choose an item first." in none
    assert not SkuMap.objects.exists()
    assert ErpInvoice.objects.get().state == ErpState.FAILED


def test_all_of_a_cause_one_thing_of_it_or_everything_is_tried_again(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 2)
    fail_all(colombia, 1, "SOFA", first=801)
    again = f"{ERRORS}try-again/"

    one = olga_sees.post(again, {"cause": "sku_missing", "about": "SOFA"})
    cause = olga_sees.post(again, {"cause": "sku_missing"})
    nothing = olga_sees.post(again)
    work_off()
    all_of_it = olga_sees.post(again)

    assert "1 order is on its way to Alegra again." in one
    assert "2 orders are on their way to Alegra again." in cause
    assert "Nothing was left to try again." in nothing
    assert "3 orders are on their way to Alegra again." in all_of_it
    assert olga_sees.client.post(again, {"cause": "weather"}).status_code == 404


def test_a_cause_that_a_setting_puts_right_leads_there(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    Channel.objects.update(shipping_item="")
    parcel = {"kind": "shipping", "name": "Envío", "quantity": 1, "unit_price": "12.10", "vat": "19"}
    order = sell(colombia, "S1", lines=[parcel], tenders=[tender("card", "12.10")])
    click(order)
    work_off()

    page = olga_sees.page(ERRORS)

    assert row_of(order).cause == Cause.SHIPPING_ITEM
    assert "Choose the item for delivery in the channel's settings. 1 order S1" in page
    assert "/channels/settings/" in olga_sees.links(ERRORS)


def test_what_is_on_its_way_is_told_with_what_a_lost_answer_means(
    olga_sees: Browser, colombia: Market, channel: Channel, alegra: Emulator
) -> None:
    click(sell(colombia, "W1"), sell(colombia, "W2"))
    ErpInvoice.objects.filter(order__number="W1").update(state=ErpState.UNKNOWN)
    until = timezone.now() + timedelta(hours=1)
    Channel.objects.update(rests_until=until)

    page = olga_sees.page(ERRORS)

    assert "On their way to Alegra" in page
    assert "Waiting 1 the oldest asked for" in page
    assert "Being looked up 1 the oldest asked for" in page
    assert "so that no order is invoiced twice. You need not do anything." in page
    assert "Alegra wants to be left alone until" in page
    assert "On their way to Alegra" in olga_sees.page(f"{ERRORS}way/")


def test_the_causes_come_along_with_what_is_on_its_way_only_when_they_changed(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 2)
    mark = olga_sees.client.get(ERRORS).context["mark"]
    olga_sees.post(f"{ERRORS}try-again/", {"cause": "sku_missing"})
    tried = olga_sees.client.get(f"{ERRORS}way/", {"seen": mark, "moving": "1"})
    again = olga_sees.client.get(f"{ERRORS}way/", {"seen": tried.context["mark"], "moving": "1"})
    work_off()
    ended = olga_sees.client.get(f"{ERRORS}way/", {"seen": tried.context["mark"], "moving": "1"})
    after = olga_sees.client.get(f"{ERRORS}way/", {"seen": ended.context["mark"]})

    assert [part in tried.content.decode() for part in PARTS] == [True, True, False]
    assert [part in again.content.decode() for part in PARTS] == [True, False, False]
    assert [part in ended.content.decode() for part in PARTS] == [False, True, True]
    assert "Nothing is on its way any more; 2 orders are not invoiced." in ended.content.decode()
    assert "SKU not in the ERP" in ended.content.decode()
    assert after.content.strip() == b""


def test_a_queue_that_could_not_be_shown_anew_is_asked_for_until_it_is(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    stale = olga_sees.client.get(f"{ERRORS}way/", {"seen": "of before"}).content.decode()

    assert 'id="way" hidden hx-get="/channels/errors/way/"' in stale
    assert 'id="causes" data-refreshes hx-swap-oob="true"' in stale


def test_what_nobody_knows_of_books_that_were_disconnected_says_to_connect_them_again(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    click(sell(colombia, "L1"))
    ErpInvoice.objects.update(state=ErpState.UNKNOWN)
    disconnect_channel(channel_id=channel.pk, by=None, at=timezone.now())

    page = olga_sees.page(ERRORS)
    of_order = olga_sees.page("/orders/L1/")

    assert f"1 order may or may not be invoiced in the books of {channel.company}" in page
    assert "No ERP is connected." in page
    assert f"Connect {channel.company} again and Saldo looks there." in of_order


def test_a_long_list_of_one_cause_has_pages(olga_sees: Browser, colombia: Market, channel: Channel) -> None:
    click(*(sell_unknown(colombia, f"X{place}", f"SKU-{place:02}") for place in range(45)))
    work_off()

    first, second = (olga_sees.page(f"{ERRORS}?cause=sku_missing&page={page}") for page in (1, 2))

    assert "40 more" in olga_sees.page(ERRORS)
    assert (first.count("1 order: SKU-"), second.count("1 order: SKU-")) == (40, 5)


def test_who_may_only_look_is_offered_nothing_to_press(
    vera_looks: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 1)

    page = vera_looks.page(ERRORS)

    assert "SKU not in the ERP 1" in page
    assert "Try all again" not in page
    assert "Choose the item" not in page
    for address in (SAVE, f"{ERRORS}try-again/", "/channels/items/match/forget/"):
        assert vera_looks.client.post(address, {"sku": UNKNOWN, "item": item_id("CAP")}).status_code == 403
    assert not SkuMap.objects.exists()


def test_a_seller_whose_goods_the_marketplace_sells_has_no_such_pages(
    ana_sees: Browser, seller: Seller
) -> None:
    for address in (ERRORS, "/channels/invoices/", "/channels/items/", f"{MATCH}?sku=x"):
        ana_sees.page(address, status=404)


def test_the_queue_takes_as_many_queries_for_many_errors_as_for_few(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 1)
    few = olga_sees.queries(ERRORS)
    fail_all(colombia, 3, "SOFA", first=801)

    assert olga_sees.queries(ERRORS) == few


def test_the_start_page_names_the_orders_that_failed_and_a_token_that_is_refused(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    fail_all(colombia, 2)
    assert "2 orders could not be invoiced in Alegra" in olga_sees.page("/")

    Channel.objects.update(state="refused")

    assert "Alegra refuses the token: enter a new one" in olga_sees.page("/")
