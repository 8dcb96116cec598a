"""Faults on demand: what goes wrong, on which requests, how often."""

import random
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase

from tools.alegra.wire import Json

BEFORE = frozenset({"refused", "error_before", "unavailable", "too_many", "html", "bad_request", "forbidden"})
"""Nothing is done."""
AFTER = frozenset(
    {"lost", "error_after", "html_after", "wrong_json", "truncated", "drip", "hang_after", "short"}
)
"""The request is carried out; its answer goes wrong."""
KINDS = BEFORE | AFTER | {"hang_before", "rejected"}
"""`hang_before` carries the request out late, even if the client has gone; `rejected` the authority does."""


@dataclass(frozen=True)
class Fault:
    """One fault: it strikes matching requests, `times` times (None = for ever), after letting `skip` pass."""

    kind: str
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seconds: float = 5.0

    def fits(self, method: str, path: str) -> bool:
        """Return whether it may strike a request; paths are matched like file names."""
        return fnmatchcase(method, self.method.upper()) and fnmatchcase(path, self.path)


@dataclass
class Faults:
    """The faults that wait for their requests, the oldest first."""

    _waiting: list[Fault] = field(default_factory=list)
    _dice: random.Random = field(default_factory=lambda: random.Random(0))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """Let a fault wait.

        :raises ValueError: if it is of no known kind, or its numbers make no sense.
        """
        if fault.kind not in KINDS:
            raise ValueError(f"no such fault: {fault.kind}; there are {', '.join(sorted(KINDS))}")
        if not 0 < fault.probability <= 1 or fault.seconds < 0 or (fault.times or 1) < 1 or fault.skip < 0:
            raise ValueError(
                "probability is 0 to 1, seconds and skip are 0 or more, times is 1 or more or null"
            )
        with self._lock:
            self._waiting.append(fault)

    def clear(self, seed: int | None = None) -> None:
        """Forget all faults; with a seed, begin the dice anew."""
        with self._lock:
            self._waiting.clear()
            if seed is not None:
                self._dice.seed(seed)

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the first fault that strikes a request, and count it off."""
        with self._lock:
            for place, fault in self._fitting(method, path):
                if fault.skip:
                    self._waiting[place] = replace(fault, skip=fault.skip - 1)
                elif fault.probability == 1 or self._dice.random() < fault.probability:
                    self._count_off(place, fault)
                    return fault
        return None

    def waiting(self) -> list[Json]:
        """Return what still waits, for people to see."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def _fitting(self, method: str, path: str) -> Iterator[tuple[int, Fault]]:
        return ((place, fault) for place, fault in enumerate(list(self._waiting)) if fault.fits(method, path))

    def _count_off(self, place: int, fault: Fault) -> None:
        if fault.times == 1:
            del self._waiting[place]
        elif fault.times:
            self._waiting[place] = replace(fault, times=fault.times - 1)
