#!/usr/bin/env bash
# Everything a machine can say about the source without running it. Goes on after a failure, and fails at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export SALDO_LOCAL=1 PATH="$PWD/.venv/bin:$PATH"
failed=()

look() {
  printf '== %s\n' "$1"
  "${@:2}" || failed+=("$1")
}

look "lint" ruff check --quiet .
look "format" ruff format --check --quiet .
look "import contracts" lint-imports --no-logo 
look "system check" python manage.py check --fail-level WARNING
look "migrations" python manage.py makemigrations --check --dry-run
look "translations" python scripts/messages.py --check
look "types" mypy

if [ "${#failed[@]}" -gt 0 ]; then
  printf 'check: failed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
  exit 1
fi
echo "check: all is well"
