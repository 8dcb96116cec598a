"""How a channel writes orders in the ERP, and which go by themselves: as steps, and as settings."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sellers.erp.models import Channel, OrderGroup
from sellers.erp.operations.connecting import automate_channel, configure_channel
from sellers.erp.readiness import readiness_of
from sellers.erp.refusals import Refused
from sellers.portal.erp.automation_form import AutomationForm
from sellers.portal.erp.card import reading_of
from sellers.portal.erp.configuration_form import ITEMS, ConfigurationForm
from sellers.portal.erp.entry import ACTORS, READERS, ChannelRequest, channel_view, may_act
from sellers.portal.erp.items import suggested_items
from sellers.portal.erp.wizard import AUTOMATION, CONFIGURATION, framed


@require_GET
@channel_view(READERS)
def configuration(request: ChannelRequest, wizard: bool = False) -> HttpResponse:
    """How an order becomes an invoice."""
    return _configuration_page(request, ConfigurationForm(channel=request.channel), wizard)


@require_POST
@channel_view(ACTORS)
def configure(request: ChannelRequest, wizard: bool = False) -> HttpResponse:
    """Keep how an order becomes an invoice."""
    form = ConfigurationForm(request.POST, channel=request.channel)
    if form.is_valid():
        told = form.cleaned_data
        try:
            configure_channel(channel_id=request.channel.pk, told=told, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The configuration is kept."))
            return redirect("portal:erp_connect_automation" if wizard else "portal:erp_configuration")
    return _configuration_page(request, form, wizard, status=422)


@require_GET
@channel_view(READERS)
def item_choices(request: ChannelRequest) -> HttpResponse:
    """The items of the catalogue that what is being typed fits."""
    text = next((request.GET[name] for name in ITEMS if name in request.GET), "")
    return render(
        request,
        "portal/erp/parts/item_options.html",
        {"suggested": suggested_items(request.channel, text)},
    )


@require_GET
@channel_view(READERS)
def automation(request: ChannelRequest, wizard: bool = False) -> HttpResponse:
    """Which orders are invoiced by themselves, and as what."""
    return _automation_page(request, AutomationForm(channel=request.channel), wizard)


@require_POST
@channel_view(ACTORS)
def automate(request: ChannelRequest, wizard: bool = False) -> HttpResponse:
    """Keep which orders are invoiced by themselves, and switch that on or off."""
    form = AutomationForm(request.POST, channel=request.channel)
    if form.is_valid():
        try:
            channel = automate_channel(
                channel_id=request.channel.pk,
                automatic=form.cleaned_data["automatic"],
                told=form.told(),
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, channel)
            return redirect("portal:erp_channels" if wizard else "portal:erp_automation")
    return _automation_page(request, form, wizard, status=422)


def takes_cancelled(groups: list[str]) -> bool:
    """Whether cancelled orders are among those of these statuses; none chosen are all."""
    return not groups or OrderGroup.CANCELLED in groups


def _tell(request: ChannelRequest, channel: Channel) -> None:
    if not channel.automatic:
        text = _("Kept. Nothing is invoiced by itself; orders are invoiced by a click.")
        messages.success(request, text)
        return
    text = _("Automatic invoicing is on: %(channel)s takes the orders placed from now on.")
    messages.success(request, text % {"channel": channel})
    if takes_cancelled(channel.order_groups):
        messages.warning(request, _("Cancelled orders are invoiced too, as you chose."))


def _configuration_page(
    request: ChannelRequest, form: ConfigurationForm, wizard: bool, status: int = 200
) -> HttpResponse:
    suggested = {name: suggested_items(request.channel, form[name].value() or "") for name in ITEMS}
    first = suggested_items(request.channel, "") if not all(suggested.values()) else []
    told = framed(CONFIGURATION, request.channel, wizard=wizard) | {
        "form": form,
        "reading": reading_of(request.channel, at=timezone.now()),
        "suggested": {name: found or first for name, found in suggested.items()},
        "may_act": may_act(request),
    }
    return render(request, "portal/erp/configuration.html", told, status=status)


def _automation_page(
    request: ChannelRequest, form: AutomationForm, wizard: bool, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    told: dict[str, Any] = framed(AUTOMATION, request.channel, wizard=wizard) | {
        "form": form,
        "reading": reading_of(request.channel, at=now),
        "ready": readiness_of(request.channel, at=now),
        "may_act": may_act(request),
    }
    return render(request, "portal/erp/automation.html", told, status=status)
