"""POST /v1/orders/batch: orders of 1 to 3 lines in batches, sourced over 7,209 real stores × 2,000 offers, recorded.

Recorded means: order, fulfilment orders, decision with its candidates and costs, facts, movements, idempotency keys.
"""

from benchmarks.harness import Measure, Options, main
from benchmarks.http_bench import batches
from benchmarks.world import Shoppers

ITEMS, CONNECTIONS = 500, 4


def run(options: Options) -> list[Measure]:
    """Measure batches of orders."""
    path, fact = "/v1/orders/batch", "order.placed"
    work = f"POST {path}, {ITEMS:,} a batch, {CONNECTIONS} connections"
    return [
        batches(options, path, "orders", Shoppers.order, fact, ITEMS, CONNECTIONS, work=work, must=3_000, aim=20_000)
    ]


if __name__ == "__main__":
    main("http_orders_batch", run, __doc__)
