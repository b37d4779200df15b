"""Fifty bad files of settings: fifty clean exits, each naming its line, none repeating what it read."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from medianest.cli import WRONG, main

CANARY = "canary-7f3a91"
SECRET = f'[backups]\npassphrase = "{CANARY}"\n'
TILE = b"[[tiles]]\ntitle = 'Photos'\nurl = 'https://photos.example'\n"

# what is in the file, and how the first line about it begins behind the file's name
FILES: dict[str, tuple[bytes, str]] = {
    "value without quotes": (b"[server]\nhost = localhost\n", ":2: server.host: "),
    "secret without quotes": (f"[backups]\npassphrase = {CANARY}\n".encode(), ":2: backups.passphrase: "),
    "secret with a quote left open": (f'[backups]\npassphrase = "{CANARY}\n'.encode(), ":2: backups.passphrase: "),
    "secret in an open long text": (f'[backups]\npassphrase = """{CANARY}\n'.encode(), ":2: backups.passphrase: "),
    "secret followed by more": (f'[backups]\npassphrase = "{CANARY}" x\n'.encode(), ":2: backups.passphrase: "),
    "secret with a wrong escape": (f'[backups]\npassphrase = "{CANARY}\\q"'.encode(), ":2: backups.passphrase: "),
    "secret alone on a line": (f"[backups]\n{CANARY}\n".encode(), ":2: syntax: "),
    "secret as a list": (f'[backups]\npassphrase = ["{CANARY}"]\n'.encode(), ":2: backups.passphrase: "),
    "secret as a table": (f'[backups.passphrase]\nvalue = "{CANARY}"\n'.encode(), ":1: backups.passphrase: "),
    "secret that is too long": (f'[backups]\npassphrase = "{CANARY * 999}"\n'.encode(), ":2: backups.passphrase: "),
    "secret twice": (SECRET.encode() + f'passphrase = "{CANARY}2"\n'.encode(), ":3: backups.passphrase: "),
    "secret under a wrong key": (f'[backups]\npasphrase = "{CANARY}"\n'.encode(), ":2: backups.pasphrase: "),
    "secret in a wrong section": (f'[backup]\npassphrase = "{CANARY}"\n'.encode(), ":1: backup: "),
    "secret at the top": (f'passphrase = "{CANARY}"\n'.encode(), ":1: passphrase: "),
    "secret in place of a section": (f'backups = "{CANARY}"\n'.encode(), ":1: backups: "),
    "secret in an address": (f'[server]\npublic_url = "https://me:{CANARY}@x"\n'.encode(), ":2: server.public_url: "),
    "secret in a query": (f'[server]\npublic_url = "https://x/?k={CANARY}"\n'.encode(), ":2: server.public_url: "),
    "secret in a host": (f'[server]\nallowed_hosts = ["u:{CANARY}@nas"]\n'.encode(), ":2: server.allowed_hosts: "),
    "equals sign missing": (b"[server]\nport 8484\n", ":2: syntax: "),
    "key missing": (b"[server]\n= 1\n", ":2: syntax: "),
    "value missing": (b"[server]\nport =\n", ":2: server.port: "),
    "header left open": (b"[server\nport = 1\n", ":1: syntax: "),
    "list left open": (b'[server]\nallowed_hosts = ["a",\n', ":2: server.allowed_hosts: "),
    "key twice": (b"[server]\nport = 1\n\nport = 2\n", ":4: server.port: "),
    "section twice": (b"[server]\nport = 1\n[server]\nhost = 'a'\n", ":3: server: "),
    "section as a list of tables": (b"[[server]]\nport = 1\n", ":1: server: "),
    "unknown key": (b"[server]\nprot = 1\n", ":2: server.prot: "),
    "unknown section": (b"[servers]\nport = 1\n", ":1: servers: "),
    "unknown key with control characters": (b'[server]\n"a\\u001b[31m" = 1\n', ":2: server.a?[31m: "),
    "unknown key that is endless": (b"[server]\n" + b"k" * 9000 + b" = 1\n", ":2: server.kkk"),
    "a thousand unknown keys": (b"[server]\n" + b"".join(b"k%d = 1\n" % n for n in range(1000)), ":2: server.k0: "),
    "thousands of unknown sections": (b"".join(b"[s%d]\n" % n for n in range(8000)), ":1: s0: "),
    "text for a number": (b'[server]\nport = "8484"\n', ":2: server.port: "),
    "number for a text": (b"[server]\nhost = 127\n", ":2: server.host: "),
    "switch for a number": (b"[downloads]\nworkers = true\n", ":2: downloads.workers: "),
    "fraction for a number": (b"[downloads]\nworkers = 2.5\n", ":2: downloads.workers: "),
    "infinity for a number": (b"[downloads]\nmax_file_bytes = inf\n", ":2: downloads.max_file_bytes: "),
    "date for a number": (b"[server]\nport = 2026-11-20\n", ":2: server.port: "),
    "table for a number": (b"[server.port]\nhttp = 80\n", ":1: server.port: "),
    "text for a list": (b'[server]\nallowed_hosts = "nas.lan"\n', ":2: server.allowed_hosts: "),
    "number that is too small": (b"[downloads]\nworkers = 0\n", ":2: downloads.workers: "),
    "number that is too large": (b"[server]\nport = 65536\n", ":2: server.port: "),
    "number beyond 64 bits": (b"[downloads]\nmax_cpu_s = 99999999999999999999\n", ":2: downloads.max_cpu_s: "),
    "number of 5000 digits": (b"[server]\nport = " + b"9" * 5000 + b"\n", ":2: server.port: "),
    "word that is no choice": (b'[log]\nlevel = "loud"\n', ":2: log.level: "),
    "network that is none": (b'[server]\ntrusted_proxies = ["10.0.0.0/99"]\n', ":2: server.trusted_proxies: "),
    "network that is a name": (b'[server]\nallowed_networks = ["home.lan"]\n', ":2: server.allowed_networks: "),
    "base path without its slash": (b'[server]\nbase_path = "nest"\n', ":2: server.base_path: "),
    "address with another path": (b'[server]\npublic_url = "https://x/nest"\n', ":2: server.public_url: "),
    "every site": (b'[server]\ncors_origins = ["*"]\n', ":2: server.cors_origins: "),
    "site without a name": (b'[server]\ncors_origins = ["null"]\n', ":2: server.cors_origins: "),
    "host without a port": (b'[downloads]\nallow_private_hosts = ["nas.lan"]\n', ":2: downloads.allow_private_hosts: "),
    "time that is none": (b'[backups]\ndaily_at = "25:00"\n', ":2: backups.daily_at: "),
    "folder without a name": (b'[paths]\nmedia_dir = ""\n', ":2: paths.media_dir: "),
    "folder with a zero byte": (b'[paths]\nmedia_dir = "a\\u0000b"\n', ":2: paths.media_dir: "),
    "tile under one bracket": (b"[tiles]\ntitle = 'a'\n", ":1: tiles: "),
    "tile that is none": (b"tiles = 'a'\n", ":1: tiles: "),
    "tile without an address": (b"\n[[tiles]]\ntitle = 'a'\n", ":2: tiles.url: "),
    "tile with an unknown key": (TILE + b"colour = 'red'\n", ":4: tiles.colour: "),
    "tile with an unknown picture": (TILE + b"icon = 'flim'\n", ":4: tiles.icon: "),
    "tile with a wrong address": (b"[[tiles]]\nurl = 'javascript:alert(1)'\ntitle = 'a'", ":2: tiles.url: "),
    "tile with a secret in its address": (
        f"[[tiles]]\nurl = 'https://me:{CANARY}@x/'\ntitle = 'a'".encode(), ":2: tiles.url: ",
    ),
    "tile with an address without quotes": (b"[[tiles]]\ntitle = 'a'\nurl = https://x", ":3: tiles.url: "),
    "tile without a title": (b"[[tiles]]\nurl = 'https://x'\ntitle = ' '", ":3: tiles.title: "),
    "tile for an unknown role": (TILE + b"roles = ['children']\n", ":4: tiles.roles: "),
    "tile for nobody": (TILE + b"roles = []\n", ":4: tiles.roles: "),
    "tile in no order": (TILE + b"order = 'first'\n", ":4: tiles.order: "),
    "tile twice": (TILE + TILE, ":5: tiles.title: "),
    "tiles without end": (b"[[tiles]]\n" * 5000, ":201: tiles: "),
    "tiles in a misspelt list": (b"[[tile]]\n", ":1: tile: "),
    "not UTF-8": (b"[server]\nhost = '\xff'\n", ":2: file: "),
    "UTF-16": ("[server]\nport = 1\n".encode("utf-16"), ":1: file: "),
    "binary": (bytes(range(256)) * 4, ":2: file: "),
    "too large": (b"# " + b"x" * 70_000, ":1: file: "),
    "nested without end": (b"[server]\nport = " + b"[" * 20_000, ":2: server.port: "),
    "names without end": (b"a" + b".a" * 20_000 + b" = 1\n", ":1: syntax: "),
    "a lone carriage return": (b"[server]\rport = 1\n", ":1: "),
    "a zero byte": (b"[server]\nport = 1\x00\n", ":2: server.port: "),
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_settings_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MEDIANEST_")]:
        monkeypatch.delenv(name)


def check(*options: str) -> tuple[int, float]:
    """The exit code, and the processor time it took: the machine may be busy with something else."""
    begun = time.thread_time()
    code = main(["check-config", *options])
    return code, time.thread_time() - begun


def test_there_are_fifty() -> None:
    assert len(FILES) >= 50


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_a_clean_exit(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, beginning = FILES[case]
    file = tmp_path / "bad.toml"
    file.write_bytes(content)
    code, took = check("--config", str(file))
    out, err = capsys.readouterr()
    assert code == WRONG
    assert out == ""
    assert err.startswith(f"{file}{beginning}")
    assert CANARY not in err
    assert all(line.isprintable() and line.startswith(f"{file}:") for line in err.splitlines())
    assert took < 1


@pytest.mark.parametrize("path", ["none.toml", ".", "/dev/zero", "pipe", "file/below"])
def test_what_is_no_file_is_a_clean_exit(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    code, took = check("--config", path)
    assert code == WRONG
    assert capsys.readouterr().err.startswith(f"{path}:1: file: ")
    assert took < 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_clean_exit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "closed.toml"
    file.touch(mode=0)
    assert check("--config", str(file))[0] == WRONG
    assert "Permission denied" in capsys.readouterr().err


def test_the_environment_and_options_are_told_in_the_same_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDIANEST_SERVER__PORT", CANARY)
    monkeypatch.setenv("MEDIANEST_BACKUPS__PASPHRASE", CANARY)
    monkeypatch.setenv("MEDIANEST_LOG__LEVEL_FILE", f"/{CANARY}")
    code, _ = check("--data-dir", "")
    lines = capsys.readouterr().err.splitlines()
    assert code == WRONG
    assert [line.split(": ")[:2] for line in lines] == [
        ["environment", "MEDIANEST_BACKUPS__PASPHRASE"],
        ["environment", "MEDIANEST_LOG__LEVEL_FILE"],
        ["environment", "MEDIANEST_SERVER__PORT"],
        ["options", "--data-dir"],
    ]
    assert not any(CANARY in line for line in lines)


def test_every_problem_is_told_at_once_in_the_order_of_the_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[server]\nport = 'a'\nhots = 1\n[log]\nlevel = x\nformat = 'y'\n[paths\n")
    check("--config", str(file))
    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(f"{file}:").split(": ")[0] for line in lines] == ["2", "3", "5", "6", "7"]


def test_good_settings_are_said_to_be_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--data-dir", str(tmp_path)) == (0, pytest.approx(0, abs=1))
    assert capsys.readouterr().out.startswith("The settings are fine")
    (tmp_path / "config.toml").write_text("[server]\nport = 1\n")
    assert check("--data-dir", str(tmp_path))[0] == 0
    assert str(tmp_path / "config.toml") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "case"),
    [
        (["check-config"], "nested without end"),
        (["serve"], "secret without quotes"),
        (["create-admin", "robin"], "secret twice"),
        (["backup"], "binary"),
        (["doctor"], "a thousand unknown keys"),
    ],
)
def test_every_command_refuses_bad_settings_as_a_program_does(command: list[str], case: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(FILES[case][0])
    begun = os.times().children_user
    done = subprocess.run(
        [sys.executable, "-m", "medianest", *command, "--config", str(file)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == WRONG
    assert done.stderr.startswith(f"{file}{FILES[case][1]}")
    assert CANARY not in done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]
    assert os.times().children_user - begun < 1


@pytest.mark.parametrize("argument", ["--help", "check-config"])
def test_what_needs_no_portal_does_not_load_it(argument: str, tmp_path: Path) -> None:
    program = (
        "import sys; from medianest.cli import main\n"
        f"try: main([{argument!r}])\n"
        "except SystemExit: pass\n"
        "heavy = {'litestar', 'sqlalchemy', 'httpx', 'yt_dlp', 'cryptography', 'jinja2', 'uvicorn'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.stdout.splitlines()[-1] == "[]"
