"""What README says can be done."""

import re
import subprocess
from importlib.util import find_spec

from tests.checkout import ROOT

README = (ROOT / "README.md").read_text()
LINES = [line.strip() for line in README.splitlines() if line.startswith("    ")]


def test_it_begins_with_the_two_commands() -> None:
    assert LINES[:2] == ["./dev serve", "./dev test"]


def test_every_command_is_one_that_dev_knows() -> None:
    said = subprocess.run([ROOT / "dev", "help"], check=True, capture_output=True, text=True).stdout
    known = set(re.findall(r"^ +\./dev (\w+)", said, re.M))
    used = {line.split()[1] for line in LINES if line.startswith("./dev ")}
    assert used <= known
    assert known == {"serve", "test", "check", "python", "lock"}


def test_every_program_that_python_is_asked_to_run_is_there() -> None:
    modules = re.findall(r"python -m ([\w.]+)", README)
    assert modules
    assert [module for module in modules if find_spec(module) is None] == []


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^):]+)\)", README)
    assert [link for link in links if not (ROOT / link).is_file()] == []
