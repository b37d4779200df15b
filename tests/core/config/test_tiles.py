"""Links of the house are written as a list of tables, and every mistake in them has its line."""

from pathlib import Path

import pytest

from medianest.core.actor import Role
from medianest.core.config import ConfigProblems, Problem, Settings, Sources, TileSettings, load
from medianest.core.config.settings import changed_names, reloaded
from medianest.core.config.values import ICONS
from medianest.web.assets import STATIC


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def tiles(file: Path, text: str) -> tuple[TileSettings, ...]:
    file.write_text(text)
    return load(Sources(config_file=file)).tiles


def problems(file: Path, text: str) -> list[Problem]:
    file.write_text(text)
    with pytest.raises(ConfigProblems) as caught:
        load(Sources(config_file=file))
    return list(caught.value.problems)


def told(file: Path, text: str) -> list[tuple[int | None, str, str]]:
    return [(problem.origin.line, problem.origin.key, problem.sentence.id) for problem in problems(file, text)]


def tile(title: str = "Photos", url: str = "https://photos.example", more: str = "") -> str:
    return f"[[tiles]]\ntitle = '{title}'\nurl = '{url}'\n{more}\n"


def test_a_tile_needs_a_title_and_an_address_and_all_else_has_a_default(file: Path) -> None:
    (found,) = tiles(file, tile())
    assert (found.title, found.url) == ("Photos", "https://photos.example")
    assert (found.icon, found.description, found.group, found.order) == ("globe", "", "", 0)
    assert found.roles == frozenset(Role)


def test_everything_of_a_tile_can_be_set(file: Path) -> None:
    more = "icon = 'photo'\nroles = ['child', 'guest']\norder = -5\ndescription = 'All albums'\ngroup = 'Look'"
    (found,) = tiles(file, tile(more=more))
    assert found == TileSettings(
        title="Photos", url="https://photos.example", icon="photo", roles=frozenset({Role.CHILD, Role.GUEST}),
        order=-5, description="All albums", group="Look",
    )  # fmt: skip


def test_a_list_on_one_line_and_an_empty_one_are_lists_too(file: Path) -> None:
    assert tiles(file, "tiles = []") == ()
    assert [found.title for found in tiles(file, "tiles = [{title = 'a', url = 'http://b'}]")] == ["a"]


def test_every_mistake_of_every_tile_is_told_at_once(file: Path) -> None:
    text = tile(more="icon = 'flim'") + tile("B", "ftp://b") + "[[tiles]]\nurl = 'http://c'\ncolour = 'red'\n"
    assert told(file, text) == [
        (4, "tiles.icon", "config.unknown_icon"),
        (7, "tiles.url", "config.want_link"),
        (9, "tiles.title", "config.missing"),
        (11, "tiles.colour", "config.unknown_key"),
    ]


def test_what_is_misspelt_is_answered_with_what_was_meant(file: Path) -> None:
    meant = {
        "icon = 'flim'": "film",
        "icon = 'Photos'": "photo",
        "roles = ['memeber']": "member",
        "ikon = 'film'": "tiles.icon",
    }
    for more, nearest in meant.items():
        (problem,) = problems(file, tile(more=more))
        assert problem.sentence.values["nearest"] == nearest
    (problem,) = problems(file, "[[tile]]\ntitle = 'a'")
    assert problem.sentence.values["nearest"] == "[[tiles]]"


def test_a_line_that_cannot_be_read_is_told_once(file: Path) -> None:
    text = "[[tiles]]\ntitle = 'a'\nurl = https://a\n"
    assert told(file, text) == [(3, "tiles.url", "config.syntax_value")]


@pytest.mark.parametrize(
    "url",
    [
        "", "photos.example", "//photos.example", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
        "https://", "https:///albums", "http://x:0", "http://x:99999", "http://a b/", "http://x/\\", "http://[::1",
        'http://x/">', "http://-x-/", "mailto:a@b",
    ],
)  # fmt: skip
def test_an_address_is_one_that_browsers_open(file: Path, url: str) -> None:
    assert told(file, tile(url=url)) == [(3, "tiles.url", "config.want_link")]


@pytest.mark.parametrize(
    "url",
    ["http://nas:8096", "https://photos.example/a?b=c#d", "http://192.168.1.20:32400/web", "http://[fd00::1]:81/",
     "https://bücher.example/"],
)  # fmt: skip
def test_an_address_is_kept_as_it_was_written(file: Path, url: str) -> None:
    assert tiles(file, tile(url=url))[0].url == url


def test_an_address_carries_no_password_and_is_not_repeated(file: Path) -> None:
    (problem,) = problems(file, tile(url="https://me:canary@x/"))
    assert problem.sentence.id == "config.link_with_password"
    assert "canary" not in repr(problem)


def test_what_some_of_the_same_people_would_see_twice_is_told_with_the_first_line(file: Path) -> None:
    assert told(file, tile() + tile("photos", "http://other")) == [(6, "tiles.title", "config.same_in_list")]
    assert told(file, tile() + tile("Other")) == [(7, "tiles.url", "config.same_in_list")]
    children, others = "roles = ['child']", "roles = ['admin', 'member']"
    (problem,) = problems(file, tile() + tile(more=children))
    assert problem.sentence.values["line"] == 2
    assert len(tiles(file, tile(more=children) + tile(more=others))) == 2


def test_a_tile_is_for_somebody(file: Path) -> None:
    assert told(file, tile(more="roles = []")) == [(4, "tiles.roles", "config.want_roles")]


def test_the_environment_holds_no_tiles_and_says_so() -> None:
    environ = {"MEDIANEST_TILES": "x", "MEDIANEST_TILES__TITLE": "x", "MEDIANEST_TILES__0__URL": "x"}
    with pytest.raises(ConfigProblems) as caught:
        load(Sources(environ=environ))
    found = {problem.origin.key: problem.sentence.id for problem in caught.value.problems}
    assert found == {
        "MEDIANEST_TILES": "config.only_in_file",
        "MEDIANEST_TILES__0__URL": "config.only_in_file",
        "MEDIANEST_TILES__TITLE": "config.only_in_file",
    }


def test_a_reload_takes_the_whole_list_over(file: Path) -> None:
    before = Settings()
    after = before.model_copy(update={"tiles": tiles(file, tile())})
    assert changed_names(before, after) == {("tiles",)}
    assert reloaded(before, after) == after


def test_each_picture_is_in_the_sprite() -> None:
    sprite = (STATIC / "icons" / "sprite.svg").read_text()
    assert [icon for icon in ICONS if f'<symbol id="{icon}" ' not in sprite] == []
