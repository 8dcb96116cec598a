"""What the gateway answers, and where it lists orders."""

from typing import Any

LIST = "/api/v1/orders/"


def error(answer: Any, status: int) -> dict[str, str]:
    """What a refusal says."""
    assert answer.status_code == status, answer.content
    told: dict[str, str] = answer.json()["error"]
    assert set(told) == {"code", "message"}
    return told
