"""What is known of the sellers, orders and receipts that some documents speak of, read at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from marketplace.edocuments.facts import EDocument
from marketplace.orders.models import Order, Return, State
from marketplace.parties.models import Seller
from sellers.receipts.models import GATE_KINDS, Bundle, Kind, Origin, Outcome, Receipt
from sellers.receipts.operations.wanted import Refused, Wanted
from sellers.receipts.rules.matching import (
    Candidate,
    bare,
    fits,
    identity_of,
    is_note,
    order_numbers,
    original_identities,
    originals_of,
    plain_number,
    spread,
    tax_id_spellings,
    total_of,
)


@dataclass(slots=True)
class Known:
    """Sellers, locked orders and live receipts, each found by what documents call them."""

    bundle: Bundle
    alone: bool
    allowed: frozenset[int]
    sellers: dict[str, list[Seller]]
    orders: dict[str, Order] = field(default_factory=dict)
    candidates: list[Order] = field(default_factory=list)
    by_identity: dict[str, Receipt] = field(default_factory=dict)
    by_content: dict[str, Receipt] = field(default_factory=dict)
    by_number: dict[tuple[int, str], Receipt] = field(default_factory=dict)
    on_order: dict[int, Receipt] = field(default_factory=dict)
    returns: dict[int, list[Return]] = field(default_factory=dict)

    @property
    def by_mail(self) -> bool:
        return self.bundle.origin == Origin.MAIL

    def sellers_called(self, tax_id: str) -> list[Seller]:
        return self.sellers.get(bare(tax_id), [])

    def standing(self, wanted: Wanted) -> Receipt | None:
        """The live receipt that is this one, by its content or by its number."""
        return self.by_content.get(wanted.sha256) or self.by_identity.get(identity_of(wanted.document))

    def receipt_on(self, order: Order) -> Receipt | None:
        return self.on_order.get(order.pk)

    def original_of(self, document: EDocument, seller: Seller) -> Receipt | None:
        found = (self.by_number.get((seller.pk, number)) for number in originals_of(document))
        return next((each for each in found if each is not None), None)

    def returns_of(self, order: Order) -> list[Return]:
        """Returns of an order that no receipt credits yet, oldest first."""
        return self.returns.get(order.pk, [])

    def add(self, receipt: Receipt) -> None:
        """Know a receipt that is about to be written."""
        self.by_identity[receipt.identity] = self.by_content[receipt.sha256] = receipt
        self.by_number[receipt.seller_id, plain_number(receipt.number)] = receipt
        if receipt.opens_the_gate:
            self.on_order[receipt.order_id] = receipt
        if receipt.returned is not None:
            self.returns[receipt.order_id].remove(receipt.returned)

    def order_of(self, wanted: Wanted, seller: Seller) -> Order:
        """The order a document is of: that it was uploaded on, that it names, or the only one that fits.

        :raises Refused: if there is none, or more than one.
        """
        if self.bundle.order is not None:
            return self._given(wanted.document)
        for place in self.bundle.market.receipt_order_places:
            if (order := self._named(place, wanted, seller)) is not None:
                return order
        return self._fitting(wanted.document, seller)

    def _given(self, document: EDocument) -> Order:
        assert self.bundle.order is not None
        given = self.orders[self.bundle.order.number]
        others = [number for number in document.orders if number in self.orders and number != given.number]
        if others and given.number not in document.orders:
            raise Refused(Outcome.ORDER_DIFFERS, {"order": others[0], "expected": given.number})
        return given

    def _named(self, place: str, wanted: Wanted, seller: Seller) -> Order | None:
        named = [self.orders[word] for word in self.words(place, wanted) if word in self.orders]
        own = [order for order in named if order.seller_id == seller.pk]
        if named and not own and place == "order_reference":
            # Another seller's order is told as if there were none.
            raise Refused(Outcome.ORDER_NOT_FOUND, {"order": named[0].number})
        if len(own) > 1:
            total, tolerance = total_of(wanted.document), self.bundle.market.receipt_tolerance
            own = [order for order in own if abs(order.total - total) <= tolerance] or own
        if len(own) > 1:
            numbers = ", ".join(order.number for order in own[:5])
            raise Refused(Outcome.TO_A_PERSON, {"orders": numbers})
        return own[0] if own else None

    def words(self, place: str, wanted: Wanted) -> tuple[str, ...]:
        """The words at a place that may be order numbers; a subject speaks of a document alone."""
        subject = self.bundle.subject if self.alone else ""
        name = wanted.files[0].name
        found = order_numbers(wanted.document, place=place, name=name, subject=subject)
        return found if place == "order_reference" else spread(found)

    def _fitting(self, document: EDocument, seller: Seller) -> Order:
        market = self.bundle.market
        fields = market.receipt_fallback_fields
        fitting = [
            order
            for order in self.candidates
            if fields
            and order.pk not in self.on_order
            and fits(
                document,
                _candidate(order),
                fields=fields,
                seller=seller.pk,
                tolerance=market.receipt_tolerance,
            )
        ]
        if not fitting:
            raise Refused(Outcome.ORDER_NOT_FOUND, {"order": document.orders[0] if document.orders else ""})
        if len(fitting) > 1:
            raise Refused(Outcome.TO_A_PERSON, {"orders": ", ".join(order.number for order in fitting[:5])})
        return fitting[0]


def look_up(
    *, bundle: Bundle, documents: Sequence[EDocument], alone: bool, wanted: Sequence[Wanted]
) -> Known:
    """Read, and lock, all that some documents speak of, in a number of statements that does not grow."""
    known = Known(bundle, alone, frozenset(bundle.sellers), _sellers(bundle, documents))
    spoken = {row.pk for rows in known.sellers.values() for row in rows if row.pk in known.allowed}
    keys = _order_keys(bundle, known, wanted, spoken)
    originals = list(_originals(bundle, documents, spoken))
    keys |= {receipt.order_id for receipt in originals}
    rows = list(Order.objects.locked().filter(pk__in=keys))
    by_key = {order.pk: order for order in rows}
    known.orders = {order.number: order for order in rows}
    known.candidates = [order for order in rows if order.receipt_at is None]
    for receipt in _receipts(bundle, wanted, by_key):
        receipt.order = by_key.get(receipt.order_id) or receipt.order
        known.by_identity[receipt.identity] = known.by_content[receipt.sha256] = receipt
        known.by_number[receipt.seller_id, plain_number(receipt.number)] = receipt
        if receipt.kind in GATE_KINDS:
            known.on_order[receipt.order_id] = receipt
    if any(is_note(document) for document in documents):
        known.returns = _returns(by_key)
    return known


def _sellers(bundle: Bundle, documents: Iterable[EDocument]) -> dict[str, list[Seller]]:
    """The sellers of the market with the documents' tax ids, by each of their spellings."""
    code = bundle.market.code
    spelled = {name for each in documents for name in tax_id_spellings(each.supplier.tax_id, code)}
    found: dict[str, list[Seller]] = {}
    for seller in Seller.objects.filter(market=bundle.market, tax_id__in=spelled).order_by("pk"):
        for name in tax_id_spellings(seller.tax_id, code):
            found.setdefault(name, []).append(seller)
    return found


def _order_keys(bundle: Bundle, known: Known, wanted: Sequence[Wanted], spoken: set[int]) -> set[int]:
    """The orders that documents name at any place, and those that may fit one that names none."""
    places = bundle.market.receipt_order_places
    words = {word for each in wanted for place in places for word in known.words(place, each)}
    named = Order.objects.filter(market=bundle.market, number__in=words)
    keys = set(named.values_list("pk", flat=True))
    if bundle.order_id is not None:
        keys.add(bundle.order_id)
    fields = bundle.market.receipt_fallback_fields
    own = set(named.filter(seller__in=spoken).values_list("number", flat=True))
    unnamed = [each.document for each in wanted if not own.intersection(*[_all_words(known, each, places)])]
    if unnamed and fields:
        waiting = Order.objects.filter(seller__in=spoken, receipt_at=None).exclude(state=State.CANCELLED)
        keys |= set(
            waiting.filter(_fitting(unnamed, fields, bundle.market.receipt_tolerance)).values_list(
                "pk", flat=True
            )[:1000]
        )
    return keys


def _all_words(known: Known, each: Wanted, places: Iterable[str]) -> set[str]:
    return {word for place in places for word in known.words(place, each)}


def _fitting(documents: Sequence[EDocument], fields: Sequence[str], tolerance: int) -> Q:
    """Orders that may fit one of some documents; what fits exactly is seen afterwards."""
    any_of = Q(pk=None)
    for document in documents:
        fits_one = Q(currency=document.currency)
        if "total" in fields:
            total = total_of(document)
            fits_one &= Q(total__gte=total - tolerance, total__lte=total + tolerance)
        if "buyer" in fields:
            buyers = {document.customer.tax_id, bare(document.customer.tax_id)} - {""}
            fits_one &= Q(customer_id_number__in=buyers) | Q(customer_tax_id__in=buyers)
        any_of |= fits_one
    return any_of


def _originals(bundle: Bundle, documents: Iterable[EDocument], spoken: set[int]) -> Iterable[Receipt]:
    """The receipts that notes refer to."""
    notes = [each for each in documents if is_note(each)]
    if not notes:
        return ()
    numbers = {number for each in notes for number in (*each.originals, *originals_of(each))}
    identities = {identity for each in notes for identity in original_identities(each)}
    live = Receipt.objects.live().filter(market=bundle.market, seller__in=spoken)
    return live.filter(Q(identity__in=identities) | Q(number__in=numbers))


def _receipts(bundle: Bundle, wanted: Sequence[Wanted], orders: dict[int, Any]) -> Iterable[Receipt]:
    """The live receipts that stand in a document's way, or that it refers to."""
    same = Q(identity__in=[identity_of(each.document) for each in wanted])
    same |= Q(sha256__in=[each.sha256 for each in wanted]) | Q(order__in=list(orders))
    return Receipt.objects.live().filter(same, market=bundle.market).select_related("order").order_by("pk")


def _returns(orders: dict[int, Order]) -> dict[int, list[Return]]:
    credited = Receipt.objects.live().filter(returned__isnull=False, kind=Kind.CREDIT)
    waiting = Return.objects.filter(order__in=list(orders)).exclude(pk__in=credited.values("returned"))
    found: dict[int, list[Return]] = {}
    for row in waiting.order_by("at", "number"):
        found.setdefault(row.order_id, []).append(row)
    return found


def _candidate(order: Order) -> Candidate:
    buyers = {bare(order.customer_id_number), bare(order.customer_tax_id)} - {""}
    return Candidate(order.pk, order.seller_id, order.total, order.currency, frozenset(buyers))
