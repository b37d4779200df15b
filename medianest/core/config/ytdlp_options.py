"""The raw options of yt-dlp that a preset may carry: those that choose, and none that lead out of the queue's walls."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from medianest.core.config import values
from medianest.core.config.problems import nearest
from medianest.core.config.section import Section
from medianest.core.i18n import Message, msg

_Text: TypeAlias = Annotated[str, BeforeValidator(values.text)]
_Texts: TypeAlias = Annotated[list[str], BeforeValidator(lambda value: list(values.each(values.text)(value)))]
_Tries: TypeAlias = Annotated[int, Field(ge=0, le=50)]
_Pause: TypeAlias = Annotated[float, Field(ge=0, le=600)]

_RUNS = (
    r"exec.*|.*postproc.*|ppa|.*downloader.*|.*_cmd|js_runtimes|remote_components|plugin.*|ffmpeg.*|compat.*|match_filter.*"
    r"|.*hooks?|logger|params|alias|.*_func(tions)?"
)
_FILES = (
    r"outtmpl.*|output.*|paths?|home|.*cookie.*|.*netrc.*|.*archive.*|.*cache.*|.*config.*|.*file(?!size).*|write.*|.*no_write.*"
    r"|.*file_?names?|trim_.*|print.*|keep.*|batch.*|load.*|overwrites|.*no_?part.*|embed.*|convert.*|simulate|skip_download"
    r"|client_cert.*|allow_unplayable.*"
)
_NETWORK = (
    r".*proxy.*|.*source_address.*|force_ip.*|.*check_?cert.*|.*insecure.*|legacy_?server.*|impersonate|.*headers?.*"
    r"|user_agent|referer|ap_.*|username|password|video_?password|two_?factor|.*external.*"
)
_QUEUE = (
    r".*playlist.*|.*extract_flat.*|default_search|.*rate_?limit|max_filesize|min_filesize|ignore_?errors|fixup|verbose"
    r"|quiet|no_?progress|progress.*|color|continuedl|skip_unavailable.*|wait_for_video|live_from_start|.*subtitles?.*"
    r"|.*thumbnails?.*|.*sponsor.*|.*chapters?.*|.*metadata.*|merge_output_format|final_ext|allowed_extractors|break_.*"
)
_REASONS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "config.option_runs": re.compile(_RUNS),
        "config.option_network": re.compile(_NETWORK),
        "config.option_files": re.compile(_FILES),
        "config.option_ours": re.compile(_QUEUE),
    }
)


class YtdlpOptions(Section):
    """By the names that yt-dlp's own `YoutubeDL` has for them; what is not named here is refused."""

    format: _Text | None = None
    format_sort: _Texts | None = None
    format_sort_force: bool | None = None
    prefer_free_formats: bool | None = None
    check_formats: bool | None = None
    extractor_args: dict[str, dict[str, _Texts]] | None = None
    extractor_retries: _Tries | None = None
    retries: _Tries | None = None
    fragment_retries: _Tries | None = None
    concurrent_fragment_downloads: Annotated[int, Field(ge=1, le=16)] | None = None
    throttledratelimit: Annotated[int, Field(ge=0, le=2**40)] | None = None
    sleep_interval: _Pause | None = None
    max_sleep_interval: _Pause | None = None
    sleep_interval_requests: _Pause | None = None
    socket_timeout: Annotated[float, Field(ge=1, le=600)] | None = None
    geo_bypass_country: _Text | None = None
    age_limit: Annotated[int, Field(ge=0, le=99)] | None = None
    dynamic_mpd: bool | None = None
    hls_split_discontinuity: bool | None = None


def refusal(name: str) -> Message:
    """Why an option is not taken."""
    plain = name.lstrip("-").replace("-", "_").lower()
    reason = next((id for id, names in _REASONS.items() if names.fullmatch(plain)), None)
    return msg(reason) if reason else msg("config.option_unknown", nearest=nearest(plain, YtdlpOptions.model_fields))
