"""The start and the idle memory of the installation that all benchmarks over HTTP have loaded: how both grow with use.

No limit is set for this: the faster the server, the more holds and orders are open when it is measured.
"""

import psycopg

from benchmarks.harness import Measure, Options, main
from benchmarks.http_bench import the_world
from benchmarks.serving import serving
from benchmarks.startup import measured
from manystores.core.embedded import EmbeddedPostgres


def run(options: Options) -> list[Measure]:
    """Measure it."""
    of = the_world(options)
    with serving(of.data_dir), psycopg.connect(EmbeddedPostgres(of.data_dir).url) as connection:
        found = connection.execute("SELECT count(*) FROM reservations").fetchone()
    opened = found[0] if found else 0
    return measured(of.data_dir, f"{len(of.shelves):,} shelves and {opened:,} open reservations", options, judged=False)


if __name__ == "__main__":
    main("startup_loaded", run, __doc__)
