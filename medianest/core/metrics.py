"""Numbers for Prometheus: one registry of the application, none of the process.

A feature asks for its counters and gauges once, when it is made, and turns them; names all begin with `medianest_`.
"""

from collections.abc import Callable, Sequence

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

NAMESPACE = "medianest"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What is counted. `label` values must come from a small fixed set, never from a request."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(namespace=NAMESPACE, registry=self._registry)

    def counter(self, name: str, sentence: str, labels: Sequence[str] = ()) -> Counter:
        """A number that only grows; Prometheus adds `_total` to its name."""
        return Counter(name, sentence, labels, namespace=NAMESPACE, registry=self._registry)

    def gauge(self, name: str, sentence: str, labels: Sequence[str] = ()) -> Gauge:
        return Gauge(name, sentence, labels, namespace=NAMESPACE, registry=self._registry)

    def gauge_of(self, name: str, sentence: str, read: Callable[[], float]) -> None:
        """A gauge that is read when it is asked for; `read` must be cheap, and is called on the event loop."""
        self.gauge(name, sentence).set_function(read)

    def histogram(self, name: str, sentence: str, labels: Sequence[str] = ()) -> Histogram:
        """How long something takes, in seconds."""
        return Histogram(name, sentence, labels, namespace=NAMESPACE, registry=self._registry, buckets=SECONDS)

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)
