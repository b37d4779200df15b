"""Settings that are fine each alone, and not together."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from medianest.core.config import ConfigProblems, ServerSettings, Sources, load


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


def test_the_public_address_has_the_base_path_or_none(tmp_path: Path) -> None:
    for base_path, address in (("", "https://x.example/nest"), ("/nest", "https://x.example/other")):
        text = f'[server]\nbase_path = "{base_path}"\npublic_url = "{address}"\n'
        assert problems(tmp_path, text) == [("3: server.public_url", "config.two_paths")]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://x.example", "https://x.example/nest"),
        ("https://x.example/", "https://x.example/nest"),
        ("https://x.example:8443/nest/", "https://x.example:8443/nest"),
        ("https://nest", "https://nest/nest"),
        ("", None),
    ],
)
def test_the_household_opens_the_public_address_with_the_base_path(
    written: str, address: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[server]\nbase_path = "/nest/"\npublic_url = "{written}"\n')
    server = load(Sources(config_file=file)).server
    assert (server.base_path, server.public_address) == ("/nest", address)


@pytest.mark.parametrize("written", ["/nest", "/nest/", "/apps/nest-2", "/~media/Nest.1_x"])
def test_a_base_path_is_kept_without_its_last_slash(written: str) -> None:
    assert ServerSettings(base_path=written).base_path == written.rstrip("/")


@pytest.mark.parametrize("written", ["", "/", "//"])
def test_the_whole_host_is_no_base_path(written: str) -> None:
    assert ServerSettings(base_path=written).base_path == ""


ODD = "nest //nest /a//b /../x /a/./b /a/.. /ä /a%20b /a?b /a#b /a\\b /a:b https://x/nest /healthz /readyz /metrics/"


@pytest.mark.parametrize("written", [*ODD.split(), "/a b", "/" + "a" * 100])
def test_what_is_no_base_path_is_no_setting(written: str) -> None:
    with pytest.raises(ValidationError, match=r"config\.want_base_path"):
        ServerSettings(base_path=written)
