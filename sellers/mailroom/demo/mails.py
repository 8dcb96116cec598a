"""The mails the demo sends: good ones, and every kind of bad one, each with what to expect of it."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from marketplace.orders.models import Order
from marketplace.parties.models import Market
from sellers.mailroom.demo.orders import serial_of
from sellers.receipts.demo import make_receipt, page_of_text, receipt_name

SENDER, NAME = "lucia@demo.example", "Lucía Quispe"
STRANGER, FORGER = "nobody@stranger.example", "eva@evil.example"
MANY = 5
ORDERS = 3 + MANY
File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail to send, and what becomes of it."""

    title: str
    expect: str
    raw: bytes
    envelope_from: str
    to: str


@dataclass(frozen=True, slots=True)
class Post:
    """Writes mails to a market's mailboxes at one instant."""

    market: Market
    at: datetime

    def write(
        self,
        title: str,
        expect: str,
        files: Sequence[File],
        *,
        sender: str = SENDER,
        envelope_from: str = "",
        to: str = "",
        subject: str = "Comprobantes",
        **headers: str,
    ) -> Sent:
        """A mail with files; headers are named with underlines."""
        to = to or self.market.receipts_email
        message = EmailMessage()
        message["From"] = f"{NAME} <{sender}>"
        message["To"] = to
        message["Date"] = format_datetime(self.at)
        message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
        message["Subject"] = subject
        for name, value in headers.items():
            message[name.replace("_", "-").title()] = value
        message.set_content(f"{title}.\n")
        for name, content in files:
            kind = name.rpartition(".")[2].lower()
            message.add_attachment(content, maintype="application", subtype=kind, filename=name)
        return Sent(title, expect, bytes(message), envelope_from or sender, to)


def mails(market: Market, orders: Sequence[Order], *, at: datetime) -> list[Sent]:
    """The mails about receipts, in the order they are sent."""
    post = Post(market, at)
    first, wrong, lone, *many = orders
    good = post.write("One receipt", "both files registered", pair(first))
    several = [file for order in many for file in pair(order)]
    dear = make_receipt(wrong, serial_of(wrong), total=wrong.total + 100)
    unknown = make_receipt(wrong, serial_of(wrong) + 1, total=99_999_99, reference="PE-NO-SUCH-ORDER")
    return [
        good,
        post.write(f"{MANY} receipts in one mail", "all registered", several),
        Sent("The first mail again", "nothing: the same mail is taken once", good.raw, SENDER, good.to),
        post.write("The first receipt in a new mail", "told as registered before", pair(first)),
        post.write("Only the XML", "refused: its PDF is missing", pair(lone)[:1]),
        post.write("Zipped", "refused: archives are not opened", [("comprobante.zip", _zip(pair(lone)))]),
        post.write("A wrong total", "refused: total differs", _files(wrong, dear)),
        post.write("An unknown order", "refused: order not found", _files(wrong, unknown, 1)),
        post.write("No attachment", "told to attach the files", []),
        *_bad_senders(post, lone),
    ]


def _bad_senders(post: Post, order: Order) -> Iterable[Sent]:
    files = pair(order)
    yield post.write("A stranger", "told that the address may not send", files, sender=STRANGER)
    yield post.write("A forged sender", "in quarantine, not answered", files, envelope_from=FORGER)
    yield post.write(
        "An auto-reply",
        "no answer to a machine",
        [],
        subject="Fuera de oficina",
        auto_submitted="auto-replied",
    )
    yield post.write(
        "An invoice nobody asked for",
        "told what each mailbox is for",
        [("factura.pdf", page_of_text(["Factura 1"]))],
        to=post.market.accounting_email,
        subject="Factura",
    )


def workbook_mail(market: Market, *, sender: str, partner_number: str, book: File, at: datetime) -> Sent:
    """The workbook of an export, to accounting."""
    return Post(market, at).write(
        "A workbook to accounting",
        "handed in to the review of its period",
        [book],
        sender=sender,
        to=market.accounting_email,
        subject=f"Export {partner_number}",
    )


def pair(order: Order) -> list[File]:
    """The XML and the PDF of an order's receipt."""
    return _files(order, make_receipt(order, serial_of(order)))


def _files(order: Order, made: tuple[bytes, bytes], more: int = 0) -> list[File]:
    name = receipt_name(order, serial_of(order) + more)
    return [(f"{name}.xml", made[0]), (f"{name}.pdf", made[1])]


def _zip(files: Sequence[File]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()
