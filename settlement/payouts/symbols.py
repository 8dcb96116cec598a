"""What a payer gives so that his payment is known: the symbol, and codes a bank's app reads. Pure: no Django.

There is none for Slovakia (PAY by square is compressed by rules its owner licenses), Slovenia (its apps read
their own slip's code), Hungary (its code expires and needs the bank's BIC) and where no standard is known: a
code that an app cannot read is worse than the account number.
"""

import io
import re

import segno
from stdnum import luhn

from marketplace.kernel.money import decimal_text
from settlement.payouts.latin import latin

LAST_SEQUENCE = 999_999_999
_MOST_CZECH, _MOST_POLISH, _MOST_EURO = 9_999_999_99, 9_999_99, 999_999_999_99
"""Ten signs, six digits of groszy, and the scheme's own bound."""
_OWN_CODES = frozenset({"SK", "SI"})
_SYMBOL = re.compile(r"[0-9]{1,10}")


def variable_symbol(sequence: int) -> str:
    """The number a payer is asked to give: the sequence and a digit that tells slips of the pen.

    :raises ValueError: if it would not fit the ten digits banks carry.
    """
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise ValueError(f"{sequence} makes no variable symbol")
    return f"{sequence}{luhn.calc_check_digit(str(sequence))}"


def payment_qr(
    *, country: str, iban: str, amount_minor: int, currency: str, symbol: str, name: str, message: str
) -> str | None:
    """What a payment's code says by the country's standard; None where it has none, or none for so much.

    :raises ValueError: if the symbol is no variable symbol, or the amount is none to pay.
    """
    if not _SYMBOL.fullmatch(symbol) or amount_minor <= 0:
        raise ValueError(f"{symbol!r} or {amount_minor} cannot be asked for")
    account = "".join(iban.split()).upper()
    if (country, currency) == ("CZ", "CZK") and amount_minor <= _MOST_CZECH:
        return _czech(account, amount_minor, symbol, name, message)
    if (country, currency) == ("PL", "PLN") and amount_minor <= _MOST_POLISH and account.startswith("PL"):
        return _polish(account, amount_minor, symbol, name, message)
    if currency == "EUR" and country not in _OWN_CODES and amount_minor <= _MOST_EURO:
        return _euro(account, amount_minor, symbol, name, message)
    return None


def qr_svg(text: str, title: str = "") -> str:
    """A code as inline SVG, dark on its own light ground, without styles a strict policy would refuse.

    Its size is the stylesheet's (class ``qr``). Level M is what the European standard asks for.
    """
    out = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False, encoding="utf-8").save(
        out,
        kind="svg",
        xmldecl=False,
        nl=False,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        dark="#000",
        light="#fff",
        title=title or None,
    )
    return out.getvalue().decode()


def _czech(account: str, amount_minor: int, symbol: str, name: str, message: str) -> str:
    """SPAYD 1.0; an asterisk would end a field, and ``latin`` lets none through."""
    fields = {
        "ACC": account,
        "AM": decimal_text(amount_minor),
        "CC": "CZK",
        "RN": latin(name, 35),
        "X-VS": symbol,
        "MSG": latin(message, 60),
    }
    return "*".join(["SPD", "1.0", *(f"{key}:{value}" for key, value in fields.items() if value)])


def _polish(account: str, amount_minor: int, symbol: str, name: str, message: str) -> str:
    """The banks' association's two-dimensional code: nine fields, the first and the last three left out."""
    title = latin(f"VS {symbol} {message}", 32)
    return "|".join(["", "PL", account[2:], f"{amount_minor:06d}", latin(name, 20), title, "", "", ""])


def _euro(account: str, amount_minor: int, symbol: str, name: str, message: str) -> str:
    """EPC069-12, version 2: without a BIC, purpose and structured reference."""
    amount = f"EUR{decimal_text(amount_minor)}"
    text = latin(f"VS {symbol} {message}", 140)
    return "\n".join(["BCD", "002", "1", "SCT", "", latin(name, 70), account, amount, "", "", text])
