"""Background work of ERP channels."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, Errand, enqueue, enqueue_all, job
from sellers.erp.models import Channel, Kind
from sellers.erp.operations.asking import pick_orders
from sellers.erp.operations.reading import compare_invoices, read_catalogue
from sellers.erp.operations.sending import work
from sellers.erp.queries import channels_with_work, readings_to_go_on

READERS = {Kind.ITEMS: "erp.read_catalogue", Kind.INVOICES: "erp.compare"}


@shared_task(name="erp.watch", ignore_result=True)
def watch() -> None:
    """Take the orders that are to be invoiced by themselves, and wake the channels that have work."""
    now = timezone.now()
    for pk in Channel.objects.connected().filter(automatic=True).order_by("pk").values_list("pk", flat=True):
        pick_orders(channel_id=pk, at=now)
    errands = [
        Errand(f"channel:{pk}", {"channel_id": pk}, seller) for pk, seller in channels_with_work(at=now)
    ]
    with transaction.atomic():
        enqueue_all("erp.work", errands)
        for kind, pk, seller in readings_to_go_on(at=now):
            enqueue(READERS[Kind(kind)], key=f"channel:{pk}", seller_id=seller, channel_id=pk)


@shared_task(name="erp.read", ignore_result=True)
def read() -> None:
    """Read every channel's catalogue anew, and compare its invoices."""
    rows = list(Channel.objects.connected().order_by("pk").values_list("pk", "seller"))
    errands = [Errand(f"channel:{pk}", {"channel_id": pk}, seller) for pk, seller in rows]
    with transaction.atomic():
        enqueue_all("erp.read_catalogue", errands)
        enqueue_all("erp.compare", errands)


@job("erp.work", lease_seconds=120)
def work_for_channel(claimed: Claimed, *, channel_id: int) -> None:
    """Send what is due of a channel to its ERP."""
    work(claimed, channel_id=channel_id, clock=timezone.now)


@job("erp.read_catalogue", lease_seconds=120)
def read_channel(claimed: Claimed, *, channel_id: int) -> None:
    """Read a channel's lists and catalogue."""
    read_catalogue(claimed, channel_id=channel_id, clock=timezone.now)


@job("erp.compare", lease_seconds=120)
def compare(claimed: Claimed, *, channel_id: int) -> None:
    """Compare a channel's invoices with what its ERP has."""
    compare_invoices(claimed, channel_id=channel_id, clock=timezone.now)
