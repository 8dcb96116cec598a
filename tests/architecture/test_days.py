"""A day is a market's: whoever asks for today without saying where is wrong for some hours of each night."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = re.compile(r"localdate\(\)|now\(\)\.date\(\)|date\.today\(\)")


def test_no_test_asks_for_today_without_saying_where() -> None:
    told = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]

    assert len(told) > 100
    assert [str(path.relative_to(ROOT)) for path in told if NOWHERE.search(path.read_text())] == []
