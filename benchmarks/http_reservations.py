"""POST /v1/reservations: single holds of one unit on 256 connections, over all stocked shelves of the brand."""

from benchmarks.harness import Measure, Options, main
from benchmarks.http_bench import singles
from benchmarks.world import Shoppers

CONNECTIONS = 256


def run(options: Options) -> list[Measure]:
    """Measure single holds."""
    work = f"POST /v1/reservations, {CONNECTIONS} connections"
    limits = {"must": 10_000.0, "aim": 20_000.0, "p99_aim_ms": 25.0}
    return [singles(options, "/v1/reservations", Shoppers.hold, "reservation.held", CONNECTIONS, work=work, **limits)]


if __name__ == "__main__":
    main("http_reservations", run, __doc__)
