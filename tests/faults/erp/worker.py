"""A worker of ERP channels in a process of its own, until no order is on its way; time is helped along.

``blind`` takes the look-up away: what a predecessor left is sent again as if it had never been sent.
"""

import sys
import time

import django


def main(*, seconds: float, blind: bool) -> int:
    """Work until all orders are done or failed, or the time is up."""
    from sellers.erp.models import ErpInvoice
    from sellers.erp.queries import TO_DO

    if blind:
        _send_blindly()
    stop_at = time.monotonic() + seconds
    while ErpInvoice.objects.filter(state__in=TO_DO).exists():
        if time.monotonic() > stop_at:
            return 1
        _hasten()
        _pass()
        time.sleep(0.02)
    return 0


def _pass() -> None:
    from django.utils import timezone

    from marketplace.kernel import jobs
    from sellers.erp import tasks

    jobs.sweep(at=timezone.now())
    tasks.watch()
    jobs.work_off(seconds=5)


def _hasten() -> None:
    """What waits to be tried again is tried now."""
    from django.utils import timezone

    from marketplace.kernel.models import Job, JobState
    from sellers.erp.models import Channel

    now = timezone.now()
    Job.objects.filter(state=JobState.READY, ready_at__gt=now).update(ready_at=now)
    Channel.objects.filter(rests_until__gt=now).update(rests_until=now)


def _send_blindly() -> None:
    from django.utils import timezone

    from marketplace.kernel.jobs import Claimed
    from sellers.erp.models import Channel, ErpInvoice, ErpState
    from sellers.erp.operations import sending
    from sellers.erp.operations.moving import wait

    def forget(claimed: Claimed, *, channel: Channel, **_more: object) -> None:
        with claimed.effect():
            for row in ErpInvoice.objects.locked().filter(channel=channel, state=ErpState.UNKNOWN):
                wait(row, due_at=timezone.now(), by=None, at=timezone.now())

    vars(sending)["look_up"] = forget


if __name__ == "__main__":
    django.setup()
    sys.exit(main(seconds=float(sys.argv[1]), blind="blind" in sys.argv))
