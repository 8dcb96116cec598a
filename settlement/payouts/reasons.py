"""The words for what banks say by codes, and for why a bank file is not written or taken."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from settlement.payouts.refusals import Refusal

REASONS: dict[str, str | Promise] = {
    "AC01": gettext_lazy("The account number is wrong."),
    "AC02": gettext_lazy("The payer's account number is wrong."),
    "AC03": gettext_lazy("The receiver's account number is wrong."),
    "AC04": gettext_lazy("The account is closed."),
    "AC06": gettext_lazy("The account is blocked."),
    "AC13": gettext_lazy("The account is a consumer's, which this kind of payment may not go to."),
    "AG01": gettext_lazy("The account does not take this kind of payment."),
    "AG02": gettext_lazy("The bank does not know this kind of payment."),
    "AM01": gettext_lazy("The amount is zero."),
    "AM02": gettext_lazy("The amount is more than is allowed."),
    "AM03": gettext_lazy("The account does not take this currency."),
    "AM04": gettext_lazy("There was not enough money on the account."),
    "AM05": gettext_lazy("The bank takes it for a payment it already has."),
    "AM09": gettext_lazy("The amount is not the one expected."),
    "AM10": gettext_lazy("The sum of the file does not match its payments."),
    "AM18": gettext_lazy("The number of payments told does not match the file."),
    "BE01": gettext_lazy("The name does not belong to the account."),
    "BE04": gettext_lazy("The receiver's address is missing or wrong."),
    "BE05": gettext_lazy("The bank does not know who sent the file."),
    "CUST": gettext_lazy("The receiver asked for it."),
    "DT01": gettext_lazy("The day of payment is not one the bank takes."),
    "DUPL": gettext_lazy("The bank already has this file."),
    "ED05": gettext_lazy("The banks could not settle it between them."),
    "FF01": gettext_lazy("The bank could not read the file."),
    "FOCR": gettext_lazy("It came back because it was called back."),
    "MD07": gettext_lazy("The receiver has died."),
    "MS02": gettext_lazy("The receiver refused it and gave no reason."),
    "MS03": gettext_lazy("The bank gave no reason."),
    "NARR": gettext_lazy("The bank explains it in its own words."),
    "NOAS": gettext_lazy("The receiver did not answer."),
    "NOOR": gettext_lazy("The bank never had the payment."),
    "RC01": gettext_lazy("The bank's code is wrong, or there is no such bank."),
    "RC04": gettext_lazy("The receiver's bank is not known."),
    "RR01": gettext_lazy("The payer's account or identification is missing."),
    "RR02": gettext_lazy("The payer's name or address is missing."),
    "RR03": gettext_lazy("The receiver's name or address is missing."),
    "RR04": gettext_lazy("The bank refused it for a reason of law."),
    "TM01": gettext_lazy("The file reached the bank too late."),
    "UPAY": gettext_lazy("The payment was not owed."),
}
"""ISO 20022's external reason codes that answers to transfers bear."""


def reason_text(code: str) -> str:
    """The bank's reason as a sentence, for the code as well where we do not know it; "" for no code."""
    if not code:
        return ""
    if code in REASONS:
        return str(REASONS[code])
    return _("The bank's reason is the code %(code)s.") % {"code": code}


def refusal_text(refusal: Refusal) -> str:
    """Why a bank file was not written or not taken, and what to do."""
    return _texts()[refusal.code] % refusal.where


def _texts() -> dict[str, str]:
    return _texts_of_writing() | _texts_of_reading()


def _texts_of_writing() -> dict[str, str]:
    return {
        "no_transfers": _("There is no payment to write into the file."),
        "bad_id": _(
            "“%(end_to_end)s” cannot be a payment's reference: it takes 1 to 35 plain letters, digits and "
            "single slashes."
        ),
        "repeated_id": _("Two payments have the reference %(end_to_end)s."),
        "bad_account": _("Payment %(end_to_end)s: %(account)s cannot be an account number."),
        "bad_payer": _("The payer's own name, account or BIC is missing or wrong: %(value)s"),
        "not_positive": _("Payment %(end_to_end)s: %(amount)s is nothing to pay."),
        "too_much": _("Payment %(end_to_end)s: %(amount)s is more than one transfer may move."),
        "broken_forints": _("Payment %(end_to_end)s: %(amount)s; banks in Hungary move whole forints only."),
        "mixed_currencies": _("Payment %(end_to_end)s is in %(currency)s, the file in another currency."),
        "unknown_currency": _("There is no payment file for %(currency)s; use the table instead."),
        "no_name": _("Payment %(end_to_end)s: the name has no letter that banks pass on."),
        "against_the_schema": _("The file written is not valid, so it was not kept: %(why)s"),
    }


def _texts_of_reading() -> dict[str, str]:
    return {
        "not_a_bank_file": _(
            "This is no file of a bank that we know. Send the statement (camt.053), the notice (camt.054) or "
            "the status report (pain.002) as the bank gave it, in XML."
        ),
        "other_kind": _(
            "This is a bank's message %(kind)s. Send the statement (camt.053), the notice (camt.054) or the "
            "status report (pain.002)."
        ),
        "our_own_file": _("This is an order to the bank, not its answer."),
        "suspicious": _("The file is built as no bank builds it, so it was not opened."),
        "too_big": _("The file is too large to be read. Ask the bank for statements of fewer days."),
        "bad_statement": _(
            "Something in the file cannot be understood (booking no. %(entry)s: “%(value)s”), so nothing of "
            "it was taken. Ask the bank for the file again."
        ),
        "batch_does_not_add": _(
            "Booking no. %(entry)s stands for several payments, but those the file names do not make its "
            "amount, so nothing of it was taken. Ask the bank for the file with all details."
        ),
    }
