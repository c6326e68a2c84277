"""What the owner and its writer share."""

import os
import subprocess
import sys

from manystores.core.writer import Shared


def test_what_one_process_lays_down_the_other_reads() -> None:
    """Given rows laid down, more of them each time, then another process that has the file's number reads the same."""
    ours = Shared.make()
    theirs = Shared(os.dup(ours.fd))
    for size in (0, 10, 3_000_000, 5, 9_000_000):
        parts = [os.urandom(size), b"", os.urandom(7)]
        places = ours.put(parts)
        assert [theirs.get(*place) for place in places] == parts
    program = (
        "import sys; from manystores.core.writer import Shared; "
        "sys.stdout.buffer.write(Shared(int(sys.argv[1])).get(int(sys.argv[2]), int(sys.argv[3])))"
    )
    arguments = [sys.executable, "-c", program, str(ours.fd), *map(str, places[2])]
    read = subprocess.run(arguments, pass_fds=(ours.fd,), capture_output=True, check=True).stdout
    assert read == parts[2]
    ours.close()
    theirs.close()
