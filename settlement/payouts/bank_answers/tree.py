"""XML from strangers, as a tree without namespaces. Pure: no Django, no clock."""

from collections.abc import Mapping

from lxml import etree

from settlement.payouts.refusals import NotABankFile, Suspicious, TooBig

MOST_BYTES = 5 << 20
MOST_DEPTH = 64

_KEPT = "Ccy"
"""The one attribute we read; many thousands on one element would take the tree builder minutes."""

Element = etree._Element


def parse(content: bytes) -> tuple[str, Element]:
    """The namespace of the root, and the tree with all names stripped of theirs.

    :raises Unreadable: if it is no XML, too large, or built as no bank builds it.
    """
    if len(content) > MOST_BYTES:
        raise TooBig
    tree = _Tree()
    parser = etree.XMLParser(
        target=tree, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        # What we raise within the parser it tells as it pleases.
        raise tree.refusal or NotABankFile() from None
    return tree.namespace, root


class _Tree:
    """Builds the tree as the parser reads, and stops at the first thing no bank writes."""

    def __init__(self) -> None:
        self.namespace = ""
        self.refusal: Suspicious | None = None
        self._depth = 0
        self._builder = etree.TreeBuilder()

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """A DOCTYPE declares entities, which grow; it is met before they are."""
        self._refuse()

    def start(self, tag: str | bytes, attributes: Mapping[str | bytes, str | bytes]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            self._refuse()
        namespace, _, name = str(tag).rpartition("}")
        if self._depth == 1:
            self.namespace = namespace.removeprefix("{")
        kept: dict[str | bytes, str | bytes] = {_KEPT: attributes[_KEPT]} if _KEPT in attributes else {}
        self._builder.start(name, kept)

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1
        self._builder.end(str(tag).rpartition("}")[2])

    def data(self, data: str | bytes) -> None:
        self._builder.data(data)

    def comment(self, text: str | bytes) -> None:
        """Comments say nothing to us."""

    def close(self) -> Element:
        return self._builder.close()

    def _refuse(self) -> None:
        self.refusal = Suspicious()
        raise self.refusal


def text_at(element: Element, *paths: str) -> str:
    """The text at the first of the paths that has any; "" if none has."""
    for path in paths:
        text = " ".join((element.findtext(path) or "").split())
        if text:
            return text
    return ""


def texts_at(element: Element, path: str) -> list[str]:
    """All texts at a path, in their order, without the empty ones."""
    texts = (" ".join((found.text or "").split()) for found in element.iterfind(path))
    return [text for text in texts if text]
