"""Leaves out, visibly, the tests that cannot run here. Where CI is set nothing may be left out."""

import os
import shutil

import pytest
from django.db import connection

NEEDS = {
    "postgres": "they need PostgreSQL: -p tests.plugins.servers",
    "browser": "they need chromium: apt-get install chromium",
}
left_out = pytest.StashKey[dict[str, int]]()


def find_chromium() -> str | None:
    """Return the path of Debian's browser, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what lacks its server or browser."""
    counts = config.stash.setdefault(left_out, {})
    there = {"postgres": connection.vendor == "postgresql", "browser": bool(find_chromium())}
    for marker in NEEDS:
        lacking = [item for item in items if item.get_closest_marker(marker)]
        if lacking and not there[marker]:
            if marker == "browser" and os.environ.get("CI"):
                raise pytest.UsageError("chromium is missing, and CI runs the browser tests")
            counts[marker] = len(lacking)
            config.hook.pytest_deselected(items=lacking)
            items[:] = [item for item in items if item not in lacking]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out, and why."""
    for marker, count in config.stash.get(left_out, {}).items():
        terminalreporter.write_line(f"LEFT OUT: {count} {marker} tests; {NEEDS[marker]}", yellow=True)
