"""The emulator itself: who asks, how often, what goes wrong, and what is answered."""

import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tools.alegra.accounts import Account, Call, account_of
from tools.alegra.faults import AFTER, BEFORE, Fault, Faults
from tools.alegra.limits import Limits
from tools.alegra.routes import BASE, route_of
from tools.alegra.store import Store
from tools.alegra.wire import Answer, Refusal, Request, coded, named, wrapped

PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Outcome:
    """An answer, and the fault its way to the client suffers."""

    answer: Answer
    fault: Fault | None = None


@dataclass
class Emulator:
    """Everything a request meets, in order: credentials, rate limit, faults, the API."""

    store: Store
    clock: Callable[[], float]
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    stopping: threading.Event = field(default_factory=threading.Event)
    seen: Counter[str] = field(default_factory=Counter)

    def answer(self, request: Request) -> Outcome:
        """Answer a request of the API."""
        try:
            with self.store.lock:
                account = account_of(self.store, request)
        except Refusal as refusal:
            return self._counted(request.method, "?", Outcome(refusal.answer))
        passes, headers = self.limits.take(account.email, self.clock())
        path = request.path.removeprefix(BASE) if request.path.startswith(BASE) else "?"
        outcome = self._admitted(request, account, path) if passes else Outcome(_too_many())
        if outcome.fault and outcome.fault.kind == "too_many":
            headers = self.limits.spent(outcome.fault.seconds)
        told = replace(outcome.answer, headers={**headers, **outcome.answer.headers})
        return self._counted(request.method, path, replace(outcome, answer=told))

    def _admitted(self, request: Request, account: Account, path: str) -> Outcome:
        fault = self.faults.strike(request.method, path)
        kind = fault.kind if fault else ""
        if kind in BEFORE:
            return Outcome(_failure(kind), fault)
        if fault and kind == "hang_before":
            self.stopping.wait(fault.seconds)
        answer = self._carried_out(request, account, path, rejected=kind == "rejected")
        if fault and kind == "hang_after":
            self.stopping.wait(fault.seconds)
        if kind == "short" and isinstance(answer.body, list):
            answer = replace(answer, body=answer.body[: len(answer.body) // 2])
        failed = kind in AFTER and kind.endswith("_after") and kind != "hang_after"
        return Outcome(_failure(kind) if failed else answer, fault)

    def _carried_out(self, request: Request, account: Account, path: str, *, rejected: bool) -> Answer:
        at = datetime.fromtimestamp(self.clock(), UTC)
        call = Call(replace(request, path=path), account, self.store, at, rejected)
        try:
            _, run = route_of(request.method, path)
            with self.store.transaction():
                return run(call)
        except Refusal as refusal:
            return refusal.answer
        except (AttributeError, KeyError, TypeError):  # a text where an object belongs, and the like
            traceback.print_exc()
            return wrapped(400, "El cuerpo de la petición no tiene la forma esperada.").answer
        except Exception:
            traceback.print_exc()
            return _failure("error_before")

    def _counted(self, method: str, path: str, outcome: Outcome) -> Outcome:
        try:
            pattern, _ = route_of(method, path)
        except Refusal:
            pattern = "?"
        with self.store.lock:
            self.seen.update({"requests": 1, f"{method} {pattern}": 1, f"status {outcome.answer.status}": 1})
            if outcome.fault:
                self.seen[f"fault {outcome.fault.kind}"] += 1
        return outcome


def _too_many() -> Answer:
    return coded(429, "Has superado el límite de peticiones por minuto.", 429).answer


def _failure(kind: str) -> Answer:
    if kind == "too_many":
        return _too_many()
    if kind.startswith("html"):
        return Answer(502, PAGE)
    return FAILURES.get(kind, coded(500, "Ocurrió un error inesperado.", 500)).answer


FAILURES = {
    "unavailable": coded(503, "El servicio no está disponible en este momento.", 503),
    "bad_request": wrapped(400, "La petición no es válida."),
    "forbidden": named(403, "El usuario no tiene permiso.", 403),
}
