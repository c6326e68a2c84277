"""What Prometheus reads of the API and the owner."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "manystores_request_seconds",
    "Time to answer a request, by route and status",
    ["route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
BATCHES = Counter("manystores_owner_batches_total", "Batches committed by the owner")
COMMANDS = Counter("manystores_owner_facts_total", "Facts committed by the owner")
WAITING = Gauge("manystores_owner_waiting", "Commands that wait for the owner")
OPEN = Gauge("manystores_owner_open_reservations", "Open reservations")
BUCKETS = Gauge("manystores_owner_buckets", "Buckets")
