"""The built wheel is the whole portal: installed elsewhere and started from another folder it serves every page."""

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.checkout import ROOT, kept_files
from tests.crawl import assets, crawl
from tests.portal import Portal

PLACES = {name: Path("medianest") / name for name in ("templates", "static")} | {"medianest": Path("medianest")}
PICTURES_OF_README = ("static", "readme")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("medianest-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment in which the wheel is installed; what it depends on is borrowed from ours."""
    folder = tmp_path_factory.mktemp("elsewhere")
    python = folder / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder / "venv")})
    (Path(packages) / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


class Installed(Portal):
    """A portal that runs what is installed elsewhere, and does not see this checkout."""

    def _environment(self) -> dict[str, str]:
        return {name: value for name, value in super()._environment().items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def installed(elsewhere: Path) -> Iterator[Portal]:
    portal = Installed(elsewhere / "portal")
    portal.executable = [str(elsewhere / "venv" / "bin" / "medianest")]
    with portal:
        yield portal


def test_the_wheel_holds_what_the_checkout_holds_and_no_more(wheel: Path) -> None:
    kept = (path.relative_to(ROOT) for path in kept_files())
    expected = {
        PLACES[path.parts[0]] / path.relative_to(path.parts[0])
        for path in kept
        if path.parts[0] in PLACES and path.parts[:2] != PICTURES_OF_README
    }
    held = {Path(name) for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected


def test_installed_elsewhere_it_serves_every_page_and_every_file_of_them(installed: Portal) -> None:
    client = installed.admin()
    pages = crawl(client)
    files = {path: client.get(path).status_code for path in assets(client, pages)}
    assert {path: page.status for path, page in pages.items() if page.status != httpx.codes.OK} == {}
    assert {path: status for path, status in files.items() if status != httpx.codes.OK} == {}
    assert {"/", "/queue", "/library", "/account", "/admin"} <= pages.keys()
    assert {Path(urlsplit(path).path).suffix for path in files} >= {".css", ".js", ".svg"}
