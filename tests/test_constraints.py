"""The pinned constraints are what pyproject.toml asks for: nothing missing, nothing left over, everything hashed."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.checkout import ROOT

HASHES = r"(?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+))? \\\n" + HASHES, re.M)
ASKED = {"runtime": ("build",), "dev": ("dev",)}


def pins(name: str) -> dict[str, str]:
    """The versions of a constraints file that apply to this platform and Python."""
    text = (ROOT / "constraints" / f"{name}.txt").read_text()
    return {
        canonicalize_name(pin["name"]): pin["version"]
        for pin in PIN.finditer(text)
        if not pin["marker"] or Marker(pin["marker"]).evaluate()
    }


def asked(*groups: str) -> Iterator[Requirement]:
    """What pyproject.toml names: the project's dependencies and those of some groups."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    yield from map(Requirement, project["project"]["dependencies"])
    for group in groups:
        for entry in project["dependency-groups"][group]:
            if isinstance(entry, str):
                yield Requirement(entry)
            else:
                yield from asked(entry["include-group"])


def with_what_they_need(requirements: Iterable[Requirement]) -> list[Requirement]:
    """The requirements and, by the metadata of what is installed, all that they draw in here."""
    found: dict[str, Requirement] = {}
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        extras = requirement.extras or {""}
        if str(requirement) in found or not applies(requirement, {""}):
            continue
        found[str(requirement)] = requirement
        needed = map(Requirement, distribution(requirement.name).requires or ())
        waiting += [unmarked(need) for need in needed if applies(need, {"", *extras})]
    return list(found.values())


def applies(requirement: Requirement, extras: set[str]) -> bool:
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)


def unmarked(requirement: Requirement) -> Requirement:
    requirement.marker = None
    return requirement


@pytest.mark.parametrize("name", ASKED)
def test_every_requirement_is_pinned_at_a_version_that_it_allows(name: str) -> None:
    pinned = pins(name)
    unmet = [
        str(requirement)
        for requirement in with_what_they_need(asked(*ASKED[name]))
        if not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"), prereleases=True)
        or canonicalize_name(requirement.name) not in pinned
    ]
    assert unmet == [], "run ./dev lock"


@pytest.mark.parametrize("name", ASKED)
def test_nothing_is_pinned_that_nobody_needs(name: str) -> None:
    needed = {canonicalize_name(requirement.name) for requirement in with_what_they_need(asked(*ASKED[name]))}
    assert pins(name).keys() - needed == set(), "run ./dev lock"


def test_developing_adds_to_what_runs_and_changes_none_of_it() -> None:
    assert pins("runtime").items() <= pins("dev").items()


@pytest.mark.parametrize("name", ASKED)
def test_every_pin_has_hashes_and_no_line_says_where_to_fetch_from(name: str) -> None:
    text = (ROOT / "constraints" / f"{name}.txt").read_text()
    unread = [line for line in PIN.sub("", text).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert unread == []
    assert "://" not in text
