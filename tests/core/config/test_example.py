"""config.example.toml says the truth about every setting."""

import re
import tomllib
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from medianest.core.actor import Role
from medianest.core.config import DownloadsSettings, Settings, Sources, load
from medianest.core.config.presets import PresetDefaults, PresetSettings
from medianest.core.config.settings import LISTS, columns, fields, reloadable_names
from medianest.core.config.values import ICONS
from medianest.downloads import presets
from medianest.downloads.recipes import AudioFormat, Container, Nfo, Place, VideoCodec
from medianest.downloads.types import Preset

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"
NAMES = [name for name, _ in fields()]
COLUMNS = [name for name, _ in columns()]


def uncommented() -> str:
    return re.sub(r"^#(?=\w+ = |\[\[)", "", EXAMPLE.read_text(), flags=re.MULTILINE)


def comment_over(section: str, key: str) -> str:
    part = EXAMPLE.read_text().split(f"[{section}]")[-1].split("\n[")[0]
    found = re.search(rf"^# (.+)\n#{key} = ", part, flags=re.MULTILINE)
    assert found, f"{section}.{key} has no sentence"
    return found[1]


def test_it_holds_every_setting_and_no_other() -> None:
    written = tomllib.loads(uncommented())
    lists = {(name, key) for name in LISTS for key in written.pop(name)[0]}
    assert lists == set(COLUMNS)
    assert {(section, key) for section, keys in written.items() for key in keys} == set(NAMES)


def test_its_values_are_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(uncommented())
    settings = load(Sources(config_file=file))
    assert settings.model_copy(update=dict.fromkeys(LISTS, ())) == Settings()
    for name, kind in LISTS.items():
        (row,) = getattr(settings, name)
        needed = {key for key, info in kind.model_fields.items() if info.is_required()}
        assert row == kind(**{key: getattr(row, key) for key in needed})


def test_as_it_is_it_sets_nothing() -> None:
    assert not any(tomllib.loads(EXAMPLE.read_text()).values())


@pytest.mark.parametrize("name", NAMES + COLUMNS, ids=".".join)
def test_each_setting_has_one_sentence(name: tuple[str, str]) -> None:
    sentence = comment_over(*name).removesuffix(" (reloadable)")
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not re.search(r"\. [A-Z]", sentence), "more than one sentence"


@pytest.mark.parametrize("name", NAMES, ids=".".join)
def test_the_reloadable_mark_is_where_the_reload_takes_it_over(name: tuple[str, str]) -> None:
    assert comment_over(*name).endswith(" (reloadable)") == (name in reloadable_names())


def test_the_presets_are_those_of_the_queue(tmp_path: Path) -> None:
    for preset in Preset:
        assert load(Sources(environ={"MEDIANEST_DOWNLOADS__DEFAULT_PRESET": preset.value})).downloads.default_preset
    assert all(preset in comment_over("downloads", "default_preset") for preset in Preset)


PRESET = re.findall(r"^#  (# .+|\w+ = .+)$", EXAMPLE.read_text(), flags=re.MULTILINE)


def test_the_example_of_a_preset_holds_every_line_that_one_may_have() -> None:
    written = tomllib.loads("\n".join(PRESET))
    assert set(written) == set(PresetSettings.model_fields)
    assert "all but label, based_on, roles, audio_only and plays_anywhere" in EXAMPLE.read_text()
    assert set(written) - set(PresetDefaults.model_fields) == {
        "label", "based_on", "roles", "audio_only", "plays_anywhere",
    }  # fmt: skip
    assert all(comment.startswith("# ") and comment.endswith(".") for comment in PRESET[::2])


def test_the_example_of_a_preset_is_the_best_one_by_another_name(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[downloads.presets.archive]\n" + "\n".join(PRESET))
    made = presets.recipes(load(Sources(config_file=file)).downloads)
    said = replace(made["archive"], short_side=None, audio_kbit_s=None)
    assert said == made["best"]


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("video_codecs", VideoCodec), ("container", Container), ("audio_format", AudioFormat), ("thumbnail", Place),
        ("subtitles_as", Place), ("nfo", Nfo),
    ],
)  # fmt: skip
def test_each_choice_of_a_preset_is_named_and_taken(tmp_path: Path, key: str, choices: type[StrEnum]) -> None:
    comment = next(line for line, setting in pairwise(PRESET) if setting.startswith(f"{key} ="))
    for choice in choices:
        assert choice.value in comment
        value = [choice.value] if key == "video_codecs" else choice.value
        settings = DownloadsSettings.model_validate({"presets": {"own": {key: value}}})
        assert getattr(presets.recipes(settings)["own"], key) in (choice, (choice,))


def test_every_picture_and_role_that_a_tile_may_have_is_named() -> None:
    assert re.findall(r"[a-z]+", comment_over("tiles", "icon").partition(": ")[2]) == [*ICONS[:-1], "or", ICONS[-1]]
    assert comment_over("tiles", "roles").endswith(": " + ", ".join(Role) + ".")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_taken_over_by_a_reload_and_says_so(name: str) -> None:
    over = EXAMPLE.read_text().split(f"#[[{name}]]")[0].rpartition("\n\n")[2]
    assert over.endswith(" (reloadable)\n")
    assert (name,) in reloadable_names()
