"""Alegra's emulator as a test holds it: a process of its own, and the hand on its controls."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

Json = dict[str, Any]
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Unused: the emulator speaks plain HTTP, and reading certificates for each client takes time."""


@dataclass
class Company:
    """A company in the emulator: its credentials, and what it was made with."""

    emulator: "Emulator"
    email: str
    token: str
    facts: Json = field(default_factory=dict)

    @property
    def client(self) -> httpx.Client:
        """A bare HTTP client that speaks for the company's user."""
        return self.emulator.client(self.email, self.token)

    def id_of(self, kind: str, **wanted: str) -> str:
        """Return the id of what the company was made with: ``id_of("items", reference="ENVIO")``."""
        rows = self.facts[kind]
        return str(next(row["id"] for row in rows if wanted.items() <= row.items()))

    def invoices(self, text: str = "") -> list[Json]:
        """Return the company's invoices as they are kept; with a text, those whose notes hold that word."""
        rows = self.emulator.ask("GET", "/invoices", params={"email": self.email, "text": text})["invoices"]
        return list(rows)

    def store(self) -> Json:
        """Return everything the company has, by kind, as it is kept."""
        return self.emulator.ask("GET", "/store", params={"email": self.email})

    def change_token(self, token: str) -> None:
        """Let another token open the company from now on, and the old one no longer."""
        self.emulator.ask("POST", "/tokens", {"email": self.email, "token": token})
        self.token = token


@dataclass
class Emulator:
    """The emulator's address and its controls."""

    url: str
    control: str
    secret: str
    _clients: list[httpx.Client] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Json | None = None, params: Json | None = None) -> Json:
        """Ask the control address.

        :raises httpx.HTTPStatusError: if it refuses.
        """
        headers = {"X-Control-Token": self.secret}
        with httpx.Client(verify=PLAIN, headers=headers, timeout=30) as client:
            answer = client.request(method, f"{self.control}{path}", json=body, params=params)
        answer.raise_for_status()
        told: Json = answer.json()
        return told

    def reset(self, seed: int = 0) -> None:
        """Forget companies, faults, counts and limits."""
        self.ask("POST", "/reset", {"seed": seed})

    def company(self, country: str = "colombia", **wanted: Any) -> Company:
        """Make a company; see `tools.alegra.seeds.Wanted` for what may be asked for."""
        body = {"email": f"{country}@example.com", "token": "an-api-token", "country": country, **wanted}
        return Company(self, body["email"], body["token"], self.ask("POST", "/accounts", body))

    def fail(self, kind: str, **wanted: Any) -> None:
        """Let a fault wait for its request; see `tools.alegra.faults.Fault`."""
        self.ask("POST", "/faults", {"kind": kind, **wanted})

    def limit(self, limit: int, window: float = 60) -> None:
        """Set the rate limit, and forget what was used of it."""
        self.ask("POST", "/limits", {"limit": limit, "window": window})

    def requests(self) -> dict[str, int]:
        """Return how often what was asked, and answered: ``{"POST /invoices": 2, "status 201": 1, …}``."""
        return self.ask("GET", "/requests")

    def client(self, email: str, token: str) -> httpx.Client:
        """Return a client for a user, closed with the test."""
        client = httpx.Client(base_url=self.url, auth=(email, token), timeout=10, verify=PLAIN)
        self._clients.append(client)
        return client

    def close_clients(self) -> None:
        """Close what `client` opened."""
        while self._clients:
            self._clients.pop().close()


@contextmanager
def run_emulator(*arguments: str) -> Iterator[Emulator]:
    """Run an emulator on a free port; it ends with the block, or with us."""
    command = [sys.executable, "-m", "tools.alegra", "--until-stdin-closes", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        told = json.loads(process.stdout.readline())
        try:
            yield Emulator(told["url"], told["control"], told["token"])
        finally:
            process.stdin.close()
            process.wait(timeout=10)


def body_of(company: Company, **changes: Any) -> Json:
    """An invoice for one service at 100.00 net, to the second client."""
    line = {"id": company.id_of("items", reference="ENVIO"), "price": 100, "quantity": 1, "tax": [{"id": 1}]}
    return {"date": "2026-10-05", "dueDate": "2026-10-05", "client": 2, "items": [line], **changes}


def stamped(company: Company, **changes: Any) -> Json:
    """The same, to be stamped under the electronic numbering."""
    template = company.id_of("number-templates", prefix="FE")
    asked = {"numberTemplate": {"id": template}, "paymentForm": "CASH", "stamp": {"generateStamp": True}}
    return body_of(company, **asked | changes)


def post(company: Company, path: str, body: Json) -> Json:
    """Post a body that must be taken, and return what was made."""
    answer = company.client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    told: Json = answer.json()
    return told
