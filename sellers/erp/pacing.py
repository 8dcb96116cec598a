"""The rate limit of an ERP's user, kept by all workers together in a row."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sellers.erp.models import PaceRow
from sellers.erp.port import ErpError, Fault

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SharedPace:
    """What is left of a user's requests, taken one at a time under the row's lock."""

    key: str
    clock: Clock

    def take(self) -> None:
        """Take one request; what the ERP told last counts until its minute is over.

        :raises ErpError: ``BUSY``, if none is left.
        """
        with transaction.atomic():
            row = self._row()
            now = self.clock()
            if row.remaining is None or row.resets_at is None or row.resets_at <= now:
                return
            if row.remaining <= 0:
                raise ErpError(Fault.BUSY, wait=(row.resets_at - now).total_seconds())
            row.remaining -= 1
            row.save(update_fields=["remaining"])

    def note(self, *, remaining: int, reset_seconds: float) -> None:
        """Note what the ERP says is left; of several answers on the way the least holds."""
        with transaction.atomic():
            row, now = self._row(), self.clock()
            same = row.resets_at is not None and row.resets_at > now and row.remaining is not None
            row.remaining = min(remaining, row.remaining or 0) if same else remaining
            if not same or remaining == 0:
                row.resets_at = now + timedelta(seconds=reset_seconds)
            row.save(update_fields=["remaining", "resets_at"])

    def _row(self) -> PaceRow:
        PaceRow.objects.bulk_create([PaceRow(key=self.key)], ignore_conflicts=True)
        return PaceRow.objects.select_for_update(no_key=True, of=("self",)).get(key=self.key)


def pace_of(*, provider: str, email: str, token: str, clock: Clock) -> SharedPace:
    """The pace of an ERP's user, known by a hash of its credentials: who guesses at another's token uses up
    nothing of the other's.
    """
    key = hashlib.sha256(f"{provider}:{email.strip().lower()}:{token}".encode()).hexdigest()
    return SharedPace(key, clock)
