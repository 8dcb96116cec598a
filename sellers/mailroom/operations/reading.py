"""Reading a mail that came in: its parts kept, its sender proven, its way found."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from marketplace.kernel.files import clean_name, draft_folder, path_of, store_path
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.models import OutgoingMail
from sellers.mailroom.models import Authentication, Mail, MailPart, Silence, State, Why
from sellers.mailroom.operations.ending import step
from sellers.mailroom.operations.sharing import market_meant
from sellers.mailroom.operations.sorting import send_on
from sellers.mailroom.parsing.apart import read_apart
from sellers.mailroom.parsing.wire import Part, Seen
from sellers.mailroom.queries import answers_our_answer
from sellers.mailroom.rules.addresses import domain_of
from sellers.mailroom.rules.authentication import Circumstances, Judgement, judge
from sellers.mailroom.rules.automatic import is_automatic
from sellers.mailroom.rules.routing import references_in

AT_ONCE = 25
LOCAL_PEERS = ("127.0.0.1", "::1", "")


def read_mail(claimed: Claimed, *, mail_id: int, at: datetime) -> None:
    """Read a mail and send it on its way; parts an attempt that died has kept are not kept twice."""
    mail = Mail.objects.select_related("raw").get(pk=mail_id)
    if mail.state != State.RECEIVED:
        return
    with draft_folder() as folder:
        seen = read_apart(path_of(mail.raw), Path(folder), heartbeat=claimed.heartbeat)
        _keep_parts(claimed, mail, seen, Path(folder), at)
        meant = market_meant(mail, seen, Path(folder), heartbeat=claimed.heartbeat)
    with claimed.effect():
        _take_on(mail_id, seen, meant, at)


def _keep_parts(claimed: Claimed, mail: Mail, seen: Seen, folder: Path, at: datetime) -> None:
    kept = set(mail.parts.values_list("position", flat=True))
    left = [(place, part) for place, part in enumerate(seen.parts, start=1) if place not in kept]
    for start in range(0, len(left), AT_ONCE):
        with claimed.effect():
            for place, part in left[start : start + AT_ONCE]:
                _keep(mail, place, part, folder, at)
        claimed.progress(len(kept) + start + AT_ONCE, len(seen.parts))


def _keep(mail: Mail, place: int, part: Part, folder: Path, at: datetime) -> None:
    name = clean_name(part.name)
    file = store_path(name=name, content_type="application/octet-stream", path=folder / part.path, at=at)
    MailPart.objects.create(mail=mail, position=place, name=name, kind=part.kind, size=part.size, file=file)


def _take_on(mail_id: int, seen: Seen, meant: int | None, at: datetime) -> None:
    """Write down what the mail says, and decide where it goes."""
    mail = Mail.objects.locked().get(pk=mail_id)
    if mail.state != State.RECEIVED:
        return
    fault = Why.TOO_LARGE if mail.cut and not seen.fault else seen.fault
    if not fault and len(seen.senders) != 1:
        fault = Why.FROM_UNCLEAR
    sender = seen.senders[0] if len(seen.senders) == 1 else ""
    judgement = _judge(mail, seen, sender)
    for name, value in _facts(mail, seen, sender, judgement).items():
        setattr(mail, name, value)
    if fault:
        _refuse(mail, fault, at)
    elif judgement.verdict != Authentication.PASS:
        _hold_back(mail, seen, judgement, at)
    else:
        send_on(mail, kinds=[part.kind for part in seen.parts], at=at, meant=meant)


def _facts(mail: Mail, seen: Seen, sender: str, judgement: Judgement) -> dict[str, Any]:
    return {
        "message_id": seen.message_id[:250],
        "sender": sender,
        "sender_name": seen.sender_name[:120],
        "subject": seen.subject[:200],
        "reference": _reference(seen),
        "authentication": judgement.verdict,
        "proof": judgement.by[:200],
        "automatic": is_automatic(
            seen.headers,
            sender=sender,
            envelope_from=_envelope_from(mail, seen),
            content_type=seen.content_type,
        )
        or (not seen.parts and not seen.fault and answers_our_answer(seen.answers)),
    }


def _envelope_from(mail: Mail, seen: Seen) -> str | None:
    """The envelope's sender; of a mail that came without its envelope, as delivery wrote it down."""
    if mail.origin == "smtp":
        return mail.envelope_from
    written = next(iter(seen.headers.get("return-path", ())), None)
    return None if written is None else written.strip().removeprefix("<").removesuffix(">").strip()


def _judge(mail: Mail, seen: Seen, sender: str) -> Judgement:
    if mail.released_at is not None:
        return Judgement(Authentication.PASS, "released by staff")
    return judge(
        seen.authentication,
        domain_of(sender),
        Circumstances(
            origin=mail.origin,
            envelope_from=mail.envelope_from,
            peer_is_local=mail.origin == "smtp" and mail.peer in LOCAL_PEERS,
            authserv_id=settings.MAIL_AUTHSERV_ID,
            at_home=settings.LOCAL,
        ),
    )


def _reference(seen: Seen) -> str:
    """The document a mail names: in its subject, in the letter of ours it answers, in its text."""
    subjects = OutgoingMail.objects.filter(message_id__in=seen.answers).order_by("-pk")
    texts = [seen.subject, *subjects.values_list("subject", flat=True)[:5], *seen.named]
    return next(iter(references_in(*texts)), "")


def _refuse(mail: Mail, fault: str, at: datetime) -> None:
    """End a mail that cannot be read; its sender is told if it is proven who that is. What its reader died of
    staff hear of in any case.
    """
    if mail.authentication == Authentication.PASS and mail.sender and mail.market_id:
        send_on(mail, kinds=(), at=at, fault=fault)
        return
    if fault == Why.UNREADABLE and mail.released_at is None and not mail.automatic:
        step(mail, State.QUARANTINED, at=at, also={"why": fault})
        return
    step(mail, State.REFUSED, at=at, also={"why": fault, "silence": Silence.NOT_PROVEN})


def _hold_back(mail: Mail, seen: Seen, judgement: Judgement, at: datetime) -> None:
    """Put a mail nobody vouches for in quarantine; an automatic one without files just ends."""
    if mail.automatic and not seen.parts:
        step(mail, State.DONE, at=at, also={"why": Why.NO_ATTACHMENT, "silence": Silence.AUTOMATIC})
        return
    forged = judgement.verdict == Authentication.FAIL
    step(mail, State.QUARANTINED, at=at, also={"why": Why.FORGED if forged else Why.NOT_PROVEN})
