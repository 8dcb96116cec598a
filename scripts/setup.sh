#!/usr/bin/env bash
# Make this checkout ready to run (`setup.sh run`) or to test (`setup.sh test`). Safe to repeat; a second when ready.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose="${1:-run}"
case "$purpose" in
  run) lock=requirements/app.txt ;;
  test) lock=requirements/dev.txt ;;
  *) echo "usage: scripts/setup.sh [run|test]" >&2; exit 2 ;;
esac
packages=(python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
say() { printf 'setup: %s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

# Install Debian packages, or say which are missing.
install_packages() {
  if ! may_install; then
    say "missing: please run  sudo apt-get install --no-install-recommends $*"
    return 1
  fi
  say "installing $*"
  as_root apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "$@" >&2
}

# The first Python of 3.11 to 3.14 that can make a virtual environment.
find_python() {
  local python
  for python in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
    if [ -n "$python" ] && "$python" - 2>/dev/null <<'PY'
import ensurepip, sys, venv
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PY
    then
      "$python" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}

# WeasyPrint draws PDFs with these.
has_libraries() {
  "$1" - 2>/dev/null <<'PY'
import ctypes
for name in ("gobject-2.0.so.0", "pango-1.0.so.0", "pangoft2-1.0.so.0", "harfbuzz.so.0", "harfbuzz-subset.so.0",
             "fontconfig.so.1"):
    ctypes.CDLL(f"lib{name}")
PY
}

ensure_system() {
  python="$(find_python)" || { install_packages python3 "${packages[@]}"; python="$(find_python)"; }
  has_libraries "$python" || install_packages "${packages[@]}"
  has_libraries "$python" || { say "pango or harfbuzz-subset still cannot be loaded"; return 1; }
}

ensure_browser() {
  if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then return; fi
  install_packages chromium || say "without chromium the browser tests are left out"
}

# Install exactly what the lock says; uv is quick, pip is the way back.
sync_packages() {
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt ||
    say "uv itself could not be installed"
  if .venv/bin/uv pip sync -q --system-certs --require-hashes --python .venv/bin/python "$lock"; then return; fi
  say "uv could not install them; going on with pip"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
}

# What .venv must hold, in one line.
fingerprint() {
  cat requirements/uv.txt "$lock" | sha256sum | cut -d' ' -f1
}

is_current() {
  [ -x .venv/bin/python ] && [ "$(cat .venv/.stamp 2>/dev/null)" = "$(fingerprint)" ]
}

make_environment() {
  ensure_system
  say "installing the packages of $lock with $("$python" --version)"
  rm -f .venv/.stamp
  .venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
  sync_packages
  fingerprint >.venv/.stamp
}

compile_messages() {
  local source target
  for source in locale/*/LC_MESSAGES/*.po; do
    target="${source%.po}.mo"
    if [ "$source" -nt "$target" ]; then .venv/bin/pybabel -q compile -i "$source" -o "$target"; fi
  done
}

# One at a time, should two be started at once.
mkdir -p var/assets
exec 9>var/setup.lock
flock 9

# What a developer's environment holds besides does no harm to running.
if [ "$purpose" = run ] && lock=requirements/dev.txt && ! is_current; then lock=requirements/app.txt; fi
if ! is_current; then make_environment; fi
if [ "$purpose" = test ]; then ensure_browser; fi
compile_messages
.venv/bin/python scripts/build_assets.py
