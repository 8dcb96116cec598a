#!/usr/bin/env bash
# Resolve requirements/*.in into locks with hashes, the same for every machine and naming no registry.
set -euo pipefail
cd "$(dirname "$0")/../requirements"

lock() {
  ../.venv/bin/uv pip compile -q --system-certs --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --no-emit-index-url --upgrade -o "$1.txt" "$1.in" >/dev/null
}

lock uv
lock app
lock dev
