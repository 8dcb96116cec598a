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

MOST_CANDIDATES = 1000
"""Beyond so many orders that may fit, one that fits is not taken for the only one."""


@dataclass(slots=True)
class Known:
    """Sellers, locked orders and live receipts, each found by what documents call them.

    ``cut``: there are more orders that may fit than were read.
    """

    bundle: Bundle
    alone: bool
    allowed: frozenset[int]
    sellers: dict[str, list[Seller]]
    orders: dict[str, Order] = field(default_factory=dict)
    candidates: list[Order] = field(default_factory=list)
    cut: bool = False
    by_identity: dict[str, Receipt] = field(default_factory=dict)
    by_content: dict[str, Receipt] = field(default_factory=dict)
    by_name: dict[tuple[int, str], list[Receipt]] = field(default_factory=dict)
    on_order: dict[int, Receipt] = field(default_factory=dict)
    returns: dict[int, list[Return]] = field(default_factory=dict)

    @property
    def by_mail(self) -> bool:
        return self.bundle.origin == Origin.MAIL

    def sellers_called(self, tax_id: str) -> list[Seller]:
        return self.sellers.get(bare(tax_id), [])

    def standing(self, wanted: Wanted) -> Receipt | None:
        """The live receipt that is this one, by its content or by its number."""
        identity = identity_of(wanted.document, self.bundle.market.code)
        return self.by_content.get(wanted.sha256) or self.by_identity.get(identity)

    def receipt_on(self, order: Order) -> Receipt | None:
        return self.on_order.get(order.pk)

    def original_of(self, document: EDocument, sellers: Sequence[Seller]) -> Receipt | None:
        """The receipt a note refers to; None where it names none.

        :raises Refused: if it names one that is not registered, or more than one goes by that number.
        """
        if not document.originals:
            return None
        names = (*originals_of(document), *document.originals)
        keys = [(seller.pk, name) for name in names for seller in sellers]
        found = {each.pk or id(each): each for key in keys for each in self.by_name.get(key, ())}
        if self.bundle.order_id is not None:
            found = {key: each for key, each in found.items() if each.order_id == self.bundle.order_id}
        if not found:
            raise Refused(Outcome.ORIGINAL_UNKNOWN)
        if len(found) > 1:
            orders = ", ".join(sorted(each.order.number for each in found.values()))
            raise Refused(Outcome.TO_A_PERSON, {"orders": orders})
        return next(iter(found.values()))

    def returns_of(self, order: Order) -> list[Return]:
        """Returns of an order that no receipt credits yet, oldest first."""
        return self.returns.get(order.pk, [])

    def learn(self, receipt: Receipt) -> None:
        """Know a live receipt."""
        self.by_identity[receipt.identity] = self.by_content[receipt.sha256] = receipt
        if receipt.opens_the_gate:
            self.on_order[receipt.order_id] = receipt
            for name in {plain_number(receipt.number), receipt.uid} - {""}:
                self.by_name.setdefault((receipt.seller_id, name), []).append(receipt)

    def add(self, receipt: Receipt) -> None:
        """Know a receipt that is about to be written."""
        self.learn(receipt)
        if receipt.returned is not None:
            self.returns[receipt.order_id].remove(receipt.returned)

    def order_of(self, wanted: Wanted, sellers: Sequence[Seller], *, guess: bool = True) -> Order:
        """The order a document is of: that it was uploaded on, that it names, or, as a ``guess``, the only
        one that fits.

        :raises Refused: if there is none, or more than one.
        """
        own = {seller.pk for seller in sellers}
        if self.bundle.order is not None:
            return self._given(wanted.document, own)
        for place in self.bundle.market.receipt_order_places:
            if (order := self._named(place, wanted, own)) is not None:
                return order
        return self._fitting(wanted.document, own if guess else set())

    def _given(self, document: EDocument, own: set[int]) -> Order:
        assert self.bundle.order is not None
        given = self.orders[self.bundle.order.number]
        if given.seller_id not in own:
            raise Refused(Outcome.TAX_ID_UNKNOWN, {"tax_id": document.supplier.tax_id})
        others = [number for number in document.orders if number in self.orders and number != given.number]
        if others and given.number not in document.orders:
            raise Refused(Outcome.ORDER_DIFFERS, {"order": others[0], "expected": given.number})
        return given

    def _named(self, place: str, wanted: Wanted, own: set[int]) -> Order | None:
        named = [self.orders[word] for word in self.words(place, wanted) if word in self.orders]
        named = [order for order in named if order.seller_id in own]
        if len(named) > 1:
            total, tolerance = total_of(wanted.document), self.bundle.market.receipt_tolerance
            named = [order for order in named if abs(order.total - total) <= tolerance] or named
        if len(named) > 1:
            numbers = ", ".join(order.number for order in named[:5])
            raise Refused(Outcome.TO_A_PERSON, {"orders": numbers})
        return named[0] if named else None

    def words(self, place: str, wanted: Wanted) -> tuple[str, ...]:
        """The words at a place that may be order numbers; a subject speaks of a document alone."""
        subject = self.bundle.subject if self.alone else ""
        name = wanted.files[0].name
        found = order_numbers(wanted.document, place=place, name=name, subject=subject)
        return found if place == "order_reference" else spread(found)

    def _fitting(self, document: EDocument, own: set[int]) -> Order:
        market = self.bundle.market
        fields = market.receipt_fallback_fields
        fitting = [
            order
            for order in self.candidates
            if fields
            and order.seller_id in own
            and order.pk not in self.on_order
            and fits(
                document,
                _candidate(order),
                fields=fields,
                seller=order.seller_id,
                tolerance=market.receipt_tolerance,
            )
        ]
        numbers = ", ".join(order.number for order in fitting[:5])
        if len(fitting) > 1 or (self.cut and own):
            raise Refused(Outcome.TO_A_PERSON, {"orders": numbers})
        if not fitting:
            raise Refused(Outcome.ORDER_NOT_FOUND, {"order": document.orders[0] if document.orders else ""})
        return fitting[0]


def look_up(
    *, bundle: Bundle, documents: Sequence[EDocument], alone: bool, wanted: Sequence[Wanted]
) -> Known:
    """Read, and lock, all that some documents speak of, in a number of statements that does not grow; of
    other sellers nothing is read.
    """
    known = Known(bundle, alone, frozenset(bundle.sellers), _sellers(bundle, documents))
    spoken = {row.pk for rows in known.sellers.values() for row in rows if row.pk in known.allowed}
    keys = _order_keys(bundle, known, wanted, spoken)
    keys |= {receipt.order_id for receipt in _originals(bundle, documents, spoken)}
    rows = list(Order.objects.locked().filter(pk__in=keys))
    by_key = {order.pk: order for order in rows}
    known.orders = {order.number: order for order in rows}
    known.candidates = [order for order in rows if order.receipt_at is None]
    for receipt in _receipts(bundle, wanted, by_key):
        receipt.order = by_key.get(receipt.order_id) or receipt.order
        known.learn(receipt)
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
    words = {id(each): _all_words(known, each) for each in wanted}
    named = Order.objects.filter(seller__in=spoken, number__in=set().union(*words.values()))
    found = dict(named.values_list("number", "pk"))
    keys = set(found.values())
    if bundle.order_id is not None:
        keys.add(bundle.order_id)
    unnamed = [each.document for each in wanted if not words[id(each)] & found.keys()]
    if unnamed and bundle.market.receipt_fallback_fields and bundle.order_id is None:
        keys |= _candidates(bundle, known, unnamed, spoken)
    return keys


def _candidates(bundle: Bundle, known: Known, unnamed: Sequence[EDocument], spoken: set[int]) -> set[int]:
    waiting = Order.objects.filter(seller__in=spoken, receipt_at=None).exclude(state=State.CANCELLED)
    market = bundle.market
    fitting = waiting.filter(_fitting(unnamed, market.receipt_fallback_fields, market.receipt_tolerance))
    found = list(fitting.order_by("pk").values_list("pk", flat=True)[: MOST_CANDIDATES + 1])
    known.cut = len(found) > MOST_CANDIDATES
    return set(found)


def _all_words(known: Known, each: Wanted) -> set[str]:
    places = known.bundle.market.receipt_order_places
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
    live = Receipt.objects.live().filter(market=bundle.market, seller__in=spoken, kind__in=GATE_KINDS)
    return live.filter(Q(identity__in=identities) | Q(number__in=numbers) | Q(uid__in=numbers))


def _receipts(bundle: Bundle, wanted: Sequence[Wanted], orders: dict[int, Any]) -> Iterable[Receipt]:
    """The live receipts that stand in a document's way, or that it refers to."""
    same = Q(identity__in=[identity_of(each.document, bundle.market.code) for each in wanted])
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
