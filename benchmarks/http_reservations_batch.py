"""POST /v1/reservations/batch: holds in batches of 1,000, over all stocked shelves of the brand."""

from benchmarks.harness import Measure, Options, main
from benchmarks.http_bench import batches
from benchmarks.world import Shoppers

ITEMS, CONNECTIONS = 1_000, 4


def run(options: Options) -> list[Measure]:
    """Measure batches of holds."""
    path, fact = "/v1/reservations/batch", "reservation.held"
    work = f"POST {path}, {ITEMS:,} a batch, {CONNECTIONS} connections"
    hold = Shoppers.hold
    return [batches(options, path, "reservations", hold, fact, ITEMS, CONNECTIONS, work=work, must=30_000, aim=100_000)]


if __name__ == "__main__":
    main("http_reservations_batch", run, __doc__)
