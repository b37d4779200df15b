"""Numbers for Prometheus: one registry of the application, none of the process.

A feature asks for its counters and gauges once, when it is made, and turns them; names all begin with `medianest_`.
"""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from medianest.core.circuit import State
from medianest.core.resilience import Health

NAMESPACE = "medianest"
_UPSTREAM, _BY = f"{NAMESPACE}_upstream", ("upstream",)
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What is counted. `label` values must come from a small fixed set, never from a request."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        self._upstreams = _Upstreams()
        self._registry.register(self._upstreams)
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

    def upstream(self, health: Callable[[], Health]) -> None:
        """Tell how an upstream is, under the name in its health, which never changes."""
        self._upstreams.healths.append(health)

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)


class _Upstreams(Collector):
    """How each upstream is when somebody asks."""

    def __init__(self) -> None:
        self.healths: list[Callable[[], Health]] = []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily(f"{_UPSTREAM}_up", "0 while it is left alone, for it failed", labels=_BY)
        refuses = GaugeMetricFamily(f"{_UPSTREAM}_refuses", "1 where it does not take our credentials", labels=_BY)
        opened = CounterMetricFamily(f"{_UPSTREAM}_opened", "How often it began to be left alone", labels=_BY)
        spared = CounterMetricFamily(f"{_UPSTREAM}_spared", "Calls that were not made meanwhile", labels=_BY)
        for health in (read() for read in self.healths):
            up.add_metric([health.name], health.state is State.CLOSED)
            refuses.add_metric([health.name], health.credentials_refused)
            opened.add_metric([health.name], health.opened)
            spared.add_metric([health.name], health.turned_away)
        yield from (up, refuses, opened, spared)
