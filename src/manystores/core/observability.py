"""Logs, metrics and traces. Logs are one JSON object a line and carry no personal data; traces only when configured."""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from manystores.core.clock import Clock, SystemClock, rfc3339
from manystores.core.settings import SettingError, Settings

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

# -- logs

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being served; every line logged meanwhile carries it."""

_PERSONAL_FIELDS = re.compile(
    r"address|phone|mobile|e?mail|buyer|recipient|password|secret|token|authorization|cookie|openid|member", re.I
)
_KEY_SECRET = re.compile(r"(ms_[0-9a-f]{32}_)[A-Za-z0-9_-]{8,}")
_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s@]+@")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<![\w.-])(?:\+\d{8,15}|1[3-9]\d{9})(?![\w-])")
_HIDDEN = "(hidden)"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


class JsonLines(logging.Formatter):
    """`log.info("order placed", extra={"orders": 3})` becomes {"at":…,"level":"info","event":"order placed",…}."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        return msgspec.json.encode(_line(record, self._clock), enc_hook=str).decode()


class TextLines(JsonLines):
    """The same for people: time, level, event, fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = _line(record, self._clock)
        trace = line.pop("trace", None)
        head = f"{line.pop('at')} {line.pop('level')!s:7} {line.pop('logger')}: {line.pop('event')}"
        fields = " ".join(f"{name}={value}" for name, value in line.items())
        return " ".join(part for part in (head, fields) if part) + (f"\n{trace}" if trace else "")


def configure_logging(settings: Settings, clock: Clock | None = None) -> None:
    """Send the log of this process to standard error as the settings say; calling it again replaces the former."""
    kind = JsonLines if settings.log_format == "json" else TextLines
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(kind(clock or SystemClock()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for noisy in ("uvicorn.access", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def without_personal_data(text: str) -> str:
    """Text with mail addresses, phone numbers, passwords in URLs and secrets of keys hidden."""
    text = _KEY_SECRET.sub(rf"\1{_HIDDEN}", text)
    text = _PASSWORD.sub(rf"\1{_HIDDEN}@", text)
    return _PHONE.sub(_HIDDEN, _MAIL.sub(_HIDDEN, text))


def _line(record: logging.LogRecord, clock: Clock) -> dict[str, object]:
    line: dict[str, object] = {
        "at": rfc3339(clock.now_us()),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": without_personal_data(record.getMessage()),
    }
    if current := request_id.get():
        line["request_id"] = current
    for name, value in vars(record).items():
        if name not in _STANDARD and not name.startswith("_"):
            line[name] = _clean(name, value)
    if record.exc_info and record.exc_info[1] is not None:
        line["trace"] = _trace(record.exc_info[1])
    return line


def _clean(name: str, value: object) -> object:
    if _PERSONAL_FIELDS.search(name):
        return _HIDDEN
    if isinstance(value, Mapping):
        return {str(key): _clean(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", each) for each in value]
    return value if isinstance(value, bool | int | float | None) else without_personal_data(str(value))


def _trace(error: BaseException) -> str:
    """Where it happened, and the first line of what it says: databases put rows into the lines after it."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    first = (str(error).splitlines() or [""])[0]
    return "\n".join([*frames, f"{type(error).__name__}: {without_personal_data(first)}"])


# -- metrics

REGISTRY = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SIZE_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)


def counter(name: str, help: str, labels: tuple[str, ...] = ()) -> Counter:
    """A counter `manystores_<name>_total`. Labels hold few values (a route, an outcome), never ids."""
    return Counter(f"manystores_{name}", help, labels, registry=REGISTRY)


def histogram(
    name: str, help: str, labels: tuple[str, ...] = (), buckets: tuple[float, ...] = LATENCY_BUCKETS_S
) -> Histogram:
    """A histogram `manystores_<name>`; name the unit last (`request_seconds`)."""
    return Histogram(f"manystores_{name}", help, labels, registry=REGISTRY, buckets=buckets)


def metrics() -> tuple[bytes, str]:
    """Body and content type of /metrics."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST


# -- traces

_tracer: "Tracer | None" = None
_NOTHING = nullcontext()


def configure_tracing(settings: Settings, service: str = "manystores") -> Callable[[], None]:
    """Send traces to `otel_endpoint` if it is set; returns what flushes and ends them. Call it once a process."""
    global _tracer
    if not settings.otel_endpoint:
        return lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingError(
            f"otel_endpoint: traces need the extra `telemetry`: pip install 'manystores[telemetry]' ({error})"
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    endpoint = settings.otel_endpoint.rstrip("/") + "/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _tracer = provider.get_tracer("manystores")

    def stop() -> None:
        global _tracer
        _tracer = None
        provider.shutdown()

    return stop


def span(name: str, headers: Mapping[str, str] | None = None, **attributes: Any) -> AbstractContextManager[object]:
    """`with span("place orders", orders=3):` times a piece of work; free of cost when tracing is off.

    `headers` of a request continue the caller's trace (W3C traceparent). Attributes hold numbers and codes only.
    """
    return _NOTHING if _tracer is None else _span(_tracer, name, headers, attributes)


@contextmanager
def _span(
    tracer: "Tracer", name: str, headers: Mapping[str, str] | None, attributes: dict[str, Any]
) -> Iterator[object]:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    parent = TraceContextTextMapPropagator().extract(dict(headers)) if headers else None
    with tracer.start_as_current_span(name, context=parent, attributes=attributes) as current:
        yield current
