"""Reading a workbook as accounting does, by itself."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from settlement.review.reading import Unreadable, read_workbook
from settlement.review.rules import Row


def quiet() -> None:
    """A heartbeat nobody listens to."""


def read(path: Path, **how: Any) -> list[Row]:
    with translation.override("en"):
        return read_workbook(path, quiet, **how)


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        read(path)
    return str(refused.value)
