"""`python -m manystores.worker --data DIR`, or with --database-url URL: what `manystores worker` runs."""

import argparse
import sys

from manystores.core import settings
from manystores.core.observability import configure_logging
from manystores.worker.main import run


def main() -> int:
    """Parse the flags, work until told to stop; 2 for settings that can't be."""
    parser = argparse.ArgumentParser(prog="python -m manystores.worker", description=__doc__)
    parser.add_argument("--data", dest="data_dir", help=settings.help_of("data_dir"))
    parser.add_argument("--database-url", help=settings.help_of("database_url"))
    parser.add_argument("--webhook-timeout-s", help=settings.help_of("webhook_timeout_s"))
    parser.add_argument(
        "--webhook-allow-private-addresses",
        action="store_const",
        const=True,
        help=settings.help_of("webhook_allow_private_addresses"),
    )
    parser.add_argument("--detached", action="store_true", help="Live on when the process that started this one ends.")
    flags = vars(parser.parse_args())
    detached = flags.pop("detached")
    try:
        wanted = settings.load(flags)
        configure_logging(wanted)
        run(wanted, with_parent=not detached)
    except settings.SettingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
