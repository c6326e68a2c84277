"""What Prometheus reads of the API and the owner."""

from prometheus_client import Gauge, Histogram

REQUESTS = Histogram(
    "manystores_request_seconds",
    "Time to answer a request, by route and status",
    ["route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
BATCHES = Gauge("manystores_owner_batches", "Batches committed by the owner")
COMMANDS = Gauge("manystores_owner_commands", "Commands decided by the owner")
WAITING = Gauge("manystores_owner_waiting", "Commands that wait for the owner")
OPEN = Gauge("manystores_owner_open_reservations", "Open reservations")
BUCKETS = Gauge("manystores_owner_buckets", "Buckets")
