"""The way in: bytes to facts, whatever the syntax."""

from contextlib import suppress
from datetime import date

from lxml import etree

from marketplace.edocuments.facts import EDocument, Fault, Signature, Unread
from marketplace.edocuments.readers import cfdi, cii, ksef, nav, sunat, ubl, ubl_parts
from marketplace.edocuments.signatures import SIGNATURE, verified
from marketplace.edocuments.values import day_of, text_at
from marketplace.edocuments.xml import Element, flatten, parse, space_of

OLDER_CII = "urn:ferd:CrossIndustryDocument:invoice:1p0"


def read(data: bytes, *, check_signature: bool = True) -> EDocument:
    """What an electronic document says.

    A signed receipt of Peru is read from what was signed, and refused if that was changed; of other
    documents the signature is told as a fact.

    :raises Unread: with the one fault for which it cannot be taken.
    """
    root = parse(data)
    space, name = space_of(root)
    if space.startswith(ubl_parts.PREFIX) and name in ubl_parts.ROOTS and space.endswith(f":{name}-2"):
        return _read_ubl(root, check_signature=check_signature)
    if space == cii.SPACE and name == cii.ROOT:
        tree, signature = _seen(root, check_signature=check_signature)
        return cii.read(flatten(tree, cii.SPACES), signature)
    if space == cfdi.SPACE and name == cfdi.ROOT:
        return _read_cfdi(root)
    return _read_reported(root, space, name, check_signature=check_signature)


def _read_ubl(root: Element, *, check_signature: bool) -> EDocument:
    declared = {str(told[1]) for _, told in etree.iterwalk(root, events=("start-ns",))}
    tree, signature = _seen(root, check_signature=check_signature)
    tree = flatten(tree, ubl_parts.SPACES)
    if not sunat.is_sunat(tree, declared):
        return ubl.read(tree, signature)
    sunat.check_version(tree)
    if signature != Signature.BROKEN:
        return sunat.read(tree, signature)
    raise Unread(Fault.BROKEN_SIGNATURE, "", _what_it_says(tree))


def _what_it_says(tree: Element) -> EDocument | None:
    """What a document with a broken signature says, for people to see."""
    try:
        return sunat.read(tree, Signature.BROKEN)
    except Unread as unread:
        return unread.document


def _read_cfdi(root: Element) -> EDocument:
    version = (root.get("Version") or "").strip()
    if version != cfdi.VERSION:
        raise Unread(Fault.WRONG_VERSION, version)
    return cfdi.read(flatten(root, cfdi.SPACES), Signature.UNCHECKED)


def _read_reported(root: Element, space: str, name: str, *, check_signature: bool) -> EDocument:
    if name == ksef.ROOT and space in ksef.SPACES:
        tree, signature = _seen(root, check_signature=check_signature)
        return ksef.read(flatten(tree, {space}), signature, ksef.SPACES[space])
    if name == nav.ROOT and space == nav.SPACE:
        tree, signature = _seen(root, check_signature=check_signature)
        return nav.read(flatten(tree, nav.SPACES), signature)
    _refuse_older(root, space, name)
    raise Unread(Fault.WRONG_ROOT, name)


def _refuse_older(root: Element, space: str, name: str) -> None:
    """Name the version of what we know in another one."""
    if name == cfdi.ROOT and space in cfdi.OLDER_SPACES:
        raise Unread(Fault.WRONG_VERSION, root.get("Version") or root.get("version") or "")
    if name == ksef.ROOT and space.startswith(ksef.FAMILY):
        code = root.find(f"{{{space}}}Naglowek/{{{space}}}KodFormularza")
        raise Unread(Fault.WRONG_VERSION, space if code is None else code.get("kodSystemowy") or space)
    if name == nav.ROOT and space.startswith(nav.FAMILY):
        raise Unread(Fault.WRONG_VERSION, space.removeprefix(nav.FAMILY).partition("/")[0])
    if space == OLDER_CII:
        raise Unread(Fault.WRONG_VERSION, space.rpartition(":")[2])


def _seen(root: Element, *, check_signature: bool) -> tuple[Element, Signature]:
    if not check_signature:
        signed = next(root.iter(SIGNATURE), None) is not None
        return root, Signature.UNCHECKED if signed else Signature.UNSIGNED
    return verified(root, issued_on=_issue_date(root))


def _issue_date(root: Element) -> date | None:
    with suppress(Unread):
        return day_of(text_at(root, "{*}IssueDate"))
    return None
