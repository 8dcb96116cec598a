"""What is said of vouchers that cannot be read."""

from django.utils.translation import gettext as _

from marketplace.vouchers.parsing import Flaw, Found, Unread


def unread_text(unread: Unread) -> str:
    """Why a line tells no voucher: each key with what is wrong, in one line."""
    return "; ".join(f"{each.key}: {_flaw(each)}" if each.key else _flaw(each) for each in unread.found)


def _flaw(found: Found) -> str:
    told = {"told": found.told}
    return {
        Flaw.NO_OBJECT: _("this line is no JSON object"),
        Flaw.TOO_LONG: _("longer than any voucher"),
        Flaw.MISSING: _("is missing"),
        Flaw.UNKNOWN: _("unknown key"),
        Flaw.BAD_CODE: _("4 to 40 letters, digits, dots, dashes, slashes or underscores are needed"),
        Flaw.BAD_AMOUNT: _("“%(told)s” is no amount such as 5000.00") % told,
        Flaw.NOT_POSITIVE: _("%(told)s is not positive") % told,
        Flaw.BAD_DAY: _("“%(told)s” is no day such as 2027-03-31") % told,
    }[found.flaw]
