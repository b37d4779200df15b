"""The doctor on the programs and libraries that do the work."""

import asyncio
import sqlite3
from datetime import date, timedelta
from typing import Any

from medianest.admin.types import Fact, Group, Programs, Verdict
from medianest.core import clock, programs
from medianest.core.i18n import Message, msg
from medianest.downloads.ytdlp.versions import Status

YTDLP_OLD_DAYS = 60
SQLITE_MENDED = (3, 51, 3)
_PATIENCE = timedelta(seconds=10)


async def examine(used: Programs) -> list[Fact]:
    ffmpeg, deno = await asyncio.gather(_first_line(used.ffmpeg, "-version"), _first_line(used.deno, "--version"))
    return [
        judge_ytdlp(used.ytdlp, clock.now().date()),
        judge_program("ffmpeg", used.ffmpeg, ffmpeg, missing=Verdict.WRONG),
        judge_program("deno", used.deno, deno, missing=Verdict.LOOK),
        judge_sqlite(sqlite3.sqlite_version),
    ]


def judge_ytdlp(used: Status, today: date) -> Fact:
    """Sites change by the week, and an old yt-dlp fails with them; its version is the day it was made."""
    age = used.age_days(today)
    data: dict[str, Any] = {
        "version": used.copy.version,
        "age_days": age,
        "ejs": used.copy.ejs,
        "bundled": used.is_bundled,
        "back_to": used.back_to,
        "policy": used.policy,
        "checked_at": used.checked_at and used.checked_at.isoformat(),
    }
    if age is None:
        return _fact("yt_dlp", Verdict.WRONG, msg("doctor.missing"), msg("doctor.mend_install"), **data)
    origin, policy = "bundled" if used.is_bundled else "fresh", used.policy
    finding = msg(f"doctor.ytdlp_{origin}_{policy}", version=used.copy.version, ejs=used.copy.ejs, n=age)
    if age < YTDLP_OLD_DAYS:
        return _fact("yt_dlp", Verdict.FINE, finding, **data)
    off = msg("doctor.mend_ytdlp_off" if policy == "off" else "doctor.mend_ytdlp")
    return _fact("yt_dlp", Verdict.LOOK, finding, used.trouble or off, **data)


def judge_program(name: str, path: str | None, first_line: str | None, *, missing: Verdict) -> Fact:
    """A program by what it says of its version; None where it is not there, or does not run."""
    if first_line is None:
        return _fact(name, missing, msg("doctor.missing"), msg(f"doctor.mend_{name}"), path=path, version=None)
    words = first_line.replace("version ", "").split()
    found = words[1] if len(words) > 1 else first_line
    return _fact(name, Verdict.FINE, msg("doctor.program", version=found, path=path), path=path, version=found)


def judge_sqlite(installed: str) -> Fact:
    """Before 3.51.3 two connections that write or checkpoint at one moment can lose pages of a WAL database."""
    number = tuple(int(part) for part in installed.split("."))
    if number >= SQLITE_MENDED:
        return _fact(
            "sqlite", Verdict.FINE, msg("doctor.version", version=installed), version=installed, wal_reset_bug=False
        )
    finding, mend = msg("doctor.sqlite_wal_reset", version=installed), msg("doctor.mend_sqlite")
    return _fact("sqlite", Verdict.LOOK, finding, mend, version=installed, wal_reset_bug=True)


def _fact(name: str, verdict: Verdict, finding: Message, mend: Message | None = None, **data: object) -> Fact:
    return Fact(
        id=f"versions.{name}",
        group=Group.VERSIONS,
        verdict=verdict,
        title=msg(f"doctor.{name}"),
        finding=finding,
        mend=mend,
        data=data,
    )


async def _first_line(program: str | None, option: str) -> str | None:
    """What a program says first; None where it cannot be asked."""
    if program is None:
        return None
    try:
        ended = await programs.run([program, option], env={"NO_COLOR": "1"}, patience=_PATIENCE)
    except (OSError, TimeoutError):
        return None
    lines = ended.output.decode(errors="replace").splitlines()
    return lines[0][:200] if ended.code == 0 and lines else None
