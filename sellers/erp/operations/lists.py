"""Reading a long list page by page: who is stopped, or killed, goes on from the last page that was kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from marketplace.kernel.faults import fault_point
from marketplace.kernel.jobs import Claimed
from sellers.erp.models import Channel, Kind, Reading
from sellers.erp.port import Page, Pages

Row = TypeVar("Row")

OVERLAP = 30
"""Who goes on reads so many rows once more: some that stood before may be gone since."""


HOLDS = timedelta(hours=6)
"""How long one that was stopped goes on: later so many rows may be gone that what is looked for stands before
the place where it stopped."""


def begin_reading(claimed: Claimed, channel: Channel, kind: Kind, *, at: datetime) -> Reading:
    """The list's reading that is under way, or a new one from the start."""
    with claimed.effect():
        reading, _created = Reading.objects.get_or_create(
            channel=channel, kind=kind, defaults={"began_at": at}
        )
        if reading.finished_at is not None or reading.began_at < at - HOLDS:
            reading.began_at, reading.finished_at = at, None
            reading.position = 0
            reading.save()
    return reading


def read_on(
    claimed: Claimed,
    reading: Reading,
    ask: Callable[[int], Pages[Row]],
    keep: Callable[[Page[Row]], None],
    *,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Read a list on from where its reading stands, each page kept together with how far that is."""
    if until():
        return
    for page in ask(max(0, reading.position - OVERLAP)):
        with claimed.effect():
            keep(page)
            reading.position = page.end
            reading.save()
        fault_point("erp.after_page")
        claimed.progress(page.end, 0)
        if until():
            return


def finish_reading(reading: Reading, *, at: datetime) -> None:
    """Note that a list was read to its end."""
    reading.finished_at = at
    reading.save(update_fields=["finished_at"])
