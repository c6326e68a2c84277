"""Logs tell what happened but not to whom; metrics are named; traces leave only when somebody asked for them."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest

from manystores.core import observability
from manystores.core.clock import ManualClock, rfc3339
from manystores.core.observability import (
    configure_logging,
    configure_tracing,
    counter,
    histogram,
    metrics,
    request_id,
    span,
    without_personal_data,
)
from manystores.core.settings import Settings

CLOCK = ManualClock()


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """A logger whose process-wide configuration is put back after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield logging.getLogger("manystores.test")
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [msgspec.json.decode(line, type=dict[str, object]) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_one_json_object_with_time_level_and_request(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(Settings(), CLOCK)
    token = request_id.set("r-1")
    log.info("orders\nplaced", extra={"orders": 3, "channels": ["app", "till"]})
    log.debug("not shown at level info")
    request_id.reset(token)
    assert lines(capsys) == [
        {
            "at": rfc3339(CLOCK.now_us()),
            "level": "info",
            "logger": "manystores.test",
            "event": "orders\nplaced",
            "request_id": "r-1",
            "orders": 3,
            "channels": ["app", "till"],
        }
    ]


def test_personal_data_do_not_reach_the_log(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(), CLOCK)
    log.warning("call 13800138000", extra={"deliver_address": "朝阳区", "buyer": {"name": "李"}, "note": "to a@b.cn"})
    try:
        raise ValueError("duplicate key\nDETAIL: Key (phone)=(+8613800138000) exists")
    except ValueError:
        log.exception("failed")
    text = str(lines(capsys))
    for private in ("138001", "朝阳", "李", "a@b.cn"):
        assert private not in text
    assert "ValueError: duplicate key" in text
    assert "test_observability.py" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ms_" + "0" * 32 + "_" + "A" * 43, "ms_" + "0" * 32 + "_(hidden)"),
        ("postgresql://me:pass@db/x", "postgresql://me:(hidden)@db/x"),
        ("call +8613800138000 now", "call (hidden) now"),
        ("order 1763000000000000 of S1", "order 1763000000000000 of S1"),
        ("019a7c1e-13800138000", "019a7c1e-13800138000"),
    ],
)
def test_what_looks_personal_is_hidden_and_ids_are_not(text: str, shown: str) -> None:
    assert without_personal_data(text) == shown


def test_people_may_have_text(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="text", log_level="debug"), CLOCK)
    log.debug("ready", extra={"port": 8420})
    assert capsys.readouterr().err == f"{rfc3339(CLOCK.now_us())} debug   manystores.test: ready port=8420\n"


def test_metrics_carry_our_prefix_and_unit() -> None:
    counter("test_orders", "Orders of this test", ("outcome",)).labels("placed").inc(2)
    histogram("test_wait_seconds", "Waits of this test").observe(0.003)
    body, content_type = metrics()
    assert b'manystores_test_orders_total{outcome="placed"} 2.0' in body
    assert b'manystores_test_wait_seconds_bucket{le="0.005"} 1.0' in body
    assert b"process_resident_memory_bytes" in body
    assert content_type.startswith("text/plain")


def test_without_an_endpoint_a_span_is_nothing() -> None:
    configure_tracing(Settings())()
    with span("work") as nothing:
        assert nothing is None


def test_with_an_endpoint_spans_leave_and_continue_the_callers_trace() -> None:
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    try:
        stop = configure_tracing(Settings(otel_endpoint=f"http://127.0.0.1:{server.server_port}"))
        with span("place orders", {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}, orders=3):
            pass
        stop()
    finally:
        server.shutdown()
        server.server_close()
    sent = b"".join(bodies)
    assert b"place orders" in sent
    assert bytes.fromhex(trace_id) in sent
    assert observability._tracer is None
