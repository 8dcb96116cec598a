"""Building XML of our own: texts cleaned of what XML cannot hold, nothing empty."""

import re
from collections.abc import Mapping
from datetime import date

from lxml import etree

Element = etree._Element

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str, longest: int | None = None) -> str:
    """A text on one line, without the characters that XML has no way to write."""
    return " ".join(_NOT_IN_XML.sub(" ", text).split())[:longest].rstrip()


def compact_day(day: date) -> str:
    """A day as CII writes it: ``20260331``."""
    return f"{day:%Y%m%d}"


def to_bytes(root: Element) -> bytes:
    """The document: UTF-8 with its declaration, the same bytes for the same facts."""
    etree.indent(root, space=" ")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


class Writer:
    """Adds elements named ``prefix:name`` below others."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self.spaces = dict(spaces)

    def root(self, name: str) -> Element:
        """The element that holds all others."""
        return etree.Element(self._tag(name), nsmap=self.spaces)

    def add(self, parent: Element, path: str) -> Element:
        """A new element at the end of a path of new ones."""
        for name in path.split("/"):
            parent = etree.SubElement(parent, self._tag(name))
        return parent

    def say(self, parent: Element, path: str, text: str, **attributes: str) -> None:
        """A new element with a text; none where there is nothing to say."""
        if said := plain(text):
            element = self.add(parent, path)
            element.text = said
            for name, value in attributes.items():
                element.set(name, value)

    def _tag(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"{{{self.spaces[prefix]}}}{local}"


def set_said(element: Element, **values: str) -> None:
    """Set the attributes that have something to say."""
    for name, value in values.items():
        if said := plain(value):
            element.set(name, said)
