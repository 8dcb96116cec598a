"""Whether this machine can draw documents: told when Saldo starts, not when the first seller waits for
one.
"""

import ctypes
from typing import Any

from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning
from django.utils.translation import gettext_lazy as _

LIBRARIES = ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0")


@register()
def check_drawing_libraries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of the libraries PDFs are drawn with, where they are missing."""
    missing = [name for name in LIBRARIES if not _is_there(name)]
    if not missing:
        return []
    text = _("PDFs cannot be drawn: %(names)s missing.") % {"names": ", ".join(missing)}
    return [CheckWarning(text, hint="apt-get install libpango-1.0-0 libpangoft2-1.0-0", id="documents.W001")]


def _is_there(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
