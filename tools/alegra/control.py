"""The control address, /_control: faults, limits, accounts, a look into the store. No part of the API."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.alegra.accounts import EVERYBODY
from tools.alegra.faults import Fault
from tools.alegra.seeds import add_account
from tools.alegra.service import Emulator
from tools.alegra.wire import Answer, Json, Refusal, Request, coded

PREFIX = "/_control"


@dataclass(frozen=True)
class Control:
    """What tests and people do to the emulator behind its clients' backs; the token opens it."""

    emulator: Emulator
    token: str

    def answer(self, request: Request) -> Answer:
        """Do what is asked; without the token the address does not exist."""
        given = request.headers.get("X-Control-Token", "")
        route = self._routes().get((request.method, request.path.removeprefix(PREFIX).rstrip("/")))
        if route is None or not hmac.compare_digest(given.encode(), self.token.encode()):
            return coded(404, "El recurso solicitado no existe.", 404).answer
        try:
            return Answer(200, route(request))
        except Refusal as refusal:
            return refusal.answer
        except (KeyError, TypeError, ValueError) as error:
            return Answer(400, {"error": f"{type(error).__name__}: {error}"})

    def _routes(self) -> dict[tuple[str, str], Callable[[Request], Any]]:
        return {
            ("GET", ""): self._show,
            ("POST", "/reset"): self._reset,
            ("POST", "/accounts"): self._add_account,
            ("POST", "/tokens"): self._change_token,
            ("POST", "/limits"): self._change_limits,
            ("GET", "/faults"): lambda _: self.emulator.faults.waiting(),
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): self._clear_faults,
            ("GET", "/requests"): self._requests,
            ("DELETE", "/requests"): self._forget_requests,
            ("GET", "/store"): self._store,
            ("GET", "/invoices"): self._invoices,
        }

    def _show(self, request: Request) -> Json:
        with self.emulator.store.lock:
            users = self.emulator.store.select(EVERYBODY, "users")
        faults = self.emulator.faults.waiting()
        return {
            "accounts": [user["id"] for user in users],
            "faults": faults,
            "requests": self._requests(request),
        }

    def _reset(self, request: Request) -> Json:
        """Begin anew: no accounts, no faults, no counts."""
        with self.emulator.store.transaction():
            self.emulator.store.clear()
            self.emulator.seen.clear()
        self.emulator.faults.clear(int(request.json().get("seed", 0)))
        self.emulator.limits.change(limit=150, window=60.0)
        return {}

    def _add_account(self, request: Request) -> Json:
        with self.emulator.store.transaction():
            return add_account(self.emulator.store, request.json())

    def _change_token(self, request: Request) -> Json:
        body = request.json()
        with self.emulator.store.transaction():
            user = self.emulator.store.find(EVERYBODY, "users", body["email"])
            if user is None:
                raise KeyError(body["email"])
            self.emulator.store.update(EVERYBODY, "users", {**user, "token": str(body["token"])})
        return {}

    def _change_limits(self, request: Request) -> Json:
        body = request.json()
        self.emulator.limits.change(limit=int(body["limit"]), window=float(body.get("window", 60)))
        return {}

    def _add_fault(self, request: Request) -> Json:
        body = request.json()
        for name in ("probability", "seconds"):
            if name in body:
                body[name] = float(body[name])
        self.emulator.faults.add(Fault(**body))
        return {}

    def _clear_faults(self, _request: Request) -> Json:
        self.emulator.faults.clear()
        return {}

    def _requests(self, _request: Request) -> Json:
        with self.emulator.store.lock:
            return dict(self.emulator.seen)

    def _forget_requests(self, _request: Request) -> Json:
        with self.emulator.store.lock:
            self.emulator.seen.clear()
        return {}

    def _store(self, request: Request) -> Json:
        """Return all of an account's documents, by kind, as they are kept."""
        store = self.emulator.store
        with store.lock:
            account = self._account(request)
            return {kind: store.select(account, kind) for kind in store.kinds(account)}

    def _invoices(self, request: Request) -> Json:
        """Return an account's invoices; with `text`, those whose notes hold it as a word of its own."""
        store = self.emulator.store
        with store.lock:
            rows = store.select(self._account(request), "invoices")
        wanted = request.query.get("text", "")
        word = re.compile(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])")
        rows = [row for row in rows if word.search(row["observations"]) or word.search(row["anotation"])]
        return {"count": len(rows), "invoices": rows}

    def _account(self, request: Request) -> str:
        user = self.emulator.store.find(EVERYBODY, "users", request.query["email"])
        if user is None:
            raise KeyError(request.query["email"])
        return str(user["account"])
