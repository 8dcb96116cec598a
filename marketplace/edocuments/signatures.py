"""Whether a signed document is as it was signed. Who signed is not proven: no certificate is trusted here."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from marketplace.edocuments.facts import Signature
from marketplace.edocuments.xml import Element

SPACE = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE = f"{{{SPACE}}}Signature"
MOST_SIGNATURES = MOST_CERTIFICATES = 4

METHODS = frozenset(method for method in SignatureMethod if "HMAC" not in method.name)
"""Those with a public key, SHA-1 among them: receipts of years past are signed with it."""


class _Verifier(XMLVerifier):
    excise_empty_xmlns_declarations = True
    """As those who sign do; the sums differ otherwise."""


def verified(root: Element, *, issued_on: date | None) -> tuple[Element, Signature]:
    """The tree that was signed and whether it stands; the tree as it came where nothing was signed.

    Where there are several signatures, one that covers the whole document is enough; it may have been
    made before the others were added.
    """
    signatures = list(root.iter(SIGNATURE))
    if not signatures:
        return root, Signature.UNSIGNED
    for place in range(min(len(signatures), MOST_SIGNATURES)):
        for tree in _trees(root, place, several=len(signatures) > 1):
            signed = _signed_tree(tree, place if tree is root else 0, issued_on)
            if signed is not None:
                return signed, Signature.VALID
    return root, Signature.BROKEN


def _trees(root: Element, place: int, *, several: bool) -> Iterator[Element]:
    """The document as it is, and as it was before other signatures were added."""
    yield root
    if several:
        alone = etree.fromstring(etree.tostring(root))
        for index, other in enumerate(list(alone.iter(SIGNATURE))):
            parent = other.getparent()
            if index != place and parent is not None:
                parent.remove(other)
        yield alone


def _signed_tree(root: Element, place: int, issued_on: date | None) -> Element | None:
    signature = list(root.iter(SIGNATURE))[place]
    parent = signature.getparent()
    if parent is None or not _covers(root, signature):
        return None
    for certificate in islice(_certificates(signature), MOST_CERTIFICATES):
        signed = _try(root, parent, certificate, issued_on)
        if signed is not None and signed.tag == root.tag:
            return signed
    return None


def _covers(root: Element, signature: Element) -> bool:
    """Whether the signature is of the whole document, not of a part that it names."""
    own = {root.get(name) for name in ("Id", "ID", "id")} - {None}
    told = [found.get("URI") for found in signature.iterfind(f"{{{SPACE}}}SignedInfo/{{{SPACE}}}Reference")]
    return any(uri == "" or (uri or "#")[1:] in own for uri in told)


def _certificates(signature: Element) -> Iterator[x509.Certificate | None]:
    """The certificates the signature brings along, or None for it to bring a bare key."""
    found = False
    for element in signature.iterfind(f"{{{SPACE}}}KeyInfo/{{{SPACE}}}X509Data/{{{SPACE}}}X509Certificate"):
        found = True
        coded = "".join((element.text or "").split())
        try:
            yield x509.load_pem_x509_certificate(
                f"-----BEGIN CERTIFICATE-----\n{coded}\n-----END CERTIFICATE-----\n".encode()
            )
        except ValueError:
            continue
    if not found:
        yield None


def _try(
    root: Element, parent: Element, certificate: x509.Certificate | None, issued_on: date | None
) -> Element | None:
    path = root.getroottree().getelementpath(parent)
    expected = SignatureConfiguration(
        require_x509=certificate is not None,
        location="./" if path == "." else f"./{path}/",
        expect_references=True,
        signature_methods=METHODS,
        digest_algorithms=frozenset(DigestAlgorithm),
        ignore_ambiguous_key_info=True,
        verification_time=_time_for(certificate, issued_on),
    )
    try:
        results = _Verifier().verify(
            root, x509_cert=certificate, expect_config=expected, validate_schema=False
        )
    except Exception:
        return None
    every = results if isinstance(results, list) else [results]
    return next((tree for result in every if (tree := _tree_of(result)) is not None), None)


def _tree_of(result: VerifyResult) -> Element | None:
    tree = result.signed_xml
    return tree if tree is not None and not str(tree.tag).startswith(f"{{{SPACE}}}") else None


def _time_for(certificate: x509.Certificate | None, issued_on: date | None) -> datetime | None:
    """A moment of the issue date at which the certificate was valid, or else any: its dates are a matter
    of trust.
    """
    if certificate is None:
        return None
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    day = issued_on or first.date()
    return min(max(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), first), last)
