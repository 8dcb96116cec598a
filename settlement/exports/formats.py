"""Telling an .xlsx from what is mistaken for one, by its bytes. Pure: no Django, no clock."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

OLD_EXCEL, ENCRYPTED, OPEN_DOCUMENT, BINARY_EXCEL = "old_excel", "encrypted", "open_document", "binary_excel"
TEXT, NO_WORKBOOK = "text", "no_workbook"

_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def mistaken_for(head: bytes) -> str:
    """What a file is that begins like this, if it cannot be an .xlsx; "" if it can."""
    if head.startswith(OLE):
        return ENCRYPTED if _ENCRYPTED_STREAM in head else OLD_EXCEL
    if head.startswith(ZIP):
        return OPEN_DOCUMENT if b"application/vnd.oasis.opendocument" in head[:200] else ""
    return TEXT if _is_text(head) else NO_WORKBOOK


def _is_text(head: bytes) -> bool:
    """Whether it is a CSV, an HTML table with an Excel name, or the like."""
    if not head or b"\x00" in head:
        return False
    printable = sum(byte >= 0x20 or byte in b"\t\r\n" for byte in head)
    return printable == len(head)
