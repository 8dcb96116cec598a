"""``python -m tests.faults.harness``: play rounds of faults, print a table, exit 1 if anything was wrong."""

import argparse
import json
import shutil
import sys
from functools import partial
from pathlib import Path

from tests.faults.harness.guard import guarded


def main() -> int:
    """Read the command line and play, in a child that leaves nothing behind."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how many; the faults take turns")
    parser.add_argument("--short", action="store_true", help="every kind of fault once, in few rounds")
    parser.add_argument("--kills", type=int, default=0, help="go on beyond the rounds until so many kills")
    parser.add_argument("--seed", type=int, default=1, help="of the orders, and of when faults strike")
    parser.add_argument("--only", action="append", help="a fault's name, or part of it; may be repeated")
    parser.add_argument("--requests", type=int, default=0, help="requests of a storm")
    parser.add_argument("--in-flight", type=int, default=0, help="how many of them at once")
    parser.add_argument("--controls", action="store_true", help="also play without guards")
    parser.add_argument("--json", action="store_true", help="print one JSON value at the end")
    parser.add_argument("--logs", type=Path, help="a folder to copy the processes' logs to")
    return guarded(partial(_play, options=parser.parse_args()))


def _play(folder: Path, *, options: argparse.Namespace) -> int:
    from tests.faults.harness.ground import Ground

    ground = Ground.prepare(folder)
    from tests.faults.harness.season import play_season  # it needs Django to be set up

    try:
        findings = play_season(ground, options, tell=partial(print, file=sys.stderr, flush=True))
    finally:
        if options.logs:
            shutil.copytree(folder / "logs", options.logs, dirs_exist_ok=True)
    told = json.dumps(findings.data()) if options.json else "\n".join(findings.lines())
    sys.stdout.write(told + "\n")
    return 0 if findings.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
