#!/usr/bin/env bash
# Run the tests: `test.sh [all|sqlite|postgres|browser] [pytest's arguments]`.
# All means three runs in turn: on SQLite; on PostgreSQL and a Redis-protocol server; browsers and faults, one by one.
set -uo pipefail
cd "$(dirname "$0")/.."

which="${1:-all}"
[ "$#" -gt 0 ] && shift
ran=0
failed=0

run() {
  printf '\n== tests: %s\n' "$1"
  .venv/bin/python -m pytest "${@:2}"
  case "$?" in
    0) ran=1 ;;
    5) echo "(nothing selected)" ;;
    *) ran=1 failed=1 ;;
  esac
}

on_sqlite() { run "SQLite" -n 2 -m "not postgres and not browser and not faults" "$@"; }
on_postgres() { run "PostgreSQL" -p tests.plugins.servers -n 2 -m "not browser and not faults" "$@"; }
in_browser() { run "browser and faults" -p tests.plugins.servers -m "browser or faults" "$@"; }

case "$which" in
  all) on_sqlite "$@"; on_postgres "$@"; in_browser "$@" ;;
  sqlite) on_sqlite "$@" ;;
  postgres) on_postgres "$@" ;;
  browser) in_browser "$@" ;;
  *) echo "usage: scripts/test.sh [all|sqlite|postgres|browser] [pytest's arguments]" >&2; exit 2 ;;
esac

if [ "$ran" = 0 ]; then echo "no test was selected" >&2; exit 5; fi
exit "$failed"
