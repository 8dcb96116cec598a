"""What an ERP answers is read with care: nothing of it stops a worker or fills its memory."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import httpx
import pytest

from sellers.erp.alegra.client import Alegra
from sellers.erp.alegra.reading import Misread, decimal_of, item_of, text_of
from sellers.erp.models import CatalogueItem, Channel, SkuField
from sellers.erp.operations.keeping import keep_items
from sellers.erp.port import Item
from sellers.erp.queries import known_items


class NoPace:
    """No limit is kept."""

    def take(self) -> None: ...

    def note(self, *, remaining: int, reset_seconds: float) -> None: ...


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("a\x00b", "ab"),
        ("half \ud83d sign", "half sign"),
        ("FE\u202e123", "FE123"),
        (" Niño\tcañón\n ", "Niño cañón"),
        (12.5, "12.5"),
        ({"a": 1}, ""),
    ],
)
def test_text_is_such_that_it_can_be_kept_and_reads_as_it_is_written(told: object, kept: str) -> None:
    assert text_of(told) == kept


def test_a_number_that_would_fill_memory_once_written_out_is_nothing_or_no_number() -> None:
    assert decimal_of("1E-999999") == decimal_of("0E-999999") == Decimal(0)
    assert len(f"{decimal_of('1E-999999'):f}") < 40
    for told in ("1E999999", "NaN", "-Infinity", "x" * 1_000_000):
        with pytest.raises(Misread) as refusal:
            decimal_of(told)
        assert len(str(refusal.value)) < 100


def test_an_item_with_odd_signs_is_kept_without_them(channel: Channel) -> None:
    item = item_of({"id": "7777", "name": "Tele\x00visor \ud800", "reference": {"reference": "TV\x00-1"}})

    kept = CatalogueItem(channel=channel, external_id=item.id, name=item.name, reference=item.reference)
    kept.seen_at = channel.connected_at
    kept.save()

    assert CatalogueItem.objects.filter(name="Televisor", reference="TV-1").exists()


@pytest.mark.parametrize("told", ["²", "9" * 5000, "99999999999", "-1", "", "x"])
def test_odd_words_about_the_rate_limit_are_passed_over(told: str) -> None:
    noted = []

    class Pace:
        def take(self) -> None: ...

        def note(self, *, remaining: int, reset_seconds: float) -> None:
            noted.append((remaining, reset_seconds))

    erp = Alegra("a@b.example", "token", Pace())
    headers = [(b"X-Rate-Limit-Remaining", told.encode()), (b"X-Rate-Limit-Reset", told.encode())]
    erp._note(httpx.Response(200, headers=headers))
    erp._note(httpx.Response(429, headers=headers))

    assert noted == [(0, 60.0)]


def test_an_item_whose_code_is_longer_than_any_sku_is_no_skus_item(channel: Channel) -> None:
    sku = "K" * 64
    long = Item("7001", "Another", reference=f"{sku}-2", barcode=f"{sku}-3")

    keep_items(channel, [long, Item("7002", "Mine", reference=sku)], at=channel.connected_at)

    channel.sku_is = SkuField.REFERENCE
    assert known_items(channel, [sku]).items == {sku: "7002"}
    channel.sku_is = SkuField.BARCODE
    assert known_items(channel, [sku]).items == {}


class Unturned(Alegra):
    """It answers each request for a page of a list with all it has."""

    def _get(self, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        self.asked.append(path)
        assert len(self.asked) < 50, "it is asked without end"
        return [{"id": number, "name": f"Lista {number}", "percentage": "19"} for number in range(40)]

    asked: ClassVar[list[str]] = []


def test_a_list_to_choose_from_that_cannot_be_turned_is_read_once() -> None:
    offer = Unturned("a@b.example", "token", NoPace()).offer()

    assert [each.id for each in offer.price_lists] == [str(number) for number in range(40)]
    assert len(offer.taxes) == 40
