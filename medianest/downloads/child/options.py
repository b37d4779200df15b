"""The options of yt-dlp: a fixed list into which our own enums and numbers go, and an administrator's raw options.

Those come from the settings, which take harmless ones only. No other word of a person reaches it.
"""

from typing import Any

from medianest.downloads import formats
from medianest.downloads.recipes import Recipe

SAMPLE = 100
"""How many entries of a list a look at it reads; `ReadList` reads them all."""
_TIMEOUT_S = 20
_RETRIES = 5
_PIECE_RETRIES = 3
_RETRY_SLEEP_MOST_S = 4.0

# None in sys.modules makes an import fail: what would reach the network past the proxy, and what only costs time.
ABSENT = ("curl_cffi", "websockets", "secretstorage", "mutagen", "xattr", "cffi")


def options(
    recipe: Recipe,
    *,
    proxy: str,
    deno: str | None,
    file_bytes: int,
    logger: object,
    as_list: bool = False,
) -> dict[str, Any]:
    """The parameters of `YoutubeDL` for one command; `as_list` means the list where a link names a video in a list.

    yt-dlp has no ffmpeg here, so neither merges, converts nor hands it an address; it fetches, natively, and no more.
    """
    chosen = {"format": formats.selector(recipe), "format_sort": formats.order(recipe)}
    return (
        _always()
        | chosen
        | recipe.options
        | {
            "logger": logger,
            "noplaylist": not as_list,
            "js_runtimes": {"deno": {"path": deno}} if deno else {},
            "proxy": proxy,
            "max_filesize": file_bytes,
        }
    )


def _always() -> dict[str, Any]:
    return {
        "color": "never",
        "noprogress": True,
        "progress_delta": 3600,
        "outtmpl": {"default": "unused"},
        "extract_flat": "in_playlist",
        "lazy_playlist": True,
        "playlist_items": f"1-{SAMPLE}",
        "default_search": "error",
        "allowed_extractors": ["default"],
        "remote_components": [],
        "socket_timeout": _TIMEOUT_S,
        "enable_file_urls": False,
        "nocheckcertificate": False,
        "usenetrc": False,
        "cachedir": False,
        "external_downloader": {"default": "native"},
        "hls_prefer_native": True,
        "skip_unavailable_fragments": False,
        "concurrent_fragment_downloads": 2,
        "continuedl": True,
        "updatetime": False,
        "retries": _RETRIES,
        "fragment_retries": _PIECE_RETRIES,
        "extractor_retries": 1,
        "file_access_retries": 1,
        "retry_sleep_functions": dict.fromkeys(("http", "fragment", "extractor"), _pause_s),
        "fixup": "never",
        "postprocessors": [],
    }


def _pause_s(n: int) -> float:
    """How long to wait before the n-th retry; the queue's own, longer ones come after."""
    return min(2.0**n / 4, _RETRY_SLEEP_MOST_S)
