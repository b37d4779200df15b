"""Numbers of one application stay its own."""

import pytest

from medianest.core.circuit import Ended
from medianest.core.metrics import Metrics
from medianest.core.resilience import CircuitBreaker, CircuitOpen


def lines(metrics: Metrics) -> dict[str, float]:
    text = metrics.render().decode()
    return {name: float(value) for name, value in (x.rsplit(" ", 1) for x in text.splitlines() if x[0] != "#")}


def test_what_is_counted_is_shown_under_our_name() -> None:
    metrics = Metrics()
    metrics.counter("downloads", "Downloads that ended.", ["outcome"]).labels("completed").inc(2)
    metrics.gauge_of("queue_length", "Downloads that wait.", lambda: 7)
    metrics.histogram("read_seconds", "How long reads take.").observe(0.02)
    shown = lines(metrics)
    assert shown['medianest_downloads_total{outcome="completed"}'] == 2
    assert shown["medianest_queue_length"] == 7
    assert shown['medianest_read_seconds_bucket{le="0.025"}'] == 1
    assert shown["medianest_process_resident_memory_bytes"] > 1_000_000
    assert all(name.startswith("medianest_") for name in shown)


def test_two_applications_in_one_process_do_not_meet() -> None:
    first, second = Metrics(), Metrics()
    first.counter("x", "One.").inc()
    second.counter("x", "Another.")
    assert lines(second)["medianest_x_total"] == 0


def test_an_upstream_tells_whether_it_is_called_and_how_often_it_was_spared() -> None:
    metrics, away, well = Metrics(), CircuitBreaker("plex.tv"), CircuitBreaker("Plex")
    for breaker in (away, well):
        metrics.upstream(lambda breaker=breaker: breaker.health)  # type: ignore[misc]
    for _ in range(5):
        with away.attempt() as attempt:
            attempt.ended(Ended.FAILED)
    for _ in range(2):
        with pytest.raises(CircuitOpen), away.attempt():
            pass
    with well.attempt() as attempt:
        attempt.ended(Ended.UNAUTHORISED)
    shown = lines(metrics)
    names = ("up", "refuses", "opened_total", "spared_total")
    assert [shown[f'medianest_upstream_{name}{{upstream="plex.tv"}}'] for name in names] == [0, 0, 1, 2]
    assert [shown[f'medianest_upstream_{name}{{upstream="Plex"}}'] for name in names] == [1, 1, 0, 0]
