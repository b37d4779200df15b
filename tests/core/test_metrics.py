"""Numbers of one application stay its own."""

from medianest.core.metrics import Metrics


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
