"""Named points of the source: found by reading it, armed by a file, each file the end of one process.

The processes under fault reach a point by :func:`reach`, which stands in for the product's own
``fault_point``: that one kills at every passage, this one once per file, whichever process takes it.
"""

import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from marketplace.kernel import faults

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("marketplace", "settlement", "sellers")
PLACE = "SALDO_FAULTS_ARMS"
ELSEWHERE = ("api.", "erp.")
"""Points no process of the harness comes to: it has no sellers' systems to speak to. Tests of their own
kill at these (``tests/api``).
"""
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


def find_points() -> list[str]:
    """Every point the source names and the workload leads to, in order."""
    sources = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    named = {name for text in sources for name in re.findall(r"fault_point\(\s*[\"']([^\"']+)", text)}
    return sorted(name for name in named if not name.startswith(ELSEWHERE))


@dataclass(frozen=True)
class Taken:
    """A file that a process took, and what became of the process."""

    deed: str
    point: str
    pid: int


class Arms:
    """The folder of armed points, as the harness sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def arm(self, deed: str, point: str) -> None:
        """Let the next process that reaches a point be killed there, or stopped."""
        self.count += 1
        (self.folder / f"{deed}~{point}~{self.count}").touch()

    def taken(self) -> list[Taken]:
        """What was taken since the last clearing, oldest first."""
        names = sorted(
            (path.name.split("~") for path in self.folder.glob("taken~*")), key=lambda it: int(it[3])
        )
        return [Taken(deed, point, int(pid)) for _, deed, point, _, pid in names]

    def waiting(self) -> set[str]:
        """The points that are armed and were not reached yet."""
        return {path.name.split("~")[1] for path in self._armed()}

    def disarm(self) -> None:
        """Let every process pass from now on."""
        for path in self._armed():
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything."""
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)

    def _armed(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if not path.name.startswith("taken~")]


def install() -> None:
    """Have this process's points obey the folder; to be called before anything imports them."""
    faults.fault_point = reach


def reach(name: str) -> None:
    """Die or stop here, if the point is armed and no other process was first."""
    if PLACE not in os.environ:
        return  # the harness itself
    folder = Path(os.environ[PLACE])
    for armed in sorted(folder.glob(f"*~{name}~*")):
        if armed.name.startswith("taken~"):
            continue
        try:
            armed.rename(folder / f"taken~{armed.name}~{os.getpid()}")
        except FileNotFoundError:
            continue
        os.kill(os.getpid(), SIGNALS[armed.name.split("~")[0]])
