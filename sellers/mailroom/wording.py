"""The words of the mailroom: what became of a mail and of each attachment, and what to do next."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.edocuments.facts import Fault
from marketplace.kernel.days import span_text
from marketplace.parties.models import Market
from sellers.mailroom.models import Mail, MailPart, Outcome, Route, State, Why
from sellers.mailroom.queries import files_in
from sellers.mailroom.rules.limits import MOST_BYTES, MOST_DEPTH, MOST_PARTS
from sellers.receipts.models import Outcome as ReceiptOutcome
from sellers.receipts.models import ReceivedFile
from sellers.receipts.models.bundles import GOOD, QUIET
from sellers.receipts.wording import reason_text as receipt_text
from settlement.exports.wording import refusal_text
from settlement.invoices.wording import fault_text
from settlement.review.models import State as Review

WELL: tuple[str, ...] = (*GOOD, Outcome.HANDED_IN, Outcome.INVOICE_TAKEN)
QUIETLY: tuple[str, ...] = (*QUIET, *WELL, Outcome.TO_A_PERSON, Outcome.IGNORED, Outcome.RECEIPT)
"""Outcomes after which the sender has nothing to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one attachment, or of a mail as a whole, which then has no name."""

    name: str
    outcome: str
    label: str
    reason: str
    order: str | None = None

    @property
    def is_well(self) -> bool:
        return self.outcome in WELL

    @property
    def is_quiet(self) -> bool:
        return self.outcome in QUIETLY


def told_of(mail: Mail) -> list[Told]:
    """What became of each attachment of a mail; one line of the mail itself where none tells."""
    if mail.bundle_id is not None:
        return [_of_file(row) for row in files_in(mail)]
    parts = list(mail.parts.order_by("position"))
    if mail.state == State.QUARANTINED:
        label, reason = str(State.QUARANTINED.label), why_text(mail)
        return [Told(name, "quarantined", label, reason) for name in [part.name for part in parts] or [""]]
    if parts and mail.state != State.REFUSED:
        return [_of_part(part, mail) for part in parts]
    return [Told("", mail.why, str(Why(mail.why).label), why_text(mail))] if mail.why else []


def _of_file(row: ReceivedFile) -> Told:
    order = row.receipt.order if row.receipt else row.order
    if not row.outcome:
        return Told(row.name, "", _("Being read"), "")
    label = ReceiptOutcome(row.outcome).label
    return Told(row.name, row.outcome, str(label), receipt_text(row), order.number if order else None)


def _of_part(part: MailPart, mail: Mail) -> Told:
    if not part.outcome:
        return Told(part.name, "", _("Being read"), "")
    unread = part.outcome == Outcome.HANDED_IN and _is_unreadable(mail)
    outcome = Outcome.NOT_USABLE if unread else Outcome(part.outcome)
    return Told(part.name, outcome, str(outcome.label), part_text(part, mail))


def _is_unreadable(mail: Mail) -> bool:
    """Whether accounting's reader could make nothing of the workbook it was handed."""
    return mail.submission is not None and mail.submission.state == Review.UNREADABLE


def part_text(part: MailPart, mail: Mail) -> str:
    """Why an attachment has its outcome, and what to do about it, in the active language."""
    if part.outcome == Outcome.HANDED_IN:
        return _handed_in(part, mail)
    if part.outcome == Outcome.NOT_USABLE:
        return refusal_text(part.told.get("code", "damaged"))
    if part.outcome == Outcome.INVOICE_UNREAD:
        return fault_text(Fault(part.told["fault"]), part.told.get("detail", ""))
    if part.outcome in _of_invoices():
        told = {"number": "–", "reference": "–"} | part.told
        return "\n  ".join([_of_invoices()[part.outcome] % told, *part.told.get("lines", ())])
    return _of_parts().get(part.outcome, "")


def _of_invoices() -> dict[str, str]:
    return {
        Outcome.INVOICE_TAKEN: _(
            "Invoice %(number)s answers document %(reference)s; accounting books it next."
        ),
        Outcome.DIFFERS: _("Invoice %(number)s does not equal document %(reference)s; nothing was kept."),
        Outcome.NOT_AWAITED: _("Document %(reference)s awaits no invoice, or has one already."),
        Outcome.NUMBER_TAKEN: _(
            "You handed in another invoice under number %(number)s; each needs its own number."
        ),
        Outcome.NO_DOCUMENT: _("You have no document %(reference)s. Name its reference as it stands on it."),
    }


def _handed_in(part: MailPart, mail: Mail) -> str:
    first_on, last_on = (date.fromisoformat(part.told[name]) for name in ("first_on", "last_on"))
    told = {"days": span_text(first_on, last_on, language=get_language() or "en")}
    if mail.submission is not None and _is_unreadable(mail):
        return _("The workbook for %(days)s could not be read: %(note)s") % {
            **told,
            "note": mail.submission.note,
        }
    return _("Accounting has the workbook for %(days)s. The portal tells how far it is.") % told


def _of_parts() -> dict[str, str]:
    return {
        Outcome.NO_PERIOD: _(
            "It names no period of yours that is over, or none is over that was not sent. Name the period's "
            "first and last day in the subject, or hand the workbook in in the portal."
        ),
        Outcome.TO_A_PERSON: _(
            "A colleague looks at it. It is quicker in the portal, where you can hand it in yourself."
        ),
        Outcome.ACTIVE_PDF: _(
            "The PDF holds programs or files, or is locked, and is kept in quarantine. Send a plain PDF."
        ),
        Outcome.SENDER_NOT_TIED: _stranger(),
        Outcome.SELLER_UNCLEAR: _unclear(),
        Outcome.NO_ROUTE: _("It is not clear what it is for, so nothing was done with it."),
        Outcome.IGNORED: _("It is not needed here, so nothing was done with it."),
    }


def _stranger() -> str:
    return _(
        "Your address may not send for this seller. Write from the address of a login, or have a login add "
        "yours in the portal under Settings."
    )


def _unclear() -> str:
    return _("You may send for several sellers. Put the partner number of the right one in the subject.")


def why_text(mail: Mail) -> str:
    """Why a mail as a whole did not take its way, and what to do, in the active language."""
    told = {"size": MOST_BYTES >> 20, "parts": MOST_PARTS, "depth": MOST_DEPTH}
    texts = _of_mails() if mail.why in _of_mails() else _of_senders()
    return texts.get(mail.why, "") % told


def _of_mails() -> dict[str, str]:
    return {
        Why.TOO_LARGE: _("The mail is larger than %(size)s MB. Spread the files over several mails."),
        Why.TOO_MANY_PARTS: _("The mail has more than %(parts)s parts. Spread the files over several mails."),
        Why.TOO_DEEP: _("Mails are packed in mails, deeper than %(depth)s. Attach the files themselves."),
        Why.BAD_HEADERS: _("Its headers are more, or longer, than a mail's are. Write a fresh mail."),
        Why.UNREADABLE: _("The mail could not be read. Write a fresh mail with the files attached."),
        Why.NO_ATTACHMENT: _("The mail has no attachment. Attach the XML and the PDF of the receipt."),
        Why.NO_ROUTE: _("It is not clear what the mail is for, so nothing was done with it."),
        Why.SELLER_UNCLEAR: _unclear(),
    }


def _of_senders() -> dict[str, str]:
    return {
        Why.FROM_UNCLEAR: _("It must be from exactly one sender."),
        Why.NOT_PROVEN: _("Nothing proves that the mail is from its sender."),
        Why.FORGED: _("The mail is not from the sender it names."),
        Why.SENDER_NOT_TIED: _stranger(),
        Why.DISCARDED: _("It was discarded by staff."),
    }


def answer_subject(mail: Mail) -> str:
    """The subject of a mail's answer."""
    subject = mail.subject.strip()
    if not subject:
        return _("Your mail to %(mailbox)s") % {"mailbox": mail.mailbox}
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def answer_body(mail: Mail, market: Market) -> str:
    """The text of a mail's answer: what is to do first, then what went well."""
    told = told_of(mail)
    paragraphs = [_("Hello,"), _summary(mail, told)]
    paragraphs += [_line(each) for each in told if not each.is_quiet]
    paragraphs += [_line(each) for each in told if each.is_quiet]
    if mail.route == Route.NONE or mail.why == Why.SENDER_NOT_TIED:
        paragraphs.append(_mailboxes(market))
    if any(not each.is_quiet for each in told) and mail.route == Route.RECEIPTS:
        paragraphs.append(_("Send only what was not taken again; the same receipt twice changes nothing."))
    paragraphs.append(
        _("This answer was written by a machine. Questions: %(support)s") % {"support": market.support_email}
    )
    return "\n\n".join([*paragraphs, market.name]) + "\n"


def _summary(mail: Mail, told: list[Told]) -> str:
    well = sum(each.is_well for each in told)
    to_do = sum(not each.is_quiet for each in told)
    if mail.route == Route.NONE or not any(each.name for each in told):
        return _("we read your mail to %(mailbox)s.") % {"mailbox": mail.mailbox}
    count = ngettext(
        "we read your mail with %(count)s file.", "we read your mail with %(count)s files.", len(told)
    ) % {"count": len(told)}
    counts = _("Taken: %(well)s. Not taken: %(to_do)s.") % {"well": well, "to_do": to_do}
    return f"{count} {counts}"


def _line(told: Told) -> str:
    head = f"{told.name}: {told.label}" if told.name else told.label
    return f"{head}\n  {told.reason}" if told.reason else head


def _mailboxes(market: Market) -> str:
    """What each mailbox of a market is for."""
    return "\n".join(
        (
            _("What our mailboxes are for:"),
            _("%(address)s: receipts to customers, XML and PDF together, not zipped.")
            % {"address": market.receipts_email},
            _(
                "%(address)s: the workbook of an export for invoicing, with your partner number in the "
                "subject; your invoice, in answer to the mail with its document."
            )
            % {"address": market.accounting_email},
            _("%(address)s: everything else.") % {"address": market.support_email},
        )
    )
