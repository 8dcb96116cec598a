"""The day at whose end a balance is wanted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from marketplace.kernel.zones import start_of_day
from sellers.door.entry import SellerRequest
from sellers.portal.listing import DayField


class AsOfForm(forms.Form):
    """The day at whose end the balance is wanted."""

    as_of = DayField(label=gettext_lazy("Balance as of the end of"))


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day in the market, and the instant after it; both None stand for now."""

    form: AsOfForm
    day: date | None
    before: datetime | None


def asked_day(request: SellerRequest) -> AsOf:
    """The day a request asks for; a day to come is today, and none stands for now."""
    form = AsOfForm(request.GET if request.GET.get("as_of") else None)
    wanted: date | None = form.cleaned_data.get("as_of") if form.is_valid() else None
    if wanted is None:
        return AsOf(form, None, None)
    day = min(wanted, timezone.localdate())
    return AsOf(form, day, start_of_day(day + timedelta(days=1), request.seller.market.zone))
