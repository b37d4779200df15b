"""The shape of the house, checked by machine: who imports whom, how long things are, what they are called."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.checkout import ROOT, kept_files

LINT_IMPORTS = [sys.executable, "-c", "import importlinter.cli as cli; cli.lint_imports_command()"]
"""In a process of its own: it turns off every logger that there is already."""
LONGEST_FILE = 300
LONGEST_ROOT = 150
LONGEST_FUNCTION = 40
EMPTY_NAMES = re.compile(r"(^|_)(helpers?|utils?|managers?|handlers?|misc|common)(_|$)")
EMPTY_CLASSES = re.compile(r"(Helper|Util|Utils|Manager|Handler)$")
REGISTRIES = re.compile(r"pypi[.]org|pythonhosted[.]org|registry[.](npmjs|yarnpkg)|--(extra-)?index-url|--find[-]links")
MACHINE_PATHS = re.compile(r"(?<![\w.}/-])/(root|home|work|tmp)/\w")
LOCKS = {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", "yarn.lock"}

HEAVY = (
    "PIL", "alembic", "apprise", "babel", "cryptography", "httpx", "imageio_ffmpeg", "jinja2", "plexapi", "pydantic.v1",
    "websockets", "xml", "yt_dlp",
)  # fmt: skip
"""Each takes megabytes, or a good part of a second; what needs it imports it then."""

SQLITES_OWN = re.compile(r"\bfts5\(|\bMATCH\b|\bPRAGMA\b|\bBEGIN IMMEDIATE\b|\bCREATE TRIGGER\b")
KNOW_SQLITE = {f"medianest/{name}.py" for name in ("core/db", "core/fulltext", "core/tallies", "admin/restore")}

# For each contract of pyproject.toml, files with imports that it must refuse.
PLANTED = {
    "Layers": {"core/planted.py": "import medianest.downloads.types"},
    "Pure modules stay pure": {"core/event.py": "import sqlalchemy"},
    "A feature's tables and its client are its own": {"downloads/planted.py": "import medianest.accounts.models"},
    "Handlers call services and queries": {"http/planted.py": "import sqlalchemy"},
    "Only the faces, their floor and the composition root know the web framework": {
        "accounts/planted.py": "import litestar"
    },
    "Settings are checked only in core.config": {"core/planted.py": "import pydantic"},
    "APScheduler is a detail of core.scheduler": {"core/planted.py": "import apscheduler"},
    "Templates are rendered only in web": {"core/planted.py": "import jinja2"},
    "Only client.py speaks to the outside": {"core/paging.py": "import httpx", "core/work.py": "import websockets"},
    "Letters go out by one door": {"notifications/sending.py": "import aiosmtplib"},
    "Only the child process imports yt-dlp": {"downloads/child/options.py": "import yt_dlp"},
    "Only the child that speaks to services imports Apprise": {"core/work.py": "import apprise"},
    "Only the child that draws decodes pictures": {"pictures/decoders.py": "import PIL"},
    "No cycles inside a package": {
        "core/egg.py": "import medianest.core.hen",
        "core/hen.py": "import medianest.core.egg",
    },
}


def modules() -> list[Path]:
    return [path for path in sorted((ROOT / "medianest").rglob("*.py")) if "migrations" not in path.parts]


def definitions(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, ast.AST]]:
    """Every definition of a kind in the package, with the place to look for it."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, kind):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def contracts() -> list[str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["name"] for contract in config["tool"]["importlinter"]["contracts"]]


def test_imports_keep_the_contracts() -> None:
    checked = subprocess.run(LINT_IMPORTS, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_each_contract_refuses_an_import_planted_against_it(tmp_path: Path) -> None:
    assert {name.partition(":")[0] for name in contracts()} == PLANTED.keys(), "plant an import for each"
    shutil.copytree(ROOT / "medianest", tmp_path / "medianest")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place, line in chain.from_iterable(files.items() for files in PLANTED.values()):
        with (tmp_path / "medianest" / place).open("a") as file:
            file.write(f"\n{line}\n")
    printed = subprocess.run([*LINT_IMPORTS, "--no-cache"], cwd=tmp_path, capture_output=True, text=True).stdout
    assert [name for name in contracts() if f"{name} BROKEN" not in printed] == [], printed


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_what_runs_can_be_read_on_one_page() -> None:
    assert len((ROOT / "medianest" / "app.py").read_text().splitlines()) <= LONGEST_ROOT


def test_no_function_is_longer_than_a_screen() -> None:
    functions = definitions((ast.FunctionDef, ast.AsyncFunctionDef))
    lengths = {place: node.end_lineno - node.lineno + 1 for place, node in functions}
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_modules_and_classes_are_named_for_what_they_are() -> None:
    vague = [str(path.relative_to(ROOT)) for path in modules() if EMPTY_NAMES.search(path.stem)]
    vague += [place for place, _ in definitions(ast.ClassDef) if EMPTY_CLASSES.search(place)]
    assert vague == []


def test_every_module_says_which_question_it_answers() -> None:
    assert [str(path) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_a_portal_that_asks_nobody_is_built_without_what_is_heavy(tmp_path: Path) -> None:
    built = f"""
import sys
from medianest.cli import serving
from medianest.core.config import Sources, load

sources = Sources(environ={{}}, options={{"--data-dir": {str(tmp_path)!r}}})
serving.create_app(load(sources), sources)
print([name for name in {HEAVY} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", built], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_few_modules_have_sql_that_only_sqlite_understands() -> None:
    strings = {
        str(path.relative_to(ROOT)): [
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        for path in modules()
    }
    assert {name for name, texts in strings.items() if any(map(SQLITES_OWN.search, texts))} - KNOW_SQLITE == set()


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINE_PATHS], ids=["registries", "machine paths"])
def test_no_kept_file_names_a_registry_or_a_place_on_one_machine(pattern: re.Pattern[str]) -> None:
    found = []
    for path in kept_files():
        lines = path.read_bytes().decode(errors="replace").splitlines()
        places = (
            f"{path.relative_to(ROOT)}:{n}: {line[:120]}" for n, line in enumerate(lines, 1) if pattern.search(line)
        )
        found += places
    assert found == []


def test_no_lock_file_that_records_addresses_is_kept() -> None:
    assert LOCKS & {path.name for path in kept_files()} == set()
