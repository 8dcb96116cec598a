"""A channel as its card shows it: whose books, its state, how far its catalogue is read, what waits."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kernel.models import Job
from sellers.erp.choices import country_name
from sellers.erp.models import (
    CatalogueItem,
    Channel,
    ChannelState,
    ErpInvoice,
    ErpState,
    Kind,
    Reading,
)
from sellers.erp.queries import TO_DO
from sellers.portal.columns import Badge
from sellers.portal.paging import capped_count, count_text

TONES = {ChannelState.ON: "ok", ChannelState.REFUSED: "refused", ChannelState.OFF: ""}


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """How far the catalogue is read; ``rests_until`` while the ERP wants to be left alone."""

    is_under_way: bool
    rows: int
    items: int
    finished_at: datetime | None
    rests_until: datetime | None

    @property
    def is_never_read(self) -> bool:
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class Card:
    """A live channel and what one wants to know of it at a glance; the counts are capped."""

    channel: Channel
    reading: ReadingShown
    errors: int
    waiting: int
    done: int

    @property
    def badge(self) -> Badge:
        return Badge(self.channel.get_state_display(), TONES[ChannelState(self.channel.state)])

    @property
    def counts(self) -> dict[str, str]:
        return {name: count_text(getattr(self, name)) for name in ("errors", "waiting", "done")}

    @property
    def is_refused(self) -> bool:
        return self.channel.state == ChannelState.REFUSED

    @property
    def country(self) -> str:
        return country_name(self.channel.country)

    @property
    def other_currency(self) -> bool:
        """Whether its books are kept in another currency than the market's orders."""
        return bool(self.channel.currency) and self.channel.currency != self.channel.seller.market.currency


def card_of(channel: Channel, *, at: datetime) -> Card:
    """The card of a live channel."""
    rows = ErpInvoice.objects.filter(seller=channel.seller_id)
    return Card(
        channel=channel,
        reading=reading_of(channel, at=at),
        errors=capped_count(rows.filter(state=ErpState.FAILED)),
        waiting=capped_count(rows.filter(state__in=TO_DO)),
        done=capped_count(rows.filter(state=ErpState.DONE)),
    )


def reading_of(channel: Channel, *, at: datetime) -> ReadingShown:
    """How far a channel's catalogue is read."""
    reading = Reading.objects.filter(channel=channel, kind=Kind.ITEMS).first()
    asked = Job.objects.unfinished().filter(name="erp.read_catalogue", key=f"channel:{channel.pk}")
    is_begun = reading is not None and reading.finished_at is None
    rests = channel.rests_until if channel.rests_until and channel.rests_until > at else None
    return ReadingShown(
        is_under_way=channel.state == ChannelState.ON and (is_begun or asked.exists()),
        rows=reading.position if reading is not None and is_begun else 0,
        items=CatalogueItem.objects.filter(channel=channel).count(),
        finished_at=reading.finished_at if reading is not None else None,
        rests_until=rests,
    )
