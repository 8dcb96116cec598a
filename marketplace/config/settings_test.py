"""Settings for tests: the real ones, with cheap passwords, and nothing kept."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("SALDO_LOCAL", "1")
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="saldo-var-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from marketplace.config.settings import *  # noqa: F403
from marketplace.config.settings import DATABASES, REDIS_URL

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATABASES["default"]["CONN_MAX_AGE"] = 0
if "init_command" in DATABASES["default"].get("OPTIONS", {}):
    DATABASES["default"]["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
if not REDIS_URL:
    CELERY_BROKER_URL = "memory://"
