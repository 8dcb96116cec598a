"""A file of UNAS orders, split into the trees of single orders without ever holding it whole."""

from collections.abc import Iterator, Mapping
from typing import IO

from lxml import etree

from marketplace.orders.rules.facts import Refused

Element = etree._Element
Found = tuple[int, "Element | Refused"]

AT_ONCE = 64 * 1024
MOST_DEPTH = 16
MOST_ELEMENTS = 20_000
MOST_SIGNS = 2 * 1024 * 1024
"""What one order may hold; a larger one is refused alone, its neighbours are kept."""


def split_orders(source: IO[bytes]) -> Iterator[Found]:
    """The orders of a file with their place in it, from one; what is no XML ends it with a refusal."""
    orders = _Orders()
    parser = etree.XMLParser(
        target=orders, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    while True:
        chunk = source.read(AT_ONCE)
        refusal = _feed(parser, orders, chunk)
        yield from orders.taken()
        if refusal is not None:
            yield orders.place + 1, refusal
        if refusal is not None or not chunk:
            return


def _feed(parser: etree.XMLParser, orders: "_Orders", chunk: bytes) -> Refused | None:
    """Read on, to the end where there is no more; the refusal of the rest of the file if it is no list of
    orders.
    """
    try:
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        # What we raise within the parser it tells as it pleases.
        return orders.refusal or Refused(f"not well-formed XML: {getattr(error, 'msg', error)}"[:200])
    return orders.refusal


class _Orders:
    """Builds each order's tree as the parser reads, and drops it when it is taken."""

    def __init__(self) -> None:
        self.refusal: Refused | None = None
        self.place = 0
        self._ready: list[Found] = []
        self._outside: list[str] = []
        self._order: _Growing | None = None

    def taken(self) -> list[Found]:
        """The orders finished since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """A DOCTYPE declares entities, which grow; it is met before they are."""
        self._refuse("the file has a DOCTYPE; no shop system sends one")

    def start(self, tag: str | bytes, attributes: Mapping[str | bytes, str | bytes]) -> None:
        # Attributes are dropped: UNAS writes none, and many thousands on one element would take minutes.
        name = str(tag).rpartition("}")[2]
        if self._order is None and (self._outside or name == "Order"):
            self._order = _Growing()
        if self._order is not None:
            self._order.start(name)
            return
        self._outside.append(name)
        if name not in ("Orders", "Error"):
            self._refuse(f"{name[:60]}: is no list of UNAS orders")

    def data(self, data: str | bytes) -> None:
        if self._order is not None:
            self._order.data(str(data))
        elif self._outside == ["Error"] and str(data).strip():
            self._refuse(f"the file is no list of orders but an error: {str(data).strip()[:150]}")

    def end(self, tag: str | bytes) -> None:
        if self._order is None:
            self._outside.pop()
            return
        self._order.end(str(tag).rpartition("}")[2])
        if self._order.depth == 0:
            self.place += 1
            self._ready.append((self.place, self._order.finished()))
            self._order = None

    def comment(self, text: str | bytes) -> None:
        """Comments of XML say nothing to us."""

    def close(self) -> None:
        """The end of the file."""

    def _refuse(self, reason: str) -> None:
        self.refusal = Refused(reason)
        raise self.refusal


class _Growing:
    """One order on its way in; beyond what an order may hold it is only counted to its end."""

    def __init__(self) -> None:
        self.depth = 0
        self._elements = 0
        self._signs = 0
        self._builder: etree.TreeBuilder | None = etree.TreeBuilder()

    def start(self, name: str) -> None:
        self.depth += 1
        self._elements += 1
        if self.depth > MOST_DEPTH or self._elements > MOST_ELEMENTS:
            self._builder = None
        if self._builder is not None:
            self._builder.start(name, {})

    def data(self, data: str) -> None:
        self._signs += len(data)
        if self._signs > MOST_SIGNS:
            self._builder = None
        if self._builder is not None:
            self._builder.data(data)

    def end(self, name: str) -> None:
        self.depth -= 1
        if self._builder is not None:
            self._builder.end(name)

    def finished(self) -> Element | Refused:
        if self._builder is None:
            return Refused("larger or deeper than any order")
        return self._builder.close()
