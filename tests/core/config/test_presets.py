"""What a table of a preset may say, and what is said of a wrong one, with its line."""

from pathlib import Path

import pytest

from medianest.core.actor import Role
from medianest.core.config import Settings, Sources, load
from medianest.core.config.ytdlp_options import refusal
from tests.core.config.test_contradictions import problems


def settings(folder: Path, text: str, **environ: str) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return load(Sources(config_file=file, environ=environ))


def test_a_preset_is_a_table_of_its_own(tmp_path: Path) -> None:
    known = settings(
        tmp_path,
        '[downloads]\ndefault_preset = "archive"\n[downloads.presets.archive]\nlabel = "Archive"\nroles = ["admin"]\n'
        'video_codecs = ["av1", "vp9"]\n[downloads.presets.archive.ytdlp_options]\nretries = 9\n'
        '[downloads.presets.archive.ytdlp_options.extractor_args.youtube]\nlang = ["de"]\n'
        "[downloads.defaults]\nmetadata = false\n",
    ).downloads
    archive = known.presets["archive"]
    assert (archive.label, archive.roles, archive.video_codecs) == ("Archive", {Role.ADMIN}, ("av1", "vp9"))
    assert archive.ytdlp_options
    assert archive.ytdlp_options.model_dump(exclude_unset=True) == {
        "retries": 9,
        "extractor_args": {"youtube": {"lang": ["de"]}},
    }
    assert known.defaults.metadata is False


def test_the_environment_takes_presets_as_a_table_on_one_line(tmp_path: Path) -> None:
    known = settings(tmp_path, "", MEDIANEST_DOWNLOADS__PRESETS="{ own = { short_side = 480 } }")
    assert known.downloads.presets["own"].short_side == 480


WRONG = [
    ('[downloads.presets.a]\nshort_side = "x"', "2: downloads.presets.a.short_side", "want_number"),
    ("[downloads.presets.a]\nshort_side = 1", "2: downloads.presets.a.short_side", "at_least"),
    ("[downloads.presets.a]\n\nvideo_codec = []", "3: downloads.presets.a.video_codec", "unknown_key"),
    ('[downloads.presets.a]\nvideo_codecs = ["mpeg2"]', "2: downloads.presets.a.video_codecs", "want_one_of"),
    ('[downloads.presets.a]\nvideo_codecs = "h264"', "2: downloads.presets.a.video_codecs", "want_list"),
    ('[downloads.presets.a]\naudio_languages = ["de/x"]', "2: downloads.presets.a.audio_languages", "want_language"),
    ('[downloads.presets.a]\nroles = ["boss"]', "2: downloads.presets.a.roles", "unknown_role"),
    ('[downloads.presets."A b"]\nmetadata = true', "1: downloads.presets.A b", "want_preset_name"),
    ('[downloads.presets]\na = "best"', "2: downloads.presets.a", "want_table"),
    ('[downloads]\npresets = "best"', "2: downloads.presets", "want_table"),
    ('[downloads.presets.a]\nytdlp_options = "-f worst"', "2: downloads.presets.a.ytdlp_options", "want_table"),
    ("[downloads.defaults]\nlabel = 'x'", "2: downloads.defaults.label", "unknown_key"),
    ('[downloads.presets.a]\nbased_on = "bets"', "2: downloads.presets.a.based_on", "unknown_preset"),
    ('[downloads]\ndefault_preset = "archive"', "2: downloads.default_preset", "unknown_preset"),
    ('[downloads.presets.a]\nbased_on = "a"', "2: downloads.presets.a.based_on", "preset_circle"),
]


@pytest.mark.parametrize(("text", "place", "id"), WRONG)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, place: str, id: str) -> None:
    assert problems(tmp_path, text) == [(place, f"config.{id}")]


def test_every_preset_of_a_circle_is_told_and_one_that_leads_into_it_is_not(tmp_path: Path) -> None:
    text = "".join(f'[downloads.presets.{name}]\nbased_on = "{other}"\n' for name, other in ("ab", "ba", "ca"))
    found = [place for place, _ in problems(tmp_path, text)]
    assert found == ["2: downloads.presets.a.based_on", "4: downloads.presets.b.based_on"]


def test_all_wrong_options_are_told_at_once(tmp_path: Path) -> None:
    text = "[downloads.presets.a.ytdlp_options]\nretries = 2\nexec = 'id'\nproxy = ''\n'cookies-from-browser' = 'x'\n"
    assert problems(tmp_path, text) == [
        ("3: downloads.presets.a.ytdlp_options.exec", "config.option_runs"),
        ("4: downloads.presets.a.ytdlp_options.proxy", "config.option_network"),
        ("5: downloads.presets.a.ytdlp_options.cookies-from-browser", "config.option_files"),
    ]


REFUSED = {
    "config.option_runs": (
        "exec exec_cmd exec-before-download postprocessors postprocessor_args netrc_cmd js_runtimes plugin_dirs "
        "external_downloader external_downloader_args ffmpeg_location compat_opts match_filter remote_components "
        "progress_hooks retry_sleep_functions --exec downloader-args"
    ),
    "config.option_files": (
        "outtmpl output paths cookiefile cookiesfrombrowser usenetrc netrc_location download_archive cachedir "
        "enable_file_urls writeinfojson writethumbnail load_info_filename restrictfilenames config_locations "
        "print_to_file client_certificate allow_unplayable_formats keepvideo skip_download"
    ),
    "config.option_network": (
        "proxy geo_verification_proxy source_address nocheckcertificate prefer_insecure legacyserverconnect "
        "impersonate http_headers username password videopassword force-ipv4 user-agent"
    ),
    "config.option_ours": (
        "noplaylist playlist_items extract_flat ratelimit max_filesize ignoreerrors fixup "
        "skip_unavailable_fragments sponsorblock_mark wait_for_video live_from_start allowed_extractors"
    ),
    "config.option_unknown": "fromat retrys",
}
EXPECTED = [(name, id) for id, names in REFUSED.items() for name in names.split()]


@pytest.mark.parametrize(("name", "id"), EXPECTED)
def test_an_option_that_leads_out_of_the_walls_is_refused_with_its_reason(name: str, id: str) -> None:
    assert refusal(name).id == id
