"""Presets in layers: defaults, what one is based on, what it says itself; and who is offered which."""

from dataclasses import replace
from typing import Any

import pytest

from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.config import DownloadsSettings
from medianest.downloads import presets
from medianest.downloads.presets import UnknownPreset
from medianest.downloads.recipes import AudioFormat, Container, Recipe, VideoCodec
from medianest.downloads.types import Preset
from tests.downloads.recipes import BUILT_IN


def settings(**values: Any) -> DownloadsSettings:
    return DownloadsSettings.model_validate(values)


def somebody(role: Role) -> Actor:
    return replace(SYSTEM, id="1", role=role)


def names(known: DownloadsSettings, role: Role) -> list[str]:
    return [offer.name for offer in presets.offers(known, somebody(role))]


def test_without_settings_there_are_the_built_in_ones() -> None:
    assert list(BUILT_IN) == list(Preset)
    assert BUILT_IN[Preset.BEST] == Recipe()
    assert BUILT_IN[Preset.AUDIO_MP3] == Recipe(audio_only=True, audio_format=AudioFormat.MP3)
    assert BUILT_IN[Preset.PHONE] == Recipe(short_side=720, video_codecs=(VideoCodec.H264,), plays_anywhere=True)


def test_each_layer_stands_over_the_one_below() -> None:
    made = presets.recipes(
        settings(
            defaults={"container": "mkv", "metadata": False, "short_side": 480},
            presets={
                "small": {"based_on": "720p", "metadata": True},
                "smaller": {"based_on": "small", "short_side": 360, "container": "auto"},
                "best": {"audio_languages": ["de"]},
            },
        )
    )
    assert made["720p"] == Recipe(container=Container.MKV, metadata=False, short_side=720)
    assert made["small"] == Recipe(container=Container.MKV, short_side=720)
    assert made["smaller"] == Recipe(short_side=360)
    assert made["best"] == Recipe(container=Container.MKV, metadata=False, short_side=480, audio_languages=("de",))
    assert list(made)[-2:] == ["small", "smaller"]


def test_raw_options_are_joined_one_by_one() -> None:
    made = presets.recipes(
        settings(
            defaults={"ytdlp_options": {"retries": 9, "socket_timeout": 30.0}},
            presets={"own": {"ytdlp_options": {"retries": 1, "format": "worst"}}},
        )
    )
    assert made["best"].options == {"retries": 9, "socket_timeout": 30.0}
    assert made["own"].options == {"retries": 1, "socket_timeout": 30.0, "format": "worst"}


def test_a_preset_is_offered_to_its_roles_only() -> None:
    known = settings(
        default_preset="huge", presets={"huge": {"roles": ["admin"], "label": "Huge"}, "best": {"roles": ["admin"]}}
    )
    assert names(known, Role.ADMIN)[-1] == "huge"
    assert names(known, Role.CHILD) == ["1080p", "720p", "phone", "audio-mp3", "audio-original"]
    assert presets.chosen(known, somebody(Role.ADMIN), None) == "huge"
    assert presets.chosen(known, somebody(Role.CHILD), None) == "1080p"
    with pytest.raises(UnknownPreset):
        presets.chosen(known, somebody(Role.CHILD), "huge")


def test_one_offer_is_the_default_and_carries_the_household_s_word() -> None:
    known = settings(default_preset="own", presets={"own": {"label": "Our own"}})
    assert [(one.name, one.label) for one in presets.offers(known, SYSTEM) if one.is_default] == [("own", "Our own")]


def test_where_nothing_is_offered_nothing_is_chosen() -> None:
    known = settings(presets={name: {"roles": ["admin"]} for name in Preset})
    with pytest.raises(UnknownPreset):
        presets.chosen(known, somebody(Role.MEMBER), None)
