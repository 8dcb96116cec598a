"""What is done in a round, and what was promised of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """How a round's workload differs from the usual one."""

    ticks: int = 24
    orders: int = 12
    """Per seller; 0 leaves out everything about orders."""
    copies: int = 1
    """How often each file, each job and each settlement is sent, all at once."""
    shuffled: bool = False
    """Later events come before earlier ones."""
    scheduled: bool = False
    """Periods are settled by the schedule rather than by hand."""
    requests: int = 0
    in_flight: int = 20
    by_message: bool = False
    settles: bool = True


@dataclass
class Promises:
    """What was acknowledged."""

    orders: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    exports: set[int] = field(default_factory=set)
    submissions: set[int] = field(default_factory=set)
    documents: dict[str, int] = field(default_factory=dict)
    """Reference, and how many orders it was told to hold."""
    papers: set[str] = field(default_factory=set)
    """What people saw booked, agreed and paid."""
    ticks: set[str] = field(default_factory=set)
