"""How yt-dlp joins the pieces of a stream, so that a death at any moment leaves none out and brings none twice.

yt-dlp joins a piece, and then notes in place how many are joined. Who dies in between joins it once more; who dies in
the note finds it empty, and begins anew behind what is there. Where several pieces come at once it notes how many have
come, whichever these are. Here the note is replaced as a whole and says how long the file is with the last piece, whose
number is in its name; before a file is continued, it is cut to that length.
"""

import json
import os
from pathlib import Path
from typing import Any

_LENGTH = "medianest_bytes"


def secure(downloader: Any) -> None:
    """Have yt-dlp's `FragmentFD` join in this way, by its private parts, for there are no others. Twice is as once."""
    if downloader._append_fragment is _append:  # noqa: SLF001
        return
    prepare = downloader._prepare_frag_download  # noqa: SLF001

    def prepare_what_holds(self: Any, context: dict[str, Any]) -> None:
        if not context.get("live"):
            file, note = (Path(name(context["filename"])) for name in (self.temp_name, self.ytdl_filename))
            _restore(file, note)
        prepare(self, context)

    downloader._prepare_frag_download = prepare_what_holds  # noqa: SLF001
    downloader._append_fragment = _append  # noqa: SLF001
    downloader._write_ytdl_file = _write_note  # noqa: SLF001


def _restore(file: Path, note: Path) -> None:
    """What is not noted is cut off, and what does not hold what is noted begins anew."""
    try:
        noted = json.loads(note.read_bytes())["downloader"]
        length = noted.get(_LENGTH)
        if length is not None and file.stat().st_size > length:
            os.truncate(file, length)
        is_whole = length is None or file.stat().st_size == length
    except FileNotFoundError:
        is_whole = not file.exists() and not note.exists()
    except (ValueError, LookupError, TypeError, AttributeError):  # a note that was being written
        is_whole = False
    if not is_whole:
        file.unlink(missing_ok=True)
        note.unlink(missing_ok=True)


def _append(self: Any, context: dict[str, Any], content: bytes) -> None:
    """Instead of `_append_fragment`, which notes a piece for which there was no room, too."""
    stream = context["dest_stream"]
    stream.write(content)
    stream.flush()
    if self._FragmentFD__do_ytdl_file(context):
        self._write_ytdl_file(context)
    if not self.params.get("keep_fragments", False):
        self.try_remove(context["fragment_filename_sanitized"])
    del context["fragment_filename_sanitized"]


def _write_note(self: Any, context: dict[str, Any]) -> None:
    """Instead of `_write_ytdl_file`; as that has it, and the length."""
    number = (context.get("fragment_filename_sanitized") or "").rpartition("-Frag")[2]
    index = int(number) if number.isdigit() else context["fragment_index"]
    stream = context.get("dest_stream")
    told = {"current_fragment": {"index": index}, _LENGTH: os.fstat(stream.fileno()).st_size if stream else 0}
    told |= {name: context[name] for name in ("extra_state", "fragment_count") if context.get(name) is not None}
    note = Path(self.ytdl_filename(context["filename"]))
    new = note.with_name(f"{note.name}.new")
    new.write_text(json.dumps({"downloader": told}))
    new.replace(note)
