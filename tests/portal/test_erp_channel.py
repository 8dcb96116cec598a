"""Connecting a channel in three steps, as a seller sees it."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.models import Job
from marketplace.parties.models import Market, Role, Seller
from sellers.erp.models import CatalogueItem, Channel, ChannelState
from sellers.erp.operations.connecting import try_credentials
from sellers.erp.refusals import CannotConnect
from tests.cast import client_of, make_member, make_seller
from tests.erp.colombia import connect, sell, work_off
from tests.erp.emulator import Company, Emulator
from tests.portal.channels import (
    AUTOMATE,
    AUTOMATIC,
    CHANNELS,
    CONFIGURE,
    FIRST,
    SAVE,
    SAVE_AUTOMATIC,
    SECOND,
    SETTINGS,
    THIRD,
    TRY,
    automation,
    entered,
)
from tests.portal.telling import Browser


@pytest.fixture
def vera(condor: Seller) -> Browser:
    return Browser(client_of(make_member(condor, "vera@condor.example", Role.FINANCE)))


def test_who_has_no_channel_is_told_what_it_is_and_how_to_begin(vera: Browser) -> None:
    page = vera.page(CHANNELS)

    assert "Have your orders invoiced in your own ERP" in page
    assert "an Alegra plan with price lists and warehouses" in page
    assert FIRST in vera.links(CHANNELS)
    assert CHANNELS in vera.links("/")


def test_sellers_of_resale_have_no_such_pages(colombia: Market) -> None:
    resale = make_seller(colombia, "8002", "Reventa S.A.S.")
    browser = Browser(client_of(make_member(resale, "rosa@reventa.example", Role.OWNER)))

    assert browser.client.get(CHANNELS).status_code == 404
    assert CHANNELS not in browser.links("/")


def test_the_first_step_connects_and_says_whose_books_these_are(
    vera: Browser, company: Company, condor: Seller
) -> None:
    page = vera.post(TRY, entered(company))

    assert "Connected to the books of Comercial Andina S.A.S. (900123456, Colombia)" in page
    assert "Reading the catalogue of Our Alegra" in page
    kept = Channel.objects.get(seller=condor)
    assert (kept.state, kept.name, kept.country) == (ChannelState.ON, "Our Alegra", "CO")
    assert Job.objects.filter(name="erp.read_catalogue").exists()


def test_the_country_is_proposed_where_it_is_known_and_else_asked_for(condor: Seller, vera: Browser) -> None:
    assert vera.client.get(FIRST).context["form"]["country"].value() == "CO"
    condor.country = "HU"
    condor.save()

    form = vera.client.get(FIRST).context["form"]

    assert form["country"].value() == ""
    assert form.fields["country"].choices[0] == ("", "Choose")


def test_a_wrong_token_is_told_at_the_form_and_nothing_is_kept(vera: Browser, company: Company) -> None:
    answer = vera.client.post(TRY, entered(company, token="a-wrong-one"))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "The ERP refuses the e-mail and token." in text
    assert company.email in text
    assert "a-wrong-one" not in text
    assert not Channel.objects.exists()


@pytest.mark.parametrize(("plan", "said"), [("price_lists", "price lists"), ("warehouses", "warehouses")])
def test_a_plan_that_lacks_what_is_needed_is_refused(
    vera: Browser, alegra: Emulator, settings: Settings, plan: str, said: str
) -> None:
    settings.ALEGRA_URL = alegra.url
    small = alegra.company("colombia", **{plan: False})

    page = vera.post(TRY, entered(small), status=422)

    assert f"The ERP's plan has no {said}, which a channel needs." in page
    assert not Channel.objects.exists()


def test_an_erp_that_is_away_is_told_and_nothing_is_kept(
    vera: Browser, company: Company, settings: Settings
) -> None:
    settings.ALEGRA_URL = "http://127.0.0.1:9"

    assert "The ERP does not answer just now" in vera.post(TRY, entered(company), status=422)
    assert not Channel.objects.exists()


def test_an_erp_that_answers_slowly_each_time_is_waited_for_no_longer_than_a_person_would(
    alegra: Emulator, company: Company, settings: Settings
) -> None:
    settings.ALEGRA_URL = alegra.url
    alegra.fail("hang_before", seconds=0.3, times=None)
    login = {"email": company.email, "token": company.token}

    with pytest.raises(CannotConnect, match="does not answer"):
        try_credentials(provider="alegra", clock=timezone.now, patience=0.5, **login)

    asked = alegra.requests()
    assert asked["GET /company"] == 1
    assert "GET /number-templates" not in asked


def test_the_companys_country_counts_and_not_the_one_chosen(
    vera: Browser, company: Company, condor: Seller
) -> None:
    page = vera.post(TRY, entered(company, country="PE"))

    assert "You chose Peru, but the company is of Colombia: its fields are shown." in page
    assert Channel.objects.get(seller=condor).country == "CO"


def test_books_in_another_currency_are_warned_of(
    vera: Browser, alegra: Emulator, settings: Settings, condor: Seller
) -> None:
    settings.ALEGRA_URL = alegra.url
    said = "The company's books are in PEN. Orders in COP cannot be invoiced there."

    assert said in vera.post(TRY, entered(alegra.company("peru")))
    assert said in vera.page(CHANNELS)


def test_the_second_step_offers_what_the_erp_has_and_keeps_what_is_chosen(
    vera: Browser, company: Company, condor: Seller
) -> None:
    vera.post(TRY, entered(company))
    work_off()
    page = vera.page(SECOND)
    for each in (*company.facts["price-lists"], *company.facts["warehouses"]):
        assert each["name"] in page

    warehouse = str(company.facts["warehouses"][-1]["id"])
    shown = vera.post(
        CONFIGURE,
        {
            "sku_is": "reference",
            "use_taxes": "on",
            "warehouse": warehouse,
            "default_id_type": "CC",
            "default_id_number": "222222222222",
            "default_email": "sin@correo.example",
            "shipping_item": "ENVIO",
            "cod_item": "contraentrega",
        },
    )

    assert "The configuration is kept." in shown
    assert "Invoice orders automatically" in shown
    kept = Channel.objects.get(seller=condor)
    assert (kept.sku_is, kept.use_taxes, kept.note_printed) == ("reference", True, False)
    assert (kept.warehouse, kept.price_list) == (warehouse, "")
    assert kept.shipping_item == company.id_of("items", reference="ENVIO")
    assert kept.cod_item == company.id_of("items", reference="CONTRAENTREGA")
    assert "ENVIO" in vera.client.get(SECOND).content.decode()


def test_while_the_catalogue_is_read_an_unknown_item_is_left_for_later(
    vera: Browser, company: Company
) -> None:
    vera.post(TRY, entered(company))

    page = vera.post(CONFIGURE, {"sku_is": "barcode", "shipping_item": "Envío"}, status=422)

    assert "the catalogue is still being read. Leave this empty for now" in page


def test_several_items_that_fit_are_named_and_one_is_to_be_chosen(vera: Browser, channel: Channel) -> None:
    for number in (1, 2):
        CatalogueItem.objects.create(
            channel=channel,
            external_id=f"x{number}",
            name=f"Flete {number}",
            reference="F",
            seen_at=timezone.now(),
        )

    page = vera.post(SAVE, {"sku_is": "barcode", "shipping_item": "flete"}, status=422)

    assert "Several items fit “flete”. Write one of: Flete 1 · F; Flete 2 · F." in page
    vera.post(SAVE, {"sku_is": "barcode", "shipping_item": "Flete 2 · F"})
    channel.refresh_from_db()
    assert channel.shipping_item == "x2"


def test_items_are_suggested_while_one_types(vera: Browser, channel: Channel) -> None:
    answer = vera.client.get("/channels/settings/items/", {"shipping_item": "gorra"})

    assert '<option value="Gorra · CAP"></option>' in answer.content.decode()


def test_what_the_erp_does_not_offer_any_more_is_shown_and_not_taken_again(
    vera: Browser, channel: Channel
) -> None:
    Channel.objects.filter(pk=channel.pk).update(price_list="gone-1")
    assert "No longer offered (gone-1)" in vera.page(SETTINGS)

    page = vera.post(SAVE, {"sku_is": "barcode", "price_list": "gone-1"}, status=422)

    assert "The ERP does not offer this any more. Choose another." in page


def test_the_third_step_may_be_skipped_and_the_channel_is_connected_all_the_same(
    vera: Browser, channel: Channel
) -> None:
    assert CHANNELS in vera.links(THIRD)

    page = vera.page(CHANNELS)

    assert "Connected" in page
    assert "Off orders are invoiced by a click" in page


def test_before_switching_on_the_score_says_how_ready_one_is(
    vera: Browser, channel: Channel, colombia: Market
) -> None:
    sell(colombia, "501", status="shipped")

    page = vera.page(THIRD)

    assert "Of 1 order of October 2026, 1 would be invoiced as things are. 1 of 1 SKUs are in" in page


def test_automatic_invoicing_is_switched_on_with_its_rules(
    vera: Browser, channel: Channel, colombia: Market
) -> None:
    sell(colombia, "501", channel="tienda")

    page = vera.post(AUTOMATE, automation(automatic="on", source_channels=["tienda"], fulfilment="on"))

    assert "Automatic invoicing is on: Alegra takes the orders placed from now on." in page
    assert "Cancelled orders are invoiced too" not in page
    channel.refresh_from_db()
    assert channel.automatic
    assert (channel.source_channels, channel.order_groups) == (["tienda"], ["sent", "completed"])
    assert (channel.fulfilment, channel.as_draft, channel.stamp) == (True, True, False)


@pytest.mark.parametrize("address", [THIRD, AUTOMATIC])
def test_who_switches_on_for_the_first_time_is_proposed_no_cancelled_orders(
    vera: Browser, channel: Channel, address: str
) -> None:
    assert vera.client.get(address).context["form"]["order_groups"].value() == ["sent", "completed"]

    vera.post(SAVE_AUTOMATIC, automation(automatic="on", order_groups=[]))

    assert vera.client.get(address).context["form"]["order_groups"].value() == []


@pytest.mark.parametrize("groups", [[], ["completed", "cancelled"]])
def test_that_cancelled_orders_are_invoiced_too_is_said(
    vera: Browser, channel: Channel, groups: list[str]
) -> None:
    assert "Cancelled orders would be invoiced too" in vera.page(THIRD)

    page = vera.post(AUTOMATE, automation(automatic="on", order_groups=groups))

    assert "Cancelled orders are invoiced too, as you chose." in page


@pytest.mark.parametrize(
    ("country", "lacking"),
    [
        ("colombia", {"numbering", "payment_form"}),
        ("mexico", {"numbering", "regime", "payment_method", "cfdi_use"}),
        ("peru", {"numbering"}),
    ],
)
def test_what_cannot_be_stamped_is_refused_field_by_field(
    vera: Browser, condor: Seller, alegra: Emulator, settings: Settings, country: str, lacking: set[str]
) -> None:
    settings.ALEGRA_URL = alegra.url
    connect(condor, alegra.company(country))

    answer = vera.client.post(SAVE_AUTOMATIC, automation(as_draft="open", stamp="on"))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == lacking
    drafted = vera.client.post(SAVE_AUTOMATIC, automation(stamp="on"))
    assert "A draft is not issued." in str(drafted.context["form"].errors["as_draft"])


@pytest.mark.parametrize(
    ("country", "fields"),
    [
        ("colombia", {"id_type", "kind_of_person", "regime", "payment_form", "payment_method"}),
        ("peru", {"id_type", "kind_of_person", "regime"}),
        ("mexico", {"id_type", "kind_of_person", "regime", "payment_method", "cfdi_use"}),
    ],
)
def test_only_the_countrys_fields_are_asked_for(
    vera: Browser, condor: Seller, alegra: Emulator, settings: Settings, country: str, fields: set[str]
) -> None:
    settings.ALEGRA_URL = alegra.url
    connect(condor, alegra.company(country))
    coded = {"id_type", "kind_of_person", "regime", "payment_form", "payment_method", "cfdi_use"}

    form = vera.client.get(AUTOMATIC).context["form"]

    assert coded & set(form.fields) == fields
    words = [str(text) for _code, text in form.fields["kind_of_person"].choices]
    assert words == ["The usual one (natural person)", "Natural person", "Legal entity"]
