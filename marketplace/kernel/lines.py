"""The lines of a file, one at a time, however large it is. Pure: no Django, no clock."""

from collections.abc import Iterator
from typing import IO

BOM = b"\xef\xbb\xbf"


def split_lines(source: IO[bytes], *, longest: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines that say something, with their numbers; None stands for one of more bytes than ``longest``,
    which is never held whole.
    """
    place = 0
    while line := source.readline(longest + 1):
        place += 1
        if len(line) > longest:
            while line and not line.endswith(b"\n"):
                line = source.readline(longest)
            yield place, None
        elif text := line.strip().removeprefix(BOM):
            yield place, text
