"""The names Peru's receipts travel under: ``RUC-TT-SERIE-NUMBER.xml``."""

import re
from dataclasses import dataclass

_NAME = re.compile(
    r"([0-9]{11})-(01|03|07|08)-([A-Z0-9]{4}|[0-9]{1,4})-0*([0-9]{1,8})(?:[ _-]?\([0-9]{1,2}\))?"
    r"(?:\.(?:XML|PDF|ZIP))?"
)


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name says of the receipt within; the serial is without leading zeros."""

    tax_id: str
    type_code: str
    series: str
    serial: str


def read_name(name: str) -> FileName | None:
    """What a file's name says; None where it is not of that form."""
    found = _NAME.fullmatch(re.split(r"[/\\]", name)[-1].strip().upper())
    if found is None or not int(found[4]):
        return None
    return FileName(found[1], found[2], found[3], found[4])
