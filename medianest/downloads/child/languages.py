"""Languages as media files write them."""

from types import MappingProxyType

_PAIRS = (
    "ar:ara bg:bul bn:ben ca:cat cs:ces da:dan de:deu el:ell en:eng es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle "
    "gl:glg he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl it:ita ja:jpn ka:kat kk:kaz ko:kor lt:lit lv:lav mk:mkd "
    "ms:msa nb:nob nl:nld nn:nno no:nor pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam "
    "te:tel th:tha tl:tgl tr:tur uk:ukr ur:urd vi:vie zh:zho"
)
"""ISO 639-1 to ISO 639-2/T, of the languages that subtitles are often in."""
_THREE = MappingProxyType({pair[:2]: pair[3:] for pair in _PAIRS.split(" ")})


def three_letters(language: str) -> str:
    """The code of ISO 639-2 for a language such as `pt-BR`; `und` for one that is not known here."""
    base = language.partition("-")[0].lower()
    return _THREE.get(base, base if len(base) == len("und") else "und")
