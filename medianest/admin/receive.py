"""Taking a backup away: into a new file, which is there when it is whole, or not at all."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from medianest.admin.errors import BadBackup, NameTaken
from medianest.admin.types import Sent
from medianest.core import files
from medianest.core.i18n import msg


def receive(target: Path, fetch: Callable[[BinaryIO], Sent]) -> Path:
    """Have `fetch` write a backup, and put it into the folder `target`, or to be the new file `target`; mode 0600.

    Raises NameTaken, and BadBackup where not all of it arrived.
    """
    is_folder = target.is_dir()
    if target.exists() and not is_folder:
        raise NameTaken(msg("admin.name_taken", file=target))
    folder = target if is_folder else target.absolute().parent
    part = folder / f".medianest-{os.urandom(8).hex()}.part"
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b") as file:
            sent = fetch(file)
            file.seek(0)
            if hashlib.file_digest(file, "sha256").hexdigest() != sent.sha256:
                raise BadBackup(msg("admin.arrived_damaged"))
        place = folder / sent.name if is_folder else target
        files.move_atomically(part, place)
    finally:
        part.unlink(missing_ok=True)
    return place
