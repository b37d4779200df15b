"""How services are shown is written as a list of tables, and every mistake in them has its line."""

from pathlib import Path

import pytest

from medianest.core.actor import Role
from medianest.core.config import ConfigProblems, MonitorSettings, Sources, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def monitors(file: Path, text: str) -> tuple[MonitorSettings, ...]:
    file.write_text(text)
    return load(Sources(config_file=file)).monitors


def told(file: Path, text: str) -> list[tuple[int | None, str, str]]:
    file.write_text(text)
    with pytest.raises(ConfigProblems) as caught:
        load(Sources(config_file=file))
    return [(problem.origin.line, problem.origin.key, problem.sentence.id) for problem in caught.value.problems]


def test_a_service_is_told_by_its_name_or_number_and_all_else_has_a_default(file: Path) -> None:
    by_name, by_number = monitors(file, "[[monitors]]\nmonitor = 'Plex'\n[[monitors]]\nmonitor = 7\n")
    assert by_name == MonitorSettings(monitor="Plex")
    assert (by_number.monitor, by_number.roles, by_number.hidden) == ("7", frozenset(Role), False)


def test_everything_of_a_service_can_be_set(file: Path) -> None:
    text = (
        "[[monitors]]\nmonitor = 'plex-01'\nname = 'Films'\ngroup = 'Watching'\nhidden = true\nroles = ['admin']\n"
        "meaning = 'No films.'\ncarries = ['plex', 'downloads']\norder = -3\n"
    )
    assert monitors(file, text) == (
        MonitorSettings(
            monitor="plex-01", name="Films", group="Watching", hidden=True, roles=frozenset({Role.ADMIN}),
            meaning="No films.", carries=frozenset({"plex", "downloads"}), order=-3,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "key", "sentence"),
    [
        ("carries = ['plecks']", "carries", "config.want_one_of"),
        ("carries = 'plex'", "carries", "config.want_list"),
        ("roles = []", "roles", "config.want_roles"),
        ("roles = ['memeber']", "roles", "config.unknown_role"),
        (f"meaning = '{'x' * 301}'", "meaning", "config.too_long"),
        ("name = 7", "name", "config.want_text"),
        ("order = 1001", "order", "config.at_most"),
        ("hidden = 'no'", "hidden", "config.want_switch"),
        ("meening = 'x'", "meening", "config.unknown_key"),
    ],
)
def test_what_is_wrong_of_a_service_is_told_with_its_line(file: Path, line: str, key: str, sentence: str) -> None:
    assert told(file, f"[[monitors]]\nmonitor = 'Plex'\n{line}\n") == [(3, f"monitors.{key}", sentence)]


def test_it_is_of_some_service_and_each_is_described_once(file: Path) -> None:
    assert told(file, "[[monitors]]\nname = 'Films'\n") == [(1, "monitors.monitor", "config.missing")]
    for nothing in ("''", "true", "1.5"):
        ((line, key, _),) = told(file, f"[[monitors]]\nmonitor = {nothing}\n")
        assert (line, key) == (2, "monitors.monitor"), nothing
    twice = "[[monitors]]\nmonitor = 'Plex'\n[[monitors]]\nmonitor = 'PLEX'\n"
    assert told(file, twice) == [(4, "monitors.monitor", "config.same_in_list")]
