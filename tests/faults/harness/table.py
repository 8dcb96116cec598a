"""What a run of rounds found, as a table and as plain data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.harness.controls import CONTROLS
from tests.faults.harness.endstate import Facts
from tests.faults.harness.judgement import KINDS, told
from tests.faults.harness.points import find_points
from tests.faults.harness.rounds import Round

HEADS = ("fault", "rounds", "kills", *KINDS, "taken up again", "seconds")


@dataclass
class Findings:
    """All rounds of a run, and what the controls found."""

    rounds: list[Round] = field(default_factory=list)
    controls: dict[str, Round] = field(default_factory=dict)
    reference: Facts = field(default_factory=dict)

    @property
    def kills(self) -> int:
        return sum(each.kills for each in self.rounds)

    @property
    def unreached(self) -> list[str]:
        """Points no process ever came to while they were armed; the workload must lead there."""
        return sorted(set(find_points()).difference(*(each.reached for each in self.rounds)))

    def is_clean(self) -> bool:
        """Whether nothing was wrong but what the controls had to make wrong."""
        seen = all(_saw(name, each) for name, each in self.controls.items())
        return seen and all(each.judgement.clean for each in self.rounds)

    def lines(self) -> list[str]:
        """The table, one line per kind of fault; then what the controls found, and what was not reached."""
        names = list(dict.fromkeys(each.fault for each in self.rounds))
        rows = [_row(name, [each for each in self.rounds if each.fault == name]) for name in names]
        table = _laid_out([HEADS, *rows, _row("all", self.rounds)])
        controls = [line for name, each in self.controls.items() for line in _control(name, each)]
        missing = [f"never reached: {name}" for name in self.unreached]
        return [*table, *controls, *missing]

    def data(self) -> dict[str, Any]:
        return {
            "rounds": [_told(each) for each in self.rounds],
            "controls": {name: _told(each) for name, each in self.controls.items()},
            "unreached": self.unreached,
            "kills": self.kills,
            "reference": self.reference,
        }


def _row(name: str, rounds: Sequence[Round]) -> tuple[str, ...]:
    found = [sum(len(getattr(each.judgement, kind)) for each in rounds) for kind in KINDS]
    counts = [len(rounds), sum(each.kills for each in rounds), *found, sum(each.revived for each in rounds)]
    return name, *map(str, counts), f"{sum(each.seconds for each in rounds):.0f}"


def _laid_out(rows: Sequence[Sequence[str]]) -> list[str]:
    first, *others = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))]
        )
        for row in rows
    ]


def _control(name: str, played: Round) -> Iterable[str]:
    found = {kind: len(rows) for kind, rows in told(played.judgement).items() if rows}
    yield f"control {name}: {found if _saw(name, played) else 'NOT SEEN'}"


def _saw(name: str, played: Round) -> bool:
    return bool(getattr(played.judgement, CONTROLS[name].finds))


def _told(played: Round) -> dict[str, Any]:
    return {
        "fault": played.fault,
        "round": played.number,
        "kills": played.kills,
        "revived": played.revived,
        "reached": sorted(played.reached),
        "seconds": round(played.seconds, 1),
        **told(played.judgement),
    }
