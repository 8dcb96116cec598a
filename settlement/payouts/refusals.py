"""Why a bank file cannot be written or read, by name. Pure: no Django, no clock.

``settlement.payouts.reasons`` has the words.
"""

from typing import ClassVar


class Refusal(ValueError):
    """A bank file is not written, or not taken: the kind says why, ``where`` says where in it."""

    code: ClassVar[str]

    def __init__(self, **where: str | int) -> None:
        super().__init__(self.code, where)
        self.where = where


class Unwritable(Refusal):
    """A payment file cannot carry what it was to carry; ``where`` names the transfer by ``end_to_end``."""


class NoTransfers(Unwritable):
    """There is nothing to write."""

    code = "no_transfers"


class BadId(Unwritable):
    """A message id or an end-to-end id is empty, too long or of other than plain letters."""

    code = "bad_id"


class RepeatedId(Unwritable):
    """Two transfers have one end-to-end id; the bank's answer would tell nothing."""

    code = "repeated_id"


class BadAccount(Unwritable):
    """An account number cannot be right."""

    code = "bad_account"


class BadPayer(Unwritable):
    """Our own name, account or bank's code cannot be written."""

    code = "bad_payer"


class NotPositive(Unwritable):
    """An amount is zero or less."""

    code = "not_positive"


class TooMuch(Unwritable):
    """An amount is beyond what one transfer may move."""

    code = "too_much"


class BrokenForints(Unwritable):
    """An amount in forints has a fraction, which Hungary's clearing does not move."""

    code = "broken_forints"


class MixedCurrencies(Unwritable):
    """A transfer is in another currency than the file."""

    code = "mixed_currencies"


class UnknownCurrency(Unwritable):
    """We know no payment file for this currency."""

    code = "unknown_currency"


class NoName(Unwritable):
    """A name is empty, or has no letter a bank would pass on."""

    code = "no_name"


class AgainstTheSchema(Unwritable):
    """The file written is not valid; that is our fault, and it is not sent."""

    code = "against_the_schema"


class Unreadable(Refusal):
    """A file is no bank's answer that we take."""


class NotABankFile(Unreadable):
    """The file is no XML of a bank."""

    code = "not_a_bank_file"


class OtherKind(Unreadable):
    """The file is a bank's, but neither a statement, a notice nor a status report; ``kind`` names it."""

    code = "other_kind"


class OurOwnFile(Unreadable):
    """The file is an order to the bank, not its answer."""

    code = "our_own_file"


class Suspicious(Unreadable):
    """The XML is built as no bank builds it: a DOCTYPE, or nested too deeply."""

    code = "suspicious"


class TooBig(Unreadable):
    """The file is too large to be read."""

    code = "too_big"


class BadStatement(Unreadable):
    """A value is missing or cannot be understood; ``entry`` is its number, ``value`` what stands there."""

    code = "bad_statement"


class BatchDoesNotAdd(Unreadable):
    """The single payments of a collective booking do not make its amount; ``entry`` is its number."""

    code = "batch_does_not_add"
