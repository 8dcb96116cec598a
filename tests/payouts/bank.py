"""A bank to test against: mock-bank in a thread of ours, with its own clock."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

from mockbank import Config, make_server

from settlement.payouts.bank_answers.facts import Answer, BankEntry
from settlement.payouts.bank_answers.parsing import parse_answers
from settlement.payouts.pain import Debtor, Transfer, payment_file

MONDAY = date(2026, 11, 23)
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
OURS = {
    "CZK": "CZ6508000000192000145399",
    "EUR": "SK3112000000198742637541",
    "PLN": "PL61109010140000071219812874",
    "HUF": "HU42117730161111101800000000",
    "RON": "RO49AAAA1B31007593840000",
}
THEIRS = {
    "CZK": "CZ9455000000001011038930",
    "EUR": "SK8975000000000012345671",
    "PLN": "PL27114020040000300201355387",
    "HUF": "HU93116000060000000012345676",
    "RON": "RO09BCYP0000001234567890",
}


class Bank:
    """The bank, as its customer meets it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = HTTPConnection(*self._address, timeout=30)
        try:
            connection.request(method, path, body if isinstance(body, bytes) else json.dumps(body))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def open_account(self, iban: str, currency: str, **how: Any) -> None:
        account = {"id": iban, "iban": iban, "currency": currency, "balance": 10**9, **how}
        assert "error" not in self.ask("POST", "/_mock/accounts", account)

    def send(self, content: bytes) -> Any:
        return self.ask("POST", "/payments", content)

    def receive(self, iban: str, amount: int, **how: Any) -> None:
        assert "error" not in self.ask("POST", "/_mock/credits", {"account": iban, "amount": amount, **how})

    def pass_days(self, days: int) -> None:
        self.ask("POST", f"/_mock/advance?days={days}")

    def answers(self, kind: str, iban: str) -> list[Answer]:
        """What lies in the mailbox, read by us; it stays there."""
        letters = self.ask("GET", f"/_mock/mailbox?leave&type={kind}")
        return [
            answer
            for letter in letters
            if letter["account"] == iban
            for answer in parse_answers(letter["body"].encode())
        ]

    def letters(self, kind: str, iban: str) -> list[bytes]:
        letters = self.ask("GET", f"/_mock/mailbox?leave&type={kind}")
        return [letter["body"].encode() for letter in letters if letter["account"] == iban]


@contextmanager
def opened() -> Iterator[Bank]:
    """A bank on the Monday at nine."""
    server = make_server(Config(port=0, quiet=True, clock="2026-11-23T09:00"))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Bank(server.server_address[:2])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def transfer(end_to_end: str, amount: int = 2550_91, currency: str = "CZK", **other: Any) -> Transfer:
    told = {
        "name": "Prodejce s.r.o.",
        "iban": THEIRS[currency],
        "text": "Zápočet 2026-11",
        **other,
    }
    return Transfer(end_to_end=end_to_end, amount_minor=amount, currency=currency, **told)


def written(
    *transfers: Transfer, currency: str = "CZK", message_id: str = "VY-2026-1", **other: Any
) -> bytes:
    told = {
        "debtor": Debtor("Meridián tržiště a.s.", OURS.get(currency, "")),
        "execute_on": TUESDAY,
        "created_at": datetime(2026, 11, 23, 9, 0),
        **other,
    }
    return payment_file(message_id=message_id, transfers=transfers, currency=currency, **told)


def by_reference(answer: Answer) -> dict[str, BankEntry]:
    return {entry.end_to_end: entry for entry in answer.entries}


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "answer.xml"
    path.write_bytes(content)
    return path
