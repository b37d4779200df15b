"""Settings that are fine each alone, and not together."""

from pathlib import Path

import pytest

from medianest.core.config import ConfigProblems, Sources, load


def problems(folder: Path, text: str, **environ: str) -> list[tuple[str, str]]:
    """Where each problem stands, and the message that it is."""
    file = folder / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigProblems) as caught:
        load(Sources(config_file=file, environ=environ))
    return [(str(problem.origin).removeprefix(f"{file}:"), problem.sentence.id) for problem in caught.value.problems]


def test_who_may_read_the_figures_must_be_let_in(tmp_path: Path) -> None:
    kept_out = '[server]\nallowed_networks = ["192.168.1.0/24"]\nmetrics_allow = ["192.168.1.9", "10.0.0.5"]\n'
    assert problems(tmp_path, kept_out) == [("3: server.metrics_allow", "config.metrics_kept_out")]


def test_a_contradiction_is_told_where_the_setting_was_given(tmp_path: Path) -> None:
    found = problems(
        tmp_path, '[server]\nallowed_networks = ["192.168.1.0/24"]\n', MEDIANEST_SERVER__METRICS_ALLOW="fd00::/8"
    )
    assert found == [("environment: MEDIANEST_SERVER__METRICS_ALLOW", "config.metrics_kept_out")]


def test_figures_for_a_part_of_what_is_let_in_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for allowed in ('["192.168.1.0/24"]', '["192.168.1.9"]', "[]"):
        file.write_text(f'[server]\nallowed_networks = {allowed}\nmetrics_allow = ["192.168.1.9"]\n')
        assert load(Sources(config_file=file)).server.metrics_allow
