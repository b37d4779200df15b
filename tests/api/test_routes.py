"""The route table as a whole."""

import pytest

from medianest.api.routes import CALLS, is_machines


def test_what_goes_wrong_here_is_told_to_programs() -> None:
    assert all(is_machines(call.address) for call in CALLS)
    assert is_machines("/api/v2/nothing")


@pytest.mark.parametrize("path", ["/", "/queue", "/api/v1/docs", "/apiary", "/healthz/x", "/static/api/x.css"])
def test_what_goes_wrong_elsewhere_is_told_to_people(path: str) -> None:
    assert not is_machines(path)
