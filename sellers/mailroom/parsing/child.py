"""Takes a mail apart in a process that may die of it.

``python -m sellers.mailroom.parsing.child MAIL FOLDER`` writes the attachments into FOLDER, and
one line of JSON: what the mail says, or why it is not taken.
"""

import sys
from pathlib import Path

from marketplace.kernel.sandbox import confine
from sellers.mailroom.parsing.reading import read_mail
from sellers.mailroom.parsing.wire import Seen, seen_to_line
from sellers.mailroom.rules.limits import MOST_BYTES

MEMORY_BYTES, CPU_SECONDS = 512 << 20, 20


def main(mail: str, folder: str) -> None:
    """Read one mail."""
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    with Path(mail).open("rb") as source:
        raw = source.read(MOST_BYTES + 1)
    seen = Seen(fault="too_large") if len(raw) > MOST_BYTES else read_mail(raw, Path(folder))
    sys.stdout.buffer.write(seen_to_line(seen))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
