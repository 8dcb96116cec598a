"""What a server needs to be safe, asked of the settings a server gets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "marketplace.config.settings",
    "ALLOWED_HOSTS": "saldo.example",
    "SECRET_KEY": "not the one of any server, yet as long and as various: 0123456789",
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
}


def in_production(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "SALDO_LOCAL"}
    environment = {**kept, **PRODUCTION, "VAR_DIR": str(folder), **changes}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_djangos_deployment_checks_have_nothing_to_say(tmp_path: Path) -> None:
    answer = in_production(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "ALLOWED_HOSTS"])
def test_a_server_without_its_secrets_refuses_to_start(tmp_path: Path, name: str) -> None:
    answer = in_production(tmp_path, "-c", "import marketplace.config.wsgi", **{name: ""})

    assert answer.returncode != 0
    assert name in answer.stderr


def test_every_static_file_that_is_referred_to_exists(tmp_path: Path) -> None:
    answer = in_production(tmp_path, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")

    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_pages_allow_no_script_or_style_but_our_files(client: Client) -> None:
    policy = client.get("/account/login/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("lock", ["app", "dev", "uv"])
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()

    packages = re.findall(r"^\w.*", text, re.MULTILINE)
    assert packages
    assert len(re.findall(r"^\S+==\S+.* \\\n    --hash", text, re.MULTILINE)) == len(packages)
    assert "://" not in text
