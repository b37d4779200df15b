"""What people may be called; pure. Two names are one if they look alike in any case of their letters."""

import unicodedata

from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg

NAME_MOST = 40
LABEL_MOST = 80
_KEYED_MOST = 200


def clean_name(name: str, *, field: str = "name") -> str:
    """The name as it is kept. Raises Invalid for none, a long one, or one with what cannot be seen."""
    return _clean(name, field=field, most=NAME_MOST)


def clean_label(label: str) -> str:
    """A token's label as it is kept; raises Invalid as `clean_name` does."""
    return _clean(label, field="label", most=LABEL_MOST)


def name_key(name: str) -> str:
    """What is unique of a name; of any text, for people type what they like where a name is asked."""
    text = " ".join(name[:_KEYED_MOST].encode(errors="replace").decode().split())
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _clean(text: str, *, field: str, most: int) -> str:
    cleaned = " ".join(unicodedata.normalize("NFC", text).split())
    if not cleaned:
        raise _wrong(field, "accounts.name_missing")
    if len(cleaned) > most:
        raise _wrong(field, "accounts.name_too_long", most=most)
    if any(unicodedata.category(character)[0] == "C" for character in cleaned):
        raise _wrong(field, "accounts.name_unprintable")
    return cleaned


def _wrong(field: str, id: str, **values: object) -> Invalid:
    message = msg(id, **values)
    return Invalid(message, fields=(FieldError(field=field, message=message),))
