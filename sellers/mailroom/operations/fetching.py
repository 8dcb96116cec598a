"""Taking in what is new in a mailbox: kept here first, then marked there, so a crash repeats harmlessly."""

from collections.abc import Callable
from datetime import datetime

from sellers.mailroom.gateway import Folder, open_folder, read_address
from sellers.mailroom.models import Mail, Origin
from sellers.mailroom.operations.receiving import receive_mail
from sellers.mailroom.rules.limits import MOST_BYTES


def fetch_mails(
    *, url: str, clock: Callable[[], datetime], heartbeat: Callable[[], None] = lambda: None
) -> list[Mail]:
    """Take in the mails of a mailbox nobody has taken yet, oldest first.

    :raises BadAddress: if the address names no mailbox.
    :raises OSError: if the mailbox does not answer.
    """
    taken = []
    with open_folder(read_address(url)) as folder:
        for uid in folder.unseen():
            mail = _take(folder, uid, clock())
            folder.mark_done(uid)
            taken += [mail] if mail else []
            heartbeat()
    return taken


def _take(folder: Folder, uid: str, at: datetime) -> Mail | None:
    """One mail; of one too large only its head, so that its sender can be told."""
    cut = folder.size(uid) > MOST_BYTES
    content = folder.content(uid, head=cut)
    return receive_mail(content, origin=Origin.IMAP, at=at, cut=cut) if content else None
