"""`pytest -p tests.plugins.servers` runs the tests on PostgreSQL and a Redis-protocol server.

DATABASE_URL and REDIS_URL, where set, name servers that are there already. xdist's workers inherit both.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator

import pytest

NAMES = ("DATABASE_URL", "REDIS_URL")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Start the servers before anything reads the settings."""
    if not all(os.environ.get(name) for name in NAMES):
        addresses = _start()
        for name in NAMES:
            os.environ.setdefault(name, addresses[name])
    return (yield)


def _start() -> dict[str, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.plugins.server_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C is ours to take; the servers end when our end of stdin closes
    )
    _running.append(process)
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise pytest.UsageError("PostgreSQL and Valkey did not start; what they said stands above.")
    addresses: dict[str, str] = json.loads(line)
    return addresses


_running: list[subprocess.Popen[str]] = []


def pytest_unconfigure() -> None:
    """Stop the servers, and wait until their data are gone."""
    for process in _running:
        process.communicate()
