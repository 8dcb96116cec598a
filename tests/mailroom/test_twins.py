"""One mail handed over by two servers at once is one mail."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.kernel.models import Job
from sellers.mailroom.models import Mail, Origin
from sellers.mailroom.operations.receiving import receive_mail
from tests.mailroom.telling import letter
from tests.receipts.telling import factura

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lucia")]


def test_twins_at_once_are_one_mail_with_one_job() -> None:
    raw = letter(*factura(order="1001"))
    start, taken, failed = threading.Barrier(4), [], []

    def hand_over() -> None:
        try:
            start.wait()
            taken.append(receive_mail(raw, origin=Origin.COMMAND, at=timezone.now()).pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_over) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(set(taken)) == Mail.objects.count() == 1
    assert Job.objects.filter(name="mailroom.read").count() == 1
