"""XML from strangers as a tree: nothing declared, nothing fetched, nothing deep."""

import codecs
import re
from collections.abc import Collection

from lxml import etree

from marketplace.edocuments.facts import Fault, Unread

Element = etree._Element

MOST_BYTES = 5 << 20
MOST_DEPTH = 64

ENCODINGS = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii"),
        *(f"iso8859-{part}" for part in (1, 2, 7, 9, 13, 15, 16)),
        *(f"cp{page}" for page in (1250, 1252, 1253, 1254, 1257)),
    )
)
"""Those invoices are written in. We decode ourselves: others can hide a DOCTYPE from who looks for one."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
BLANKS = " \t\r\n"

_DECLARATION = re.compile(r"<\?xml\s[^>]{0,300}?\?>")
_DECLARED = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_PROLOG = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)


def parse(content: bytes) -> Element:
    """The root of the tree.

    :raises Unread: if it is too large, too deep, no XML, or has a DOCTYPE.
    """
    if len(content) > MOST_BYTES:
        raise Unread(Fault.TOO_LARGE, str(len(content)))
    text = _without_declaration(_decoded(content))
    if text.startswith("<!DOCTYPE", _end_of_prolog(text)):
        raise Unread(Fault.DOCTYPE)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        said = str(getattr(error, "msg", error))
        raise Unread(Fault.TOO_DEEP if "depth" in said else Fault.NOT_XML, said) from None
    _check_shape(root)
    return root


def flatten(root: Element, spaces: Collection[str]) -> Element:
    """The tree without its namespaces, comments and instructions, and without what is of other namespaces.

    A comment amid a value would else cut it short, under a signature that holds.
    """
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    foreign = []
    for element in root.iter():
        space, _, name = str(element.tag).rpartition("}")
        if space.removeprefix("{") in spaces:
            element.tag = name
        else:
            foreign.append(element)
    for element in foreign:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return root


def space_of(root: Element) -> tuple[str, str]:
    """The namespace and the local name of an element."""
    space, _, name = str(root.tag).rpartition("}")
    return space.removeprefix("{"), name


def _decoded(content: bytes) -> str:
    if not content.strip(b" \t\r\n\0"):
        raise Unread(Fault.NOT_XML, "empty")
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), None) or _declared(content)
    try:
        return content.decode(encoding).lstrip("\ufeff" + BLANKS)
    except UnicodeDecodeError:
        raise Unread(Fault.NOT_XML, encoding) from None


def _declared(content: bytes) -> str:
    head = content[:512].lstrip(BLANKS.encode()).decode("latin-1")
    declaration = _DECLARATION.match(head)
    found = _DECLARED.search(declaration[0]) if declaration else None
    if not found:
        return "utf-8"
    try:
        encoding = codecs.lookup(found[1]).name
    except LookupError:
        encoding = ""
    if encoding not in ENCODINGS:
        raise Unread(Fault.NOT_XML, found[1])
    return "utf-8" if encoding.startswith("utf-16") else encoding


def _without_declaration(text: str) -> str:
    """The text as it is now, in UTF-8, whatever it says of itself."""
    declaration = _DECLARATION.match(text)
    return text[declaration.end() :].lstrip(BLANKS) if declaration else text


def _end_of_prolog(text: str) -> int:
    prolog = _PROLOG.match(text)
    return prolog.end() if prolog else 0


def _check_shape(root: Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unread(Fault.DOCTYPE)
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH:
            raise Unread(Fault.TOO_DEEP)
        if isinstance(element, etree._Entity):
            raise Unread(Fault.DOCTYPE)
