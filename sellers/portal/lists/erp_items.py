"""The list of the ERP's items, with their stock and the SKUs that they are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, Max, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.orders.models import LineKind, OrderLine
from marketplace.parties.models import BusinessModel, Seller
from sellers.erp.models import CatalogueItem, Channel, SkuField, SkuMap
from sellers.erp.queries import known_items
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.erp.matching import match_url
from sellers.portal.listing import Listing

SOLD_WITHIN = timedelta(days=90)
"""How long ago a SKU may have been sold last to be one of the seller's."""


def items_of(channel: Channel, *, at: datetime) -> "QuerySet[Any]":
    """A channel's items, each with ``is_by_hand``, with ``is_sold`` where its field is a SKU that was sold,
    and ``is_used`` for delivery or the COD fee.
    """
    sold = _sold_lines(channel, at).values("sku")
    mine = SkuMap.objects.filter(channel=channel, external_id=OuterRef("external_id"))
    key = channel.sku_is
    fits = Q(**{f"{key}__in": sold}) & ~Q(**{key: ""})
    used = Q(external_id__in=list(filter(None, (channel.shipping_item, channel.cod_item))))
    rows = CatalogueItem.objects.filter(channel=channel).select_related("channel")
    return rows.annotate(is_by_hand=Exists(mine), is_sold=_whether(fits), is_used=_whether(used))


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=False, output_field=BooleanField())


def unmatched_skus(channel: Channel, *, at: datetime) -> "QuerySet[Any, Any]":
    """The SKUs sold lately that are no item, with their orders and name, the most sold first."""
    key = channel.sku_is
    active = CatalogueItem.objects.filter(channel=channel, active=True).exclude(**{key: ""})
    single = active.values(key).annotate(items=Count("pk")).filter(items=1).values(key)
    lines = _sold_lines(channel, at).exclude(sku__in=SkuMap.objects.filter(channel=channel).values("sku"))
    rows = lines.exclude(sku__in=single).values("sku")
    return rows.annotate(orders=Count("order", distinct=True), product=Max("name")).order_by("-orders", "sku")


def search_items(seller: Seller, text: str) -> Q:
    """By any part of its name, reference or barcode, or by a SKU somebody matched with it."""
    said = SkuMap.objects.filter(channel__seller=seller, sku__icontains=text).values("external_id")
    return (
        Q(name__icontains=text)
        | Q(reference__icontains=text)
        | Q(barcode__icontains=text)
        | Q(external_id__in=said)
    )


def items_for(channel: Channel) -> Listing:
    """The list as it is of a channel: its stock is that of the warehouse chosen."""
    names = {each["id"]: each["name"] for each in channel.offer.get("warehouses", [])}
    title = _("Stock, %(warehouse)s") % {"warehouse": names.get(channel.warehouse, channel.warehouse)}
    columns = ERP_ITEMS.columns
    if channel.warehouse:
        columns = tuple(replace(each, title=title) if each is STOCK else each for each in columns)
    return replace(ERP_ITEMS, columns=columns)


def _sold_lines(channel: Channel, at: datetime) -> "QuerySet[OrderLine]":
    return OrderLine.objects.filter(
        order__seller=channel.seller_id,
        order__model=BusinessModel.AGENCY,
        order__test=False,
        order__placed_at__gte=at - SOLD_WITHIN,
        kind=LineKind.GOODS,
        quantity__gt=0,
    ).exclude(sku="")


def _with_skus(rows: Sequence[Any]) -> Sequence[Any]:
    """Tell what SKUs the items of a page are, by hand and by the catalogue."""
    if not rows:
        return rows
    channel = rows[0].channel
    said: dict[str, list[str]] = {}
    maps = SkuMap.objects.filter(channel=channel, external_id__in=[row.external_id for row in rows])
    for sku, external_id in maps.order_by("sku").values_list("sku", "external_id"):
        said.setdefault(external_id, []).append(sku)
    known = known_items(channel, [getattr(row, channel.sku_is) for row in rows])
    for row in rows:
        key = getattr(row, channel.sku_is)
        row.said = said.get(row.external_id, [])
        is_itself = row.is_sold and key not in row.said and known.items.get(key) == row.external_id
        row.itself = key if is_itself else ""
        row.shares = key if row.is_sold and key in known.shared else ""
    return rows


def _stock(row: Any) -> str:
    """The stock of the chosen warehouse, of all where none is chosen; "" for what is not kept in stock."""
    chosen = row.channel.warehouse
    counts = [count for warehouse, count in row.stock.items() if chosen in ("", warehouse)]
    whole = sum((Decimal(count) for count in counts), start=Decimal(0))
    return f"{whole.normalize():f}" if counts else ""


def _skus(row: Any) -> str:
    return ", ".join([*row.said, row.itself] if row.itself else row.said)


def _sku_note(row: Any) -> str:
    if row.shares:
        told = {"sku": row.shares}
        return _("several items have %(sku)s: choose one for it") % told
    if row.said and row.itself:
        return _("by hand, and by itself")
    if row.said:
        return _("matched by hand")
    if row.is_used and not row.itself:
        is_delivery = row.external_id == row.channel.shipping_item
        return _("used for delivery") if is_delivery else _("used for the COD fee")
    by = {SkuField.BARCODE: _("by its barcode"), SkuField.REFERENCE: _("by its reference")}
    return by[SkuField(row.channel.sku_is)] if row.itself else ""


def _links(row: Any) -> list[tuple[str, str]]:
    word = _("Change %(sku)s")
    told = [(word % {"sku": sku}, match_url(sku, back="items")) for sku in row.said]
    if row.shares:
        told.append((_("Choose for %(sku)s") % {"sku": row.shares}, match_url(row.shares, back="items")))
    return told


def _state(row: Any) -> Badge:
    if not row.active:
        return Badge(_("Inactive"), "closed")
    return (
        Badge(_("Matched"), "done")
        if row.said or row.itself or row.is_used
        else Badge(_("Not matched"), "idle")
    )


MATCHED = Q(active=True) & (Q(is_by_hand=True) | Q(is_sold=True) | Q(is_used=True))
STOCK = Column(gettext_lazy("Stock"), _stock, css="num")
ERP_ITEMS = Listing(
    name="erp-items",
    title=gettext_lazy("Items of the ERP"),
    columns=(
        Column(gettext_lazy("Item"), lambda row: row.name, css="at-title long", sort="name", width=44),
        Column(
            gettext_lazy("Reference"),
            lambda row: row.reference,
            css="at-sub nowrap",
            sort="reference",
            quiet=True,
        ),
        Column(
            gettext_lazy("Barcode"), lambda row: row.barcode, css="at-sub nowrap", sort="barcode", quiet=True
        ),
        Column(gettext_lazy("State"), _state, Kind.STATE, css="at-badge"),
        STOCK,
        Column(gettext_lazy("Your SKU"), _skus, note=_sku_note, width=24),
        Column(gettext_lazy("How it is matched"), _sku_note, on_page=False, width=24),
        Column(gettext_lazy("Match"), _links, Kind.LINKS),
    ),
    sorts={"name": "name", "reference": "reference", "barcode": "barcode"},
    sort="name",
    day="",
    search=search_items,
    placeholder=gettext_lazy("Name, reference, barcode or SKU"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "matched": (pgettext_lazy("several items", "Matched"), MATCHED),
        "unmatched": (pgettext_lazy("several items", "Not matched"), Q(active=True) & ~MATCHED),
        "inactive": (pgettext_lazy("several items", "Inactive"), Q(active=False)),
    },
    tabs_label=gettext_lazy("Items by whether they are matched"),
    states={"hand": (gettext_lazy("Matched by hand"), Q(is_by_hand=True))},
    states_label=gettext_lazy("Only"),
    prepare=_with_skus,
)
