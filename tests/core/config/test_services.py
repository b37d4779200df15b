"""Services of Apprise are written as a list of tables; every mistake has its line, and no address is ever shown."""

import subprocess
import sys
from pathlib import Path

import pytest

from medianest.core.actor import Role
from medianest.core.config import ConfigProblems, ServiceSettings, Sources, load
from medianest.core.i18n import Catalogues

CANARY = "c4naryc4nary"
NTFY = f"ntfys://ntfy.example/{CANARY}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def services(file: Path, text: str) -> tuple[ServiceSettings, ...]:
    file.write_text(text)
    return load(Sources(config_file=file)).apprise


def told(file: Path, text: str) -> list[tuple[int | None, str, str]]:
    file.write_text(text)
    with pytest.raises(ConfigProblems) as caught:
        load(Sources(config_file=file))
    lines = [problem.line(Catalogues().of("en")) for problem in caught.value.problems]
    assert CANARY not in " ".join([*lines, str(caught.value), repr(caught.value.problems)])
    return [(problem.origin.line, problem.origin.key, problem.sentence.id) for problem in caught.value.problems]


def test_a_service_has_a_name_and_an_address_that_is_never_shown(file: Path) -> None:
    (one,) = services(file, f"[[apprise]]\nname = 'Family'\nurl = '{NTFY}'\n")
    assert (one.name, one.url.get_secret_value()) == ("Family", NTFY)
    assert CANARY not in repr(one)
    assert all(one.is_for("bob", role) for role in Role)


def test_it_is_for_roles_and_among_them_for_the_people_who_are_named(file: Path) -> None:
    text = f"[[apprise]]\nname = 'F'\nurl = '{NTFY}'\nroles = ['admin', 'member']\npeople = ['Bob']\n"
    (one,) = services(file, text)
    assert one.is_for("bob", Role.MEMBER)
    assert not one.is_for("bob", Role.GUEST)
    assert not one.is_for("alice", Role.ADMIN)
    assert not one.is_for("bob", None)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (f"nothing://{CANARY}", "config.unknown_service"),
        (f"discord://{CANARY}", "config.unknown_service"),
        (f"file:///{CANARY}", "config.unknown_service"),
        ("syslog://local0", "config.unknown_service"),
        (f"http://{CANARY}.example/apprise.yml", "config.unknown_service"),
        (CANARY, "config.want_service"),
        (f"{NTFY} {NTFY}", "config.want_service"),
        ("", "config.want_service"),
    ],
)
def test_an_address_that_apprise_does_not_know_is_refused_with_its_line(file: Path, url: str, sentence: str) -> None:
    text = f"[[apprise]]\nname = 'A'\nurl = '{NTFY}'\n[[apprise]]\nname = 'B'\nurl = '{url}'\n"
    assert told(file, text) == [(6, "apprise.url", sentence)]


def test_other_mistakes_have_their_line_too(file: Path) -> None:
    assert told(file, "[[apprise]]\nname = 'A'\n") == [(1, "apprise.url", "config.missing")]
    twice = f"[[apprise]]\nname = 'A'\nurl = '{NTFY}'\n[[apprise]]\nname = 'a'\nurl = '{NTFY}'\n"
    assert told(file, twice) == [(5, "apprise.name", "config.same_in_list")]
    wrong = f"[[apprise]]\nname = 'A'\nurl = '{NTFY}'\npeople = 'bob'\n"
    assert told(file, wrong) == [(4, "apprise.people", "config.want_list")]


def test_it_is_not_set_by_environment() -> None:
    with pytest.raises(ConfigProblems) as caught:
        load(Sources(environ={"MEDIANEST_APPRISE__URL": NTFY}))
    assert [problem.sentence.id for problem in caught.value.problems] == ["config.only_in_file"]


@pytest.mark.parametrize("text", ["", f"[[apprise]]\nname = 'A'\nurl = '{NTFY}'\n"])
def test_the_settings_are_read_without_apprise_in_this_process(file: Path, text: str) -> None:
    file.write_text(text)
    code = (
        "import sys; from pathlib import Path; from medianest.core.config import Sources, load\n"
        f"load(Sources(config_file=Path({str(file)!r})))\n"
        "sys.exit(any(name.partition('.')[0] in ('apprise', 'requests') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
