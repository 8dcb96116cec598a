"""The rate limit: so many requests a minute for each user, told in the headers of every answer."""

import math
import threading
from dataclasses import dataclass, field


@dataclass
class Limits:
    """Windows that open with a user's first request and last `window` seconds."""

    limit: int = 150
    window: float = 60.0
    _open: dict[str, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, user: str, at: float) -> tuple[bool, dict[str, str]]:
        """Count a request; return whether it may pass, and the headers that tell what is left."""
        with self._lock:
            since, used = self._open.get(user, (at, 0))
            if at - since >= self.window:
                since, used = at, 0
            passes = used < self.limit
            used += passes
            self._open[user] = (since, used)
        return passes, self._headers(self.limit - used, since + self.window - at)

    def change(self, *, limit: int, window: float) -> None:
        """Set another limit, and forget what was used."""
        with self._lock:
            self.limit, self.window = limit, window
            self._open.clear()

    def spent(self, seconds: float) -> dict[str, str]:
        """Return the headers of a user whose limit is used up, as a fault pretends."""
        return self._headers(0, seconds)

    def _headers(self, left: int, seconds: float) -> dict[str, str]:
        return {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(left),
            "X-Rate-Limit-Reset": str(max(math.ceil(seconds), 1)),
        }
