"""Reads about ERP channels: what orders are in the ERP, what is to be done, how ready a channel is."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.orders.models import Fulfilment, Order, OrderLine, State
from marketplace.parties.models import BusinessModel, Seller
from sellers.erp.models import CatalogueItem, Channel, ErpInvoice, ErpState, Kind, Reading, SkuMap, Trigger
from sellers.erp.port import Tax
from sellers.erp.rules.buyers import Customer, Defaults
from sellers.erp.rules.catalogue import Known, Matches, SkuIs, matches_for
from sellers.erp.rules.choosing import Group, states_of
from sellers.erp.rules.lines import GOODS, Mapped, Sold

TO_DO = (ErpState.WAITING, ErpState.SENDING, ErpState.UNKNOWN)


def channel_of(seller: Seller) -> Channel | None:
    """The seller's live channel, connected or refused."""
    return Channel.objects.of(seller).live().first()


def channels_with_work(*, at: datetime) -> list[tuple[int, int]]:
    """The channels, with their sellers, that have orders to be sent or looked up now."""
    due = ErpInvoice.objects.filter(channel=OuterRef("pk"), state__in=TO_DO, due_at__lte=at)
    awake = Channel.objects.connected().filter(Q(rests_until__isnull=True) | Q(rests_until__lte=at))
    return list(awake.filter(Exists(due)).order_by("pk").values_list("pk", "seller"))


def readings_to_go_on(*, at: datetime) -> list[tuple[str, int, int]]:
    """The lists whose reading was stopped: which, of which channel and seller."""
    awake = Q(channel__rests_until__isnull=True) | Q(channel__rests_until__lte=at)
    rows = Reading.objects.filter(awake, channel__state="on", finished_at__isnull=True)
    rows = rows.filter(kind__in=[Kind.ITEMS, Kind.INVOICES]).order_by("pk")
    return list(rows.values_list("kind", "channel", "channel__seller"))


def invoiceable(channel: Channel) -> Q:
    """The orders a seller invoices itself: its own sales, real ones, in the ERP's currency."""
    own = Q(seller=channel.seller_id, model=BusinessModel.AGENCY, test=False)
    return own & Q(currency=channel.currency) if channel.currency else own


def chosen_orders(channel: Channel, *, limit: int) -> list[Order]:
    """The orders that automatic invoicing is to take next: none that was ever taken."""
    rows = fitting_orders(channel).filter(placed_at__gte=channel.automatic_since)
    taken = ErpInvoice.objects.filter(order=OuterRef("pk"))
    return list(rows.exclude(Exists(taken)).order_by("placed_at", "pk")[:limit])


def fitting_orders(channel: Channel) -> QuerySet[Order]:
    """The orders that the channel's rules for automatic invoicing fit. One that waits for its seller's
    confirmation is none yet: till then its customer is masked, and an invoice would tell it all.
    """
    rows = Order.objects.filter(invoiceable(channel), state__in=states_of(channel.order_groups))
    rows = rows.exclude(state=State.OPEN, confirmed_at__isnull=True)
    if channel.source_channels:
        rows = rows.filter(channel__in=channel.source_channels)
    if not channel.fulfilment:
        rows = rows.exclude(fulfilment=Fulfilment.MARKETPLACE_WAREHOUSE)
    return rows


def is_left_out(order: Order, channel: Channel) -> bool:
    """Whether an order is cancelled, and the channel's rules leave cancelled ones out."""
    wanted = not channel.order_groups or Group.CANCELLED in channel.order_groups
    return order.state == State.CANCELLED and not wanted


def is_sale(order: Order) -> bool:
    """Whether an order was sold as far as is known: of others an invoice is voided and not stamped."""
    return order.state not in (State.CANCELLED, State.RETURNED, State.LOST)


def is_overtaken(row: ErpInvoice, channel: Channel) -> bool:
    """Whether an order that the channel's rules took came back or was lost since, and they leave such out."""
    state = row.order.state
    came_back = row.trigger == Trigger.AUTOMATIC and state in (State.RETURNED, State.LOST)
    return came_back and state not in states_of(channel.order_groups)


def sold_lines(order: Order) -> list[Sold]:
    """An order's lines as an ERP is told of them."""
    return lines_by_order([order.pk]).get(order.pk, [])


def lines_by_order(keys: Sequence[int]) -> dict[int, list[Sold]]:
    """The lines of orders as an ERP is told of them."""
    found: dict[int, list[Sold]] = {}
    rows = OrderLine.objects.filter(order__in=keys, quantity__gt=0).order_by("order", "position")
    told = rows.values_list("order", "kind", "sku", "name", "quantity", "unit_price", "vat_bp")
    for key, kind, sku, name, quantity, unit_price, vat_bp in told:
        found.setdefault(key, []).append(Sold(kind, sku, name, quantity, unit_price, vat_bp))
    return found


def customer_of(order: Order) -> Customer:
    """An order's customer as an ERP is told of it."""
    return Customer(
        name=order.customer_name,
        company=order.customer_company,
        id_type=order.customer_id_type,
        id_number=order.customer_id_number,
        tax_id=order.customer_tax_id,
        email=order.customer_email,
        phone=order.customer_phone,
        street=order.customer_street,
        city=order.customer_city,
        zip=order.customer_zip,
        country=order.customer_country,
    )


def defaults_of(channel: Channel) -> Defaults:
    """What stands in for what a customer lacks."""
    return Defaults(
        email=channel.default_email,
        phone=channel.default_phone,
        id_type=channel.default_id_type or channel.id_type,
        id_number=channel.default_id_number,
        kind_of_person=channel.kind_of_person,
        regime=channel.regime,
    )


def mapped_for(channel: Channel, sold: Sequence[Sold]) -> Mapped:
    """What lines of orders are in the ERP, by what was matched and by the catalogue."""
    skus = [line.sku for line in sold if line.kind == GOODS and line.sku]
    return Mapped(
        items=known_items(channel, skus),
        shipping_id=channel.shipping_item,
        cod_id=channel.cod_item,
        taxes={tax.rate_bp: tax for tax in reversed(taxes_of(channel))},
        use_taxes=channel.use_taxes,
    )


def known_items(channel: Channel, skus: Iterable[str]) -> Matches:
    """The item of each of these SKUs that has one."""
    wanted = sorted(set(skus))
    matches = SkuMap.objects.filter(channel=channel, sku__in=wanted).values_list("sku", "external_id")
    field = SkuIs(channel.sku_is)
    rows = CatalogueItem.objects.filter(channel=channel, active=True, **{f"{field}__in": wanted})
    catalogue = (Known(*row) for row in rows.values_list("external_id", "reference", "barcode"))
    return matches_for(wanted, remembered=dict(matches), catalogue=catalogue, by=field)


def taxes_of(channel: Channel) -> list[Tax]:
    """The sales taxes the ERP had when it was last asked; those of VAT before others of the same rate."""
    told = [Tax(**each) for each in channel.offer.get("taxes", [])]
    return sorted(told, key=lambda tax: tax.kind.upper() not in ("IVA", "IGV", "VAT"))
