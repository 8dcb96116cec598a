"""The ERP's items with their stock, and the SKUs that are none of them."""

from django.utils import timezone

from marketplace.parties.models import Market
from sellers.erp.models import CatalogueItem, Channel, SkuMap
from sellers.erp.operations.trying_again import match_sku
from tests.erp.colombia import click, row_of, sell, work_off
from tests.portal.invoicing import UNKNOWN, sell_unknown
from tests.portal.telling import Browser

ITEMS, SKUS = "/channels/items/", "/channels/items/skus/"


def match(channel: Channel, sku: str, reference: str) -> None:
    item = CatalogueItem.objects.get(channel=channel, reference=reference)
    match_sku(channel_id=channel.pk, sku=sku, external_id=item.external_id, by=None, at=timezone.now())


def test_items_show_their_stock_and_which_sku_they_are(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    sell_unknown(colombia, "701", "770000000055")
    match(channel, "GORRA-ROJA", "CAP")
    warehouse = channel.offer["warehouses"][0]
    Channel.objects.update(warehouse=warehouse["id"])
    CatalogueItem.objects.filter(reference="CAP").update(stock={warehouse["id"]: "7.000", "99": "5"})

    page = olga_sees.page(ITEMS)

    assert f"Stock, {warehouse['name']}" in page
    assert "Gorra CAP 770000000011 Matched 7 GORRA-ROJA matched by hand Change GORRA-ROJA" in page
    television = olga_sees.page(f"{ITEMS}?q=TV-55")
    assert "Televisor 55 TV-55 770000000055 Matched" in television
    assert "770000000055 by its barcode" in television


def test_items_are_narrowed_searched_and_leave_as_a_workbook(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    match(channel, "GORRA-ROJA", "CAP")
    CatalogueItem.objects.filter(reference="TV-55").update(active=False)

    found = {
        query: {
            name for name in ("Gorra", "Televisor 55") if f" {name} " in olga_sees.page(f"{ITEMS}?{query}")
        }
        for query in (
            "tab=matched",
            "tab=unmatched",
            "tab=inactive",
            "state=hand",
            "q=roja",
            "q=770000000055",
        )
    }

    assert found == {
        "tab=matched": {"Gorra"},
        "tab=unmatched": set(),
        "tab=inactive": {"Televisor 55"},
        "state=hand": {"Gorra"},
        "q=roja": {"Gorra"},
        "q=770000000055": {"Televisor 55"},
    }
    head, *rows = olga_sees.sheet(f"{ITEMS}export/?tab=matched")
    assert head[:3] == ["Item", "Reference", "Barcode"]
    assert ["Gorra", "CAP", "770000000011"] in [row[:3] for row in rows]


def test_a_barcode_that_several_items_have_says_to_choose(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    sell_unknown(colombia, "701", "770000000011")
    CatalogueItem.objects.filter(reference="TV-55").update(barcode="770000000011")

    assert "several items have 770000000011: choose one for it" in olga_sees.page(ITEMS)
    assert "770000000011 Televisor 55 pulgadas · 1 order" in olga_sees.page(SKUS)


def test_a_match_is_changed_and_forgotten(olga_sees: Browser, colombia: Market, channel: Channel) -> None:
    match(channel, UNKNOWN, "CAP")
    page = olga_sees.page(f"{ITEMS}match/?sku={UNKNOWN}&back=items")

    forgotten = olga_sees.post(f"{ITEMS}match/forget/", {"sku": UNKNOWN, "back": "items"})

    assert "Matched by hand" in page
    assert "Gorra" in page
    assert "The match of TV-55 is forgotten" in forgotten
    assert not SkuMap.objects.exists()
    order = sell_unknown(colombia, "702")
    click(order)
    work_off()
    assert row_of(order).about == UNKNOWN


def test_skus_sold_lately_without_an_item_are_listed_the_most_sold_first(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    sell(colombia, "700")
    for number, sku in (("701", "SOFA"), ("702", "MESA"), ("703", "MESA"), ("704", "770000000055")):
        sell_unknown(colombia, number, sku)
    sell_unknown(colombia, "705", "PRUEBA", test=True)

    page = olga_sees.page(SKUS)

    assert page.index("MESA Televisor 55 pulgadas · 2 orders") < page.index("SOFA")
    assert "770000000055" not in page
    assert "PRUEBA" not in page
    assert "2 SKUs that you sold in the last 90 days are no items of the ERP" in olga_sees.page(ITEMS)

    match(channel, "MESA", "CAP")
    match(channel, "SOFA", "CAP")

    assert "Every SKU has its item" in olga_sees.page(SKUS)


def test_without_a_channel_one_is_led_to_where_one_is_connected(olga_sees: Browser) -> None:
    for address in (ITEMS, SKUS, f"{ITEMS}match/?sku=x"):
        answer = olga_sees.client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/channels/")


def test_the_list_takes_as_many_queries_for_many_items_as_for_few(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    match(channel, "A", "CAP")
    few = olga_sees.queries(ITEMS)
    now = timezone.now()
    for place in range(20):
        told = {"name": f"Item {place}", "barcode": f"B{place}", "seen_at": now}
        CatalogueItem.objects.create(channel=channel, external_id=f"x{place}", **told)
        SkuMap.objects.create(channel=channel, sku=f"S{place}", external_id=f"x{place}", said_at=now)

    assert olga_sees.queries(ITEMS) == few


def test_a_way_back_that_leads_nowhere_leads_to_the_errors(olga_sees: Browser, channel: Channel) -> None:
    for back in ("order:../../x", "order:a/b", "order:", "nowhere"):
        assert "/channels/errors/" in olga_sees.links(f"{ITEMS}match/?sku={UNKNOWN}&back={back}")
