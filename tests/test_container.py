"""What the container runs first and asks about its health, and that its recipe finds what it names."""

import fnmatch
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.portal.fixtures import NewPortal
from tests.processes import needs_root

START, HEALTHY = ROOT / ".docker" / "start", ROOT / ".docker" / "healthy"
TELLS = "echo $(id -u) $(id -g) $(umask) $(grep -c '^CapBnd:.*0000$' /proc/self/status) $*"


@pytest.fixture
def image() -> Iterator[Path]:
    """Folders that every user can come to, as the image has them; `medianest` stands in for the portal."""
    with tempfile.TemporaryDirectory(prefix="medianest-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("data", "media", "bin"):
            (folder / part).mkdir()
        yield folder


def stand_in(image: Path, script: str) -> None:
    program = image / "bin" / "medianest"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def environment(image: Path, **given: str) -> Mapping[str, str]:
    folders = {"MEDIANEST_DATA_DIR": str(image / "data"), "MEDIANEST_PATHS__MEDIA_DIR": str(image / "media")}
    return {"PATH": f"{image / 'bin'}:{os.environ['PATH']}", **folders, **given}


def start(image: Path, *before: str, **given: str) -> subprocess.CompletedProcess[str]:
    command = [*before, str(START), "serve", "--port", "1"]
    return subprocess.run(command, env=environment(image, **given), capture_output=True, text=True, timeout=30)


def test_the_recipe_names_only_files_that_are_there_and_are_sent() -> None:
    named = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    sources = [source for line in named for source in line.split()]
    assert len(sources) > 5
    assert [source for source in sources if not (ROOT / source).exists()] == []
    sent = [line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")]
    kept = [source for source in sources if any(fnmatch.fnmatch(source, f"{it}*") for it in sent)]
    assert kept == sources


def test_the_recipe_takes_its_base_from_outside_and_only_pinned_packages() -> None:
    recipe = (ROOT / "Dockerfile").read_text()
    assert "ARG BASE_IMAGE=python:3.13-slim-bookworm\n" in recipe
    assert set(re.findall(r"^FROM (\S+)", recipe, re.M)) == {"${BASE_IMAGE}", "packages"}
    assert "--require-hashes" in recipe
    assert "chown" not in recipe


@needs_root
def test_root_becomes_whom_it_is_told(image: Path) -> None:
    stand_in(image, TELLS)
    done = start(image, PUID="4321", PGID="4322", UMASK="002")
    assert (done.returncode, done.stdout.split()) == (0, ["4321", "4322", "0002", "1", "serve", "--port", "1"])


@needs_root
def test_a_fresh_volume_is_given_away_and_nothing_else_ever_is(image: Path) -> None:
    stand_in(image, "exit 0")
    (image / "media" / "mine").touch()
    assert start(image, PUID="4321").returncode == 0
    assert [(image / name).stat().st_uid for name in ("data", "media", "media/mine")] == [4321, 0, 0]


@needs_root
def test_a_user_stays_who_they_are(image: Path) -> None:
    stand_in(image, TELLS)
    done = start(image, "setpriv", "--reuid=4321", "--regid=4321", "--clear-groups", PUID="1")
    assert done.stdout.split()[:3] == ["4321", "4321", "0022"]


@needs_root
def test_root_without_capabilities_goes_on_unless_it_was_to_become_somebody(image: Path) -> None:
    stand_in(image, TELLS)
    powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    assert start(image, *powerless).stdout.split()[:2] == ["0", "0"]
    refused = start(image, *powerless, PUID="4321")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert 'user: "4321:1000"' in refused.stderr


@needs_root
@pytest.mark.parametrize(("key", "value"), [("PUID", "alice"), ("PGID", "10 0"), ("UMASK", "9"), ("UMASK", "0o22")])
def test_what_is_no_number_is_refused_in_words(image: Path, key: str, value: str) -> None:
    stand_in(image, TELLS)
    refused = start(image, **{key: value})
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"{key} is '{value}'" in refused.stderr


@needs_root
def test_the_first_process_passes_the_signal_on_and_tells_how_the_portal_ended(image: Path) -> None:
    stand_in(image, "trap 'echo stopped; exit 7' TERM\necho runs\nwhile :; do sleep 0.01; done")
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", str(START)]
    with subprocess.Popen(command, env=environment(image), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "runs\n"
        (inside,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(inside), signal.SIGTERM)
        assert process.stdout.read() == "stopped\n"
    assert process.returncode == 7


@needs_root
def test_the_first_process_lets_go_of_what_others_left_behind(image: Path) -> None:
    left_behind = "setsid sh -c 'sh -c \"exit 0\" & exit 0'\n"
    zombies = "cat /proc/[0-9]*/status 2>/dev/null | grep -c '^State:.*Z'"
    stand_in(image, f"{left_behind * 5}for turn in $(seq 500); do [ $({zombies}) = 0 ] && exit 5; sleep 0.01; done")
    assert start(image, "unshare", "--pid", "--fork", "--mount-proc").returncode == 5


def test_a_portal_that_answers_is_healthy_and_one_that_does_not_is_not(new_portal: NewPortal) -> None:
    portal = new_portal()
    portal.start()
    port = portal.address.rpartition(":")[2]
    config = portal.folder / "asked.toml"
    config.write_text(f"[server]\nport = {port}\n")

    def asked(**said: str) -> int:
        environ = {"PATH": os.environ["PATH"], **said}
        return subprocess.run([HEALTHY], env=environ, stderr=subprocess.DEVNULL, timeout=30).returncode

    assert asked(MEDIANEST_SERVER__PORT=port) == asked(MEDIANEST_CONFIG=str(config)) == 0
    portal.stop()
    assert asked(MEDIANEST_SERVER__PORT=port) == asked(MEDIANEST_CONFIG=str(config)) == 1
