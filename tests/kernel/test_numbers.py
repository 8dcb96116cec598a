"""Numbers have neither gaps nor twins."""

from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.db.models import Max

from marketplace.kernel.models import NumberSeries
from marketplace.kernel.numbers import take_numbers
from marketplace.parties.models import Market
from tests.cast import make_market


def test_numbers_follow_one_another_in_each_series(market: Market) -> None:
    taken = [
        list(take_numbers(market_id=market.pk, kind="document", year=2026, count=count))
        for count in (1, 3, 1)
    ]

    assert taken == [[1], [2, 3, 4], [5]]
    assert list(take_numbers(market_id=market.pk, kind="document", year=2027)) == [1]


@pytest.mark.django_db(transaction=True)
def test_a_number_taken_by_what_failed_was_never_given() -> None:
    market = make_market()
    with pytest.raises(RuntimeError), transaction.atomic():
        take_numbers(market_id=market.pk, kind="document", year=2026)
        raise RuntimeError

    with transaction.atomic():
        assert list(take_numbers(market_id=market.pk, kind="document", year=2026)) == [1]


def race(take: object, count: int = 16) -> list[int]:
    taken: list[int] = []
    barrier = Barrier(count)

    def run() -> None:
        barrier.wait()
        with transaction.atomic():
            taken.append(take())  # type: ignore[operator]
        connections.close_all()

    threads = [Thread(target=run) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(taken)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sixteen_that_take_at_once_get_sixteen_numbers() -> None:
    market = make_market()

    taken = race(lambda: take_numbers(market_id=market.pk, kind="document", year=2026)[0])

    assert taken == list(range(1, 17))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_highest_number_plus_one_would_make_twins() -> None:
    """The control: what is usually done instead of a counter row."""
    from time import sleep

    make_market()

    def highest_plus_one() -> int:
        last = NumberSeries.objects.aggregate(last=Max("last"))["last"] or 0
        sleep(0.05)
        return int(last) + 1

    assert len(set(race(highest_plus_one))) < 16
