"""Languages that are written from the right: the page turns round, and what is no word of theirs stays readable."""

import pytest

from medianest.core.i18n import Catalogues, direction, msg
from tests.gallery import pseudo

SHIELDED = "\N{FIRST STRONG ISOLATE}/srv/media\N{POP DIRECTIONAL ISOLATE}"


@pytest.mark.parametrize(
    ("language", "meant"), [("en", "ltr"), ("de-AT", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl")]
)
def test_the_direction_is_that_of_the_language(language: str, meant: str) -> None:
    assert direction(language) == meant


def test_a_value_keeps_its_own_direction_among_words_from_the_right() -> None:
    told = msg("doctor.folder_fine", path="/srv/media", kind="ext4")
    turned = pseudo.PseudoCatalogues().of(pseudo.LANGUAGE)
    assert SHIELDED in turned.say(told)
    assert "/srv/media" in Catalogues().of("en").say(told)
    assert not set("\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}") & set(Catalogues().of("en").say(told))


def test_a_message_within_a_message_is_shielded_too() -> None:
    turned = pseudo.PseudoCatalogues().of(pseudo.LANGUAGE)
    outer = turned.say(msg("web.journal.person", name=msg("web.journal.person", name="x")))
    assert outer.count("x") == 1
    assert outer.startswith("\N{FIRST STRONG ISOLATE}" * 2)
