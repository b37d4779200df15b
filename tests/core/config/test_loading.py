"""Options stand over the environment, that over the file, that over the defaults."""

from datetime import time
from ipaddress import ip_network
from pathlib import Path

import pytest

from medianest.core.config import ConfigProblems, Problem, Settings, Sources, load


def problems(sources: Sources) -> dict[str, Problem]:
    with pytest.raises(ConfigProblems) as caught:
        load(sources)
    return {problem.origin.key: problem for problem in caught.value.problems}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("[server]\nport = 1001\nhost = '0.0.0.0'\n")
    return path


def test_each_source_stands_over_the_one_below(file: Path) -> None:
    environ = {"MEDIANEST_SERVER__PORT": "1002"}
    assert load(Sources()).server.port == 8484
    assert load(Sources(config_file=file)).server.port == 1001
    assert load(Sources(config_file=file, environ=environ)).server.port == 1002
    settings = load(Sources(config_file=file, environ=environ, options={"--port": "1003"}))
    assert settings.server.port == 1003
    assert settings.server.host == "0.0.0.0"


def test_the_file_is_named_by_option_then_environment_then_lies_in_the_data_folder(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("server.port = 2002")
    assert load(Sources(environ={"MEDIANEST_CONFIG": str(other)})).server.port == 2002
    assert load(Sources(config_file=file, environ={"MEDIANEST_CONFIG": str(other)})).server.port == 1001
    assert load(Sources(options={"--data-dir": str(tmp_path)})).server.port == 1001
    assert load(Sources(environ={"MEDIANEST_DATA_DIR": str(tmp_path)})).server.port == 1001
    assert load(Sources(environ={"MEDIANEST_PATHS__DATA_DIR": str(tmp_path)})).server.port == 1001


def test_a_named_file_must_be_there_and_an_unnamed_need_not(tmp_path: Path) -> None:
    assert problems(Sources(config_file=tmp_path / "none.toml"))["file"].sentence.id == "config.no_file"
    assert load(Sources(options={"--data-dir": str(tmp_path)})).paths.data_dir == tmp_path


def test_the_data_folder_is_the_options_then_the_environments_then_the_files(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[paths]\ndata_dir = "/from/file"')
    environ = {"MEDIANEST_DATA_DIR": "/from/own", "MEDIANEST_PATHS__DATA_DIR": "/from/setting"}
    assert load(Sources(config_file=file)).paths.data_dir == Path("/from/file")
    assert load(Sources(config_file=file, environ=environ)).paths.data_dir == Path("/from/own")
    options = {"--data-dir": "/from/option"}
    assert load(Sources(config_file=file, environ=environ, options=options)).paths.data_dir == Path("/from/option")


def test_relative_folders_begin_where_the_program_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(Sources()).paths.media_dir == tmp_path / "media"
    assert Settings().paths.data_dir == tmp_path / "data"


def test_texts_of_the_environment_become_what_the_setting_is() -> None:
    settings = load(
        Sources(
            environ={
                "MEDIANEST_SERVER__ALLOWED_HOSTS": "Nest.Example., [fd00::1] ,münchen.example",
                "MEDIANEST_SERVER__TRUSTED_PROXIES": '["10.0.0.1", "fd00::/8"]',
                "MEDIANEST_DOWNLOADS__ALLOW_PRIVATE_HOSTS": "nas.lan:80",
                "MEDIANEST_BACKUPS__DAILY_AT": "23:59",
                "MEDIANEST_SERVER__PUBLIC_URL": "https://NEST.example:8443/",
            }
        )
    )
    assert settings.server.allowed_hosts == ("nest.example", "fd00::1", "xn--mnchen-3ya.example")
    assert settings.server.trusted_proxies == (ip_network("10.0.0.1/32"), ip_network("fd00::/8"))
    assert settings.downloads.private_endpoints == {("nas.lan", 80)}
    assert settings.backups.daily_at == time(23, 59)
    assert settings.server.public_url == "https://nest.example:8443"


def test_an_empty_variable_is_not_set_and_an_empty_text_switches_off(file: Path) -> None:
    assert load(Sources(config_file=file, environ={"MEDIANEST_SERVER__PORT": ""})).server.port == 1001
    file.write_text('backups.daily_at = ""\nserver.public_url = ""')
    settings = load(Sources(config_file=file))
    assert settings.backups.daily_at is None
    assert settings.server.public_url is None


def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse\n")
    settings = load(Sources(environ={"MEDIANEST_BACKUPS__PASSPHRASE_FILE": str(secret)}))
    assert settings.backups.passphrase.get_secret_value() == "correct horse"
    assert "correct" not in repr(settings)


def test_a_secret_file_that_cannot_be_used_is_a_problem_of_its_variable(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    variable = "MEDIANEST_BACKUPS__PASSPHRASE"
    expected = {
        str(tmp_path / "none"): "config.no_file",
        str(tmp_path): "config.is_folder",
        str(binary): "config.not_utf8",
    }
    for path, id in expected.items():
        found = problems(Sources(environ={f"{variable}_FILE": path}))[f"{variable}_FILE"]
        assert (found.origin.where, found.sentence.id) == ("environment", id)
    both = problems(Sources(environ={variable: "a", f"{variable}_FILE": str(binary)}))
    assert both[f"{variable}_FILE"].sentence.id == "config.set_twice"


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("MEDIANEST_SERVER__PROT", "MEDIANEST_SERVER__PORT"),
        ("MEDIANEST_SEVER__PORT", "MEDIANEST_SERVER__PORT"),
        ("MEDIANEST_SERVER_PORT", "MEDIANEST_SERVER__PORT"),
        ("MEDIANEST_DATADIR", "MEDIANEST_DATA_DIR"),
        ("MEDIANEST_CONFIGS", "MEDIANEST_CONFIG"),
    ],
)
def test_a_wrong_variable_names_the_nearest_known_one(variable: str, nearest: str) -> None:
    sentence = problems(Sources(environ={variable: "x"}))[variable].sentence
    assert sentence.values["nearest"] == nearest


@pytest.mark.parametrize("variable", ["MEDIANEST_PORT", "MEDIANEST_SERVICE_HOST", "MEDIANEST_PORT_80_TCP_ADDR", "PATH"])
def test_what_an_orchestrator_sets_is_no_setting(variable: str) -> None:
    assert load(Sources(environ={variable: "tcp://10.0.0.1:80"})) == Settings()


def test_what_is_wrong_is_said_even_where_another_source_stands_over_it(file: Path) -> None:
    file.write_text("server.port = 'http'")
    found = problems(Sources(config_file=file, environ={"MEDIANEST_SERVER__PORT": "80"}))
    assert found["server.port"].sentence.id == "config.want_number"


def test_a_file_written_by_a_windows_editor_is_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[server]\r\nport = 1004\r\n")
    assert load(Sources(config_file=file)).server.port == 1004
