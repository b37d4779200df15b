"""What a finished file is called: a stranger's title made into a name that every file system of a household takes."""

import re
import unicodedata

_INSTEAD = str.maketrans({"/": "-", "\\": "-", "|": "-", ":": "-", "<": "(", ">": ")", '"': "'", "*": "", "?": ""})
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # invisible as well, but Persian words and family emoji need them
_COLON = re.compile(r":(?=\s)")
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_-]+")
_ID_MOST = 40
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_MARKS_MOST = 32


def plain_id(source_id: str) -> str:
    """A site's name for a medium, in letters that need no care."""
    return _NOT_IN_ID.sub("_", source_id).strip("_")[:_ID_MOST]


def clean(title: str) -> str:
    """One visible line without what a file system, a shell or a Windows share could take for something else."""
    visible = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", title)
        if letter.isspace() or letter in _JOINERS or unicodedata.category(letter) not in _INVISIBLE
    )
    plain = _COLON.sub(" -", visible).translate(_INSTEAD)
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", plain))
    line = line.lstrip("-.~ \u200c\u200d").rstrip(". \u200c\u200d")
    return f"_{line}" if _RESERVED.match(line) else line


def trimmed(text: str, limit_bytes: int) -> str:
    """The beginning of a text in at most so many bytes of UTF-8, with no visible character cut in two."""
    raw = text.encode()
    if len(raw) <= limit_bytes:
        return text
    kept = raw[: max(limit_bytes, 0)].decode(errors="ignore")
    return kept[: _boundary(text, len(kept))].rstrip(". \u200c\u200d")


def _boundary(text: str, end: int) -> int:
    """The last place at or before `end` where no visible character is cut in two; gives up on endless marks."""
    for place in range(end, max(end - _MARKS_MOST, 0), -1):
        if not _continues(text, place):
            return place
    return end


def _continues(text: str, place: int) -> bool:
    """Whether the letter at `place` belongs to the one before it (the main rules of Unicode annex 29)."""
    letter, before = text[place], text[place - 1]
    if unicodedata.category(letter).startswith("M") or letter in _JOINERS or before == "\u200d":
        return True
    if ord(letter) in _SKIN_TONES:
        return True
    if ord(letter) in _FLAG_LETTERS:
        flags = 0
        while flags < place and ord(text[place - 1 - flags]) in _FLAG_LETTERS:
            flags += 1
        return flags % 2 == 1
    return False
