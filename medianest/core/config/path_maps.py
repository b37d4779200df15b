"""Folders that another program on another machine, or in another container, knows by another name."""

from pathlib import PurePosixPath
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator

from medianest.core.config import values

Pair: TypeAlias = tuple[str, str]


def pair(value: object) -> Pair:
    """`OURS=THEIRS`, two folders from the root."""
    if isinstance(value, tuple):
        return value
    ours, sign, theirs = (part.strip() for part in values.text(value).partition("="))
    if not sign or not _is_folder(ours) or not _is_folder(theirs):
        raise values.refuse("config.want_folders")
    return str(PurePosixPath(ours)), str(PurePosixPath(theirs))


def _is_folder(text: str) -> bool:
    return text.startswith("/") and ".." not in PurePosixPath(text).parts


PathMap = Annotated[tuple[Pair, ...], BeforeValidator(values.each(pair))]
