"""Writing a zip as a stream, in constant memory and readable by every spreadsheet. Pure: no Django, no clock.

Each part is deflated as it comes. Its sizes, known only at its end, are then put into its header, which is
why the target must be seekable: sizes that follow the data, and 64-bit sizes, stop some readers.
"""

import struct
from datetime import datetime
from typing import IO

try:
    from isal import isal_zlib as deflate
except ImportError:  # no wheel for this machine: the standard library is slower, and as right
    import zlib as deflate  # type: ignore[no-redef]

LIMIT = 0xFFFF_FFFF
"""The largest part, and the largest archive, that 32 bits describe."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_DEFLATED, _NEEDS = 8, 20


class TooLarge(Exception):
    """A part or the archive would pass four gigabytes."""


class Part:
    """A part being written: any number of ``write``, then ``finish``, before the next begins."""

    def __init__(self, out: IO[bytes], name: str, stamp: tuple[int, int]) -> None:
        self._out, self._stamp, self._name, self._offset = out, stamp, name.encode("ascii"), out.tell()
        self._pack = deflate.compressobj(1, _DEFLATED, -15)
        self._crc = self._packed = self._size = 0
        out.write(bytes(_LOCAL.size) + self._name)

    def write(self, chunk: bytes) -> None:
        """Add bytes.

        :raises TooLarge: if there are too many.
        """
        self._crc = deflate.crc32(chunk, self._crc)
        self._size += len(chunk)
        self._put(self._pack.compress(chunk))

    def finish(self) -> None:
        """End the part, and go back to its header to say what is known now."""
        self._put(self._pack.flush())
        end = self._out.tell()
        self._out.seek(self._offset)
        self._out.write(_LOCAL.pack(b"PK\3\4", _NEEDS, 0, *self._facts, 0))
        self._out.seek(end)

    def listed(self) -> bytes:
        """The part as the archive's list of parts names it."""
        return (
            _CENTRAL.pack(b"PK\1\2", _NEEDS, _NEEDS, 0, *self._facts, 0, 0, 0, 0, 0, self._offset)
            + self._name
        )

    @property
    def _facts(self) -> tuple[int, ...]:
        return (_DEFLATED, *self._stamp, self._crc, self._packed, self._size, len(self._name))

    def _put(self, packed: bytes) -> None:
        self._packed += len(packed)
        if self._size > LIMIT or self._packed > LIMIT:
            raise TooLarge
        self._out.write(packed)


class Archive:
    """A zip being written, part by part; close it, or it cannot be opened."""

    def __init__(self, out: IO[bytes], *, at: datetime) -> None:
        self._out = out
        self._parts: list[Part] = []
        self._stamp = (
            at.hour << 11 | at.minute << 5 | at.second // 2,
            (at.year - 1980) << 9 | at.month << 5 | at.day,
        )

    def begin(self, name: str) -> Part:
        """Begin a part; the one before must be finished."""
        self._parts.append(Part(self._out, name, self._stamp))
        return self._parts[-1]

    def close(self) -> None:
        """Write the list of parts, with which the archive is complete.

        :raises TooLarge: if it has become too large.
        """
        start = self._out.tell()
        for part in self._parts:
            self._out.write(part.listed())
        end, count = self._out.tell(), len(self._parts)
        if end > LIMIT:
            raise TooLarge
        self._out.write(_END.pack(b"PK\5\6", 0, 0, count, count, end - start, start, 0))
