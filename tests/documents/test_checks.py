"""A machine that cannot draw documents says so when Saldo starts."""

import pytest

from settlement.documents import checks


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LIBRARIES", ("libc.so.6", "libnowhere.so.1"))

    (warning,) = checks.check_drawing_libraries(None)

    assert "libnowhere.so.1" in warning.msg
    assert "libc.so.6" not in warning.msg
