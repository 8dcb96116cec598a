"""What Saldo takes from the environment, turned into the shapes Django and Celery want."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))  # what this machine makes and keeps
ASSETS_DIR = BASE_DIR / "var" / "assets"  # made by scripts/build_assets.py

env = environ.Env()

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON",
}


def folder(name: str) -> Path:
    """Return a folder under var/, made if need be."""
    path = VAR_DIR / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def database() -> dict[str, Any]:
    """Return the database DATABASE_URL names: SQLite under var/ unless told otherwise."""
    config: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'saldo.sqlite3'}")
    if config["ENGINE"].endswith("sqlite3"):
        Path(config["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        return {**config, "OPTIONS": dict(SQLITE_OPTIONS)}
    return {**config, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def cache(redis_url: str) -> dict[str, Any]:
    """Return a cache every process shares; rate limits count in it."""
    if redis_url:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}


def broker(redis_url: str) -> str:
    """Return Celery's spelling of the broker's address; without Redis the broker is a folder."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")
    return redis_url or "filesystem://localhost"


def broker_options(redis_url: str) -> dict[str, Any]:
    """Return what the transport needs; an unacknowledged message comes back after half an hour."""
    if redis_url:
        # Whoever wakes a worker does not wait for a broker that is away: the next beat wakes it too.
        hasty = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
        return {"visibility_timeout": 4000, "socket_connect_timeout": 2, "socket_timeout": 10, **hasty}
    messages = str(folder("broker/messages"))
    return {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(folder("broker/control")),
        "polling_interval": 0.1,
    }


def mail(default: str) -> dict[str, Any]:
    """Return the mail settings of EMAIL_URL.

    `anymail+postmark://?server_token=…` sends through a provider; the other schemes are django-environ's.
    """
    url = os.environ.get("EMAIL_URL") or default
    scheme, _, provider = urlsplit(url).scheme.partition("+")
    if scheme != "anymail":
        return dict(env.email_url_config(url))
    options = {f"{provider}_{key}".upper(): value for key, value in parse_qsl(urlsplit(url).query)}
    return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "ANYMAIL": options}


def secret(name: str, make: Callable[[], str]) -> str:
    """Return a secret from the environment, or else this machine's own, made once under var/."""
    return os.environ.get(name) or _kept(VAR_DIR / name.lower(), make)


def make_field_key() -> str:
    """Return a new key for encrypted fields."""
    return Fernet.generate_key().decode()


def make_secret_key() -> str:
    """Return a new key for signatures."""
    return secrets.token_urlsafe(60)


def require(*names: str) -> None:
    """Refuse to serve strangers without the settings that make it safe.

    :raises ImproperlyConfigured: if one is missing, unless SALDO_LOCAL is set.
    """
    if not env.bool("SALDO_LOCAL", default=False):
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            raise ImproperlyConfigured(f"Set {', '.join(missing)} in the environment.")


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # readable by its owner alone
            draft.write(make())
            draft.flush()
            with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
                os.link(draft.name, path)
    return path.read_text().strip()
