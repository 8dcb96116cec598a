"""The period the benchmarks export: October 2026 in Prague."""

from datetime import UTC, datetime

STARTS_AT = datetime(2026, 9, 30, 22, tzinfo=UTC)
CUTOFF = datetime(2026, 10, 31, 23, tzinfo=UTC)
