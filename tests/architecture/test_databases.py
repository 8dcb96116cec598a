"""Each test starts from the migrated database, whatever the one before it committed."""

import threading

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from marketplace.users.models import User


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next(turn: int) -> None:
    User.objects.create_user(f"ana{turn}@shop.example")

    assert User.objects.count() == 1
    assert Permission.objects.exists(), "what migrations put in is still there"


@pytest.mark.django_db(transaction=True)
def test_another_thread_sees_what_is_committed() -> None:
    User.objects.create_user("ana@shop.example")
    seen: list[int] = []

    def look() -> None:
        seen.append(User.objects.count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [1]


@pytest.mark.django_db
def test_sqlite_runs_as_in_production() -> None:
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "recursive_triggers")
        ]

    assert found == ["wal", 1, 1]
