"""Signing documents with a key for one run, and PDFs that hold things."""

from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner
from signxml.xades.xades import XAdESSigner

from tests.edocuments.builders import UBL

DS = "http://www.w3.org/2000/09/xmldsig#"


@cache
def key_and_certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key for one run of the tests, and its own certificate for the years 2024 to 2027."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throw-away")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
    return key, builder.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())


class _Signer(XMLSigner):
    excise_empty_xmlns_declarations = True

    def check_deprecated_methods(self) -> None:
        """Also as receipts of years past are signed."""


def sign(document: bytes, *, old: bool = False, place: int = 1) -> bytes:
    """The document with an enveloped signature in one of its extensions, the second unless told."""
    key, certificate = key_and_certificate()
    signer = _Signer(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA1 if old else SignatureMethod.RSA_SHA256,
        digest_algorithm="sha1" if old else "sha256",
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    root = etree.fromstring(document)
    signed = signer.sign(root, key=key, cert=[certificate], always_add_key_value=False)
    signature = signed.find(f"{{{DS}}}Signature")
    assert signature is not None
    extensions = root.findall(f".//{{{UBL}CommonExtensionComponents-2}}ExtensionContent")
    signature.tail = None
    extensions[place].append(signature)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def sign_advanced(document: bytes) -> bytes:
    """The document with a signature of XAdES: several references, one of them to the whole."""
    key, certificate = key_and_certificate()
    signer = XAdESSigner(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0)
    signer.excise_empty_xmlns_declarations = True
    root = signer.sign(etree.fromstring(document), key=key, cert=[certificate])
    signature = root.find(f"{{{DS}}}Signature")
    assert signature is not None
    signature.tail = None
    root.findall(f".//{{{UBL}CommonExtensionComponents-2}}ExtensionContent")[1].append(signature)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def pdf(*, javascript: str = "", files: dict[str, bytes] | None = None, password: str = "") -> bytes:
    """A PDF of one empty page."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if javascript:
        writer.add_open_action(JavaScript(javascript))
    for name, content in (files or {}).items():
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()
