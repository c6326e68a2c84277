"""POST /v1/orders: single orders of 1 to 3 lines from 64 clients, sourced over 7,209 real stores × 2,000 offers."""

from benchmarks.harness import Measure, Options, main
from benchmarks.http_bench import singles
from benchmarks.world import Shoppers

CLIENTS = 64


def run(options: Options) -> list[Measure]:
    """Measure single orders."""
    work = f"POST /v1/orders, {CLIENTS} clients"
    limits = {"must": 1_000.0, "aim": 5_000.0, "p99_aim_ms": 30.0}
    return [singles(options, "/v1/orders", Shoppers.order, "order.placed", CLIENTS, work=work, **limits)]


if __name__ == "__main__":
    main("http_orders", run, __doc__)
