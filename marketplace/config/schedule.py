"""What beat starts, and how often. A beat that is lost or doubled costs time, never money."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "drain ready jobs": {"task": "kernel.drain", "schedule": 10.0},
    "sweep up lost jobs": {"task": "kernel.sweep", "schedule": 30.0},
}
