"""What billing refuses, why, and what to do next, in the active language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from settlement.billing.rules.recipients import Problem
from settlement.billing.rules.splitting import CannotReplace, Misfit


class Refused(Exception):
    """Billing refused something; the text says what, why, and what to do next."""


class NoDeposits(Refused):
    """The market takes no deposits."""


class OtherPayment(Refused):
    """The same payment or service was told before, with other content."""


class SentBefore(Refused):
    """The same form was sent before with something else in it."""


class NotInvoiceable(Refused):
    """The deposits ticked cannot be invoiced together, or not at all."""


class BadRecipient(Refused):
    """The recipient's data are no ones to make an invoice out to; ``problems`` says why, by field."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__(
            _("The invoice cannot be made out to this recipient: %(problems)s")
            % {"problems": " ".join(f"{FIELDS[name]}: {PROBLEMS[each]}" for name, each in problems.items())}
        )
        self.problems = dict(problems)


class Used(Refused):
    """A deposit or a fee is in use and cannot be taken back."""


class NotChangeable(Refused):
    """The invoice cannot be changed, or not so."""


class Runaway(Refused):
    """An automatic invoice would be far out of proportion."""


FIELDS: Mapping[str, object] = {
    "name": gettext_lazy("Name"),
    "tax_id": gettext_lazy("Tax id"),
    "street": gettext_lazy("Street"),
    "city": gettext_lazy("City"),
    "zip": gettext_lazy("Postal code"),
    "email": gettext_lazy("E-mail"),
    "regime": gettext_lazy("Tax regime"),
    "use": gettext_lazy("Use of the invoice"),
}

PROBLEMS: Mapping[Problem, object] = {
    Problem.MISSING: gettext_lazy("Fill this in."),
    Problem.TOO_LONG: gettext_lazy("This is too long."),
    Problem.NO_TAX_ID: gettext_lazy("This is no tax id of your country; check its digits."),
    Problem.NO_EMAIL: gettext_lazy("This is no e-mail address."),
    Problem.NO_ZIP: gettext_lazy("This is no postal code of your country."),
    Problem.NO_CODE: gettext_lazy("Choose one of the list."),
}

MISFITS: Mapping[Misfit, object] = {
    Misfit.NOTHING: gettext_lazy("Nothing is to replace the invoice; cancel it instead."),
    Misfit.ONE_ONLY: gettext_lazy("A split makes at least two invoices; put something on a second one."),
    Misfit.TOO_MANY: gettext_lazy("An invoice is split into 50 at most."),
    Misfit.EMPTY: gettext_lazy("An invoice would be empty; put something on it, or remove it."),
    Misfit.UNKNOWN_LINE: gettext_lazy("There is no line %(line)s on the invoice."),
    Misfit.NOT_POSITIVE: gettext_lazy("The parts of line %(line)s must be more than nothing."),
    Misfit.LINE_DIFFERS: gettext_lazy(
        "The parts of line %(line)s do not add up to it. Each line, or each part of it, belongs on exactly"
        " one invoice."
    ),
    Misfit.TWICE_ON_ONE: gettext_lazy("A line stands twice on the same invoice; add its parts up."),
}


def misfit_text(refusal: CannotReplace) -> str:
    """Why what is wanted cannot replace the invoice, in words."""
    return str(MISFITS[refusal.misfit]) % {"line": refusal.line}


def invoiced_text(references: Iterable[str]) -> str:
    """That deposits were invoiced meanwhile, by name."""
    names = list(references)
    shown = ", ".join(names[:5]) + ("…" if len(names) > 5 else "")
    return ngettext(
        "%(count)s of the deposits is on an invoice already: %(names)s. Untick it and go on with the rest.",
        "%(count)s of the deposits are on an invoice already: %(names)s. Untick them and go on with the"
        " rest.",
        len(names),
    ) % {"names": shown, "count": len(names)}
