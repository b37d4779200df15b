"""The commands do the same whether the portal runs or not, and fail in one sentence."""

import asyncio
import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from medianest.accounts.service import Accounts
from medianest.accounts.types import Client, SessionRules
from medianest.admin import doctor
from medianest.admin.backups import Backups
from medianest.admin.commands import Commands
from medianest.admin.types import Fact, Programs
from medianest.cli import DONE, FAILED, WRONG, main
from medianest.core.config import PathsSettings, Settings
from medianest.core.control import ControlServer
from medianest.core.db import Database
from medianest.core.instance import InstanceLock
from medianest.downloads.ytdlp import updates
from medianest.migrations import upgrade
from tests.fakes.plex import OWNER, Plex

PASSWORD = "correct horse battery staple"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Said]]


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of this release with nobody in it, made once."""
    path = tmp_path_factory.mktemp("fresh") / "medianest.db"
    asyncio.run(upgrade.run(path, path.parent))
    return path.read_bytes()


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MEDIANEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def settings(data_dir: Path, tmp_path: Path) -> Settings:
    return Settings(paths=PathsSettings(data_dir=data_dir, media_dir=tmp_path / "media"))


@pytest.fixture
def run(data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    async def run_it(*arguments: str, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        try:
            code = await asyncio.to_thread(main, [*arguments, "--data-dir", str(data_dir)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run_it


@pytest.fixture
def installed(settings: Settings, fresh: bytes) -> None:
    settings.paths.data_dir.mkdir(mode=0o700)
    settings.paths.database.write_bytes(fresh)


@asynccontextmanager
async def portal(settings: Settings) -> AsyncIterator[None]:
    """What of a running portal the commands meet."""
    with InstanceLock(settings.paths.data_dir):
        db = Database(settings.paths.database)
        await db.open()
        accounts = Accounts(db, SessionRules())
        backups = Backups(db, settings.paths, release="1.0", revision=upgrade.newest())
        kept_fresh = updates.of_folder(db, settings.downloads, settings.paths, {})

        async def examine() -> Sequence[Fact]:
            programs = Programs(ffmpeg=None, deno=None, ytdlp=await kept_fresh.status())
            return await doctor.examine(settings, programs)

        commands = Commands(accounts, backups, kept_fresh, examine)
        server = ControlServer(settings.paths.data_dir, commands.handlers())
        await server.start()
        yield
        await server.stop()
        await db.close()


@pytest.fixture(params=["running", "at rest"])
async def household(request: pytest.FixtureRequest, settings: Settings, installed: None) -> AsyncIterator[None]:
    """The same commands meet a portal that runs, and none."""
    async with AsyncExitStack() as stack:
        if request.param == "running":
            await stack.enter_async_context(portal(settings))
        yield


def mode_and_owner(path: Path) -> tuple[int, int]:
    found = path.stat()
    return stat.S_IMODE(found.st_mode), found.st_uid


def below(folder: Path) -> list[Path]:
    return [path.relative_to(folder) for path in folder.rglob("*")]


async def signs_in(settings: Settings, name: str, password: str) -> bool:
    db = Database(settings.paths.database)
    await db.open()
    try:
        opened = await Accounts(db, SessionRules()).sign_in(name, password, Client())
        return opened.user.name == name
    finally:
        await db.close()


@pytest.mark.usefixtures("household")
async def test_an_administrator_is_made_and_gets_a_new_password(run: Run, settings: Settings) -> None:
    made = await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD + "\n")
    assert made == Said(DONE, "robin is an administrator now.\n", "")
    assert await signs_in(settings, "robin", PASSWORD)
    changed = await run("reset-password", "robin", "--password-stdin", stdin="another " + PASSWORD)
    assert changed.code == DONE
    assert await signs_in(settings, "robin", "another " + PASSWORD)


async def test_the_first_administrator_can_be_made_before_the_portal_ever_ran(run: Run, settings: Settings) -> None:
    made = await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD)
    assert made.code == DONE, made.err
    assert stat.S_IMODE(settings.paths.data_dir.stat().st_mode) == 0o700
    assert await signs_in(settings, "robin", PASSWORD)


@pytest.mark.usefixtures("household")
async def test_a_token_is_made_listed_and_revoked(run: Run) -> None:
    await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD)
    made = await run(
        "token", "create", "--user", "robin", "--label", "door bell", "--scope", "read", "--scope", "metrics"
    )
    assert made.code == DONE
    assert made.out.startswith("mn_")
    assert len(made.out.split()) == 1
    listed = await run("token", "list")
    id, user, label, scopes, used = listed.out.rstrip("\n").split("\t")
    assert (user, label, scopes, used) == ("robin", "door bell", "metrics,read", "-")
    assert made.out.strip() not in listed.out
    assert (await run("token", "revoke", id)).code == DONE
    assert (await run("token", "list")).out == ""
    again = await run("token", "revoke", id)
    assert (again.code, again.out, again.err.count("\n")) == (FAILED, "", 1)


@pytest.mark.usefixtures("household")
@pytest.mark.parametrize("sealed", [False, True])
async def test_a_backup_is_written_where_it_is_wanted_and_restored(
    run: Run, settings: Settings, tmp_path: Path, sealed: bool
) -> None:
    option, passphrase = (["--passphrase-stdin"], "over the hills") if sealed else ([], "")
    await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD)
    (tmp_path / "usb").mkdir()
    for target in (tmp_path / "usb", tmp_path / "usb" / "mine"):
        done = await run("backup", str(target), *option, stdin=passphrase)
        assert done.code == DONE, done.err
        written = Path(done.out.strip())
        assert written.parent == tmp_path / "usb"
        assert mode_and_owner(written) == (0o600, os.geteuid())
    assert written == tmp_path / "usb" / "mine"
    assert len(list((tmp_path / "usb").iterdir())) == 2
    elsewhere = tmp_path / "elsewhere"
    code = await asyncio.to_thread(restored_as_a_program, written, elsewhere, [*option], passphrase)
    assert code == DONE
    moved = Settings(paths=PathsSettings(data_dir=elsewhere, media_dir=settings.paths.media_dir))
    assert await signs_in(moved, "robin", PASSWORD)


def restored_as_a_program(file: Path, data_dir: Path, options: list[str], passphrase: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "medianest", "restore", str(file), "--data-dir", str(data_dir), *options],
        input=passphrase.encode(),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).returncode


@pytest.mark.usefixtures("household")
async def test_a_backup_without_a_place_goes_into_the_data_folder(run: Run, settings: Settings) -> None:
    await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD)
    done = await run("backup")
    assert done.code == DONE
    assert Path(done.out.strip()).parent == settings.paths.backups_dir
    assert mode_and_owner(Path(done.out.strip())) == (0o600, os.geteuid())


@pytest.mark.usefixtures("household")
async def test_a_backup_replaces_no_file_and_leaves_no_part(run: Run, tmp_path: Path) -> None:
    await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD)
    mine = tmp_path / "mine"
    mine.write_text("mine")
    for target, words in ((mine, "there already"), (tmp_path / "none" / "x", "No such file")):
        refused = await run("backup", str(target))
        assert words in refused.err
        assert (refused.code, refused.out, refused.err.count("\n")) == (FAILED, "", 1)
    assert mine.read_text() == "mine"
    assert {path.parts[-1] for path in below(tmp_path) if "data" not in path.parts} == {"mine"}


@pytest.mark.usefixtures("installed")
async def test_restore_refuses_while_the_portal_runs(run: Run, settings: Settings, tmp_path: Path) -> None:
    async with portal(settings):
        kept = (await run("backup", str(tmp_path / "b"))).out.strip()
        before = settings.paths.database.stat().st_ino
        refused = await run("restore", kept)
        assert refused.code == FAILED
        assert f"process {os.getpid()}" in refused.err
        assert settings.paths.database.stat().st_ino == before


@pytest.mark.usefixtures("installed")
async def test_restore_keeps_what_was_there_and_checks_first(run: Run, settings: Settings, tmp_path: Path) -> None:
    await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD)
    kept = (await run("backup", str(tmp_path / "b"), "--passphrase-stdin", stdin="over the hills")).out.strip()
    await run("create-admin", "wren", "--password-stdin", stdin=PASSWORD)
    for passphrase, words in (("", "Nothing was read"), ("wrong", "not the passphrase")):
        refused = await run("restore", kept, "--passphrase-stdin", stdin=passphrase)
        assert refused.code == FAILED
        assert words in refused.err
    assert await signs_in(settings, "wren", PASSWORD)
    done = await run("restore", kept, "--passphrase-stdin", stdin="over the hills")
    assert done.code == DONE
    assert "before-restore-" in done.out
    assert await signs_in(settings, "robin", PASSWORD)
    with pytest.raises(Exception, match="wrong_password"):
        await signs_in(settings, "wren", PASSWORD)


@pytest.mark.parametrize("state", ["running", "at rest", "nothing there"])
async def test_the_doctor_tells_people_and_programs(
    state: str, run: Run, settings: Settings, request: pytest.FixtureRequest
) -> None:
    async with AsyncExitStack() as stack:
        if state != "nothing there":
            request.getfixturevalue("installed")
        if state == "running":
            await stack.enter_async_context(portal(settings))
        told = await run("doctor")
        facts = json.loads((await run("doctor", "--json")).out)
    assert told.code == DONE
    assert "Data folder: " in told.out
    assert len(told.out.splitlines()) == len(facts)
    found = {fact["id"]: fact for fact in facts}
    assert found["paths.data_dir"]["data"]["path"] == str(settings.paths.data_dir)
    assert found["versions.sqlite"]["verdict"] in ("fine", "look")
    assert all(isinstance(fact["finding"], str) and not fact["finding"].startswith("doctor.") for fact in facts)
    assert settings.paths.data_dir.exists() == (state != "nothing there")


@pytest.mark.parametrize(
    "state", ["at rest", "of an earlier release", "held by somebody", "no database", "nothing there"]
)
async def test_the_doctor_tells_of_plex_where_no_portal_runs(
    state: str, run: Run, settings: Settings, plex: Plex, fresh: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is known of it is in the database; without one, the server is looked for where the settings say."""
    monkeypatch.setenv("MEDIANEST_PLEX__SERVER_URL", plex.server.base)
    monkeypatch.setenv("MEDIANEST_PLEX__TOKEN", plex.tv.token_of(OWNER))
    monkeypatch.setenv("MEDIANEST_PLEX__TV_URL", plex.tv.base)
    if state != "nothing there":
        settings.paths.data_dir.mkdir(mode=0o700)
    if state not in ("nothing there", "no database"):
        settings.paths.database.write_bytes(fresh)
    if state == "of an earlier release":
        with closing(sqlite3.connect(settings.paths.database)) as database, database:
            database.execute("UPDATE alembic_version SET version_num = '0014'")
    with InstanceLock(settings.paths.data_dir) if state == "held by somebody" else nullcontext():
        told = (await run("doctor")).out
        plex.server.away()
        assert "Nobody listens" in (await run("doctor")).out
    knows = state == "at rest"
    assert f"{plex.server.name if knows else '127.0.0.1'} answers, version" in told
    assert ("It answers, and takes the owner’s token." in told) is knows
    assert settings.paths.data_dir.exists() == (state != "nothing there")


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["reset-password", "nobody", "--password-stdin"], PASSWORD, "no data folder"),
        (["token", "list"], "", "no data folder"),
        (["backup"], "", "no data folder"),
        (["create-admin", "robin", "--password-stdin"], "", "Nothing was read"),
        (["create-admin", "robin"], "", "--password-stdin"),
        (["create-admin", "robin", "--password-stdin"], "short", "characters"),
        (["restore", "none"], "", "none: No such file"),
    ],
)
async def test_what_fails_says_why_and_what_to_do_in_one_sentence(
    run: Run, arguments: list[str], stdin: str, words: str
) -> None:
    failed = await run(*arguments, stdin=stdin)
    assert (failed.code, failed.out) == (FAILED, "")
    assert words in failed.err
    assert failed.err.count("\n") == 1
    assert not stdin or stdin not in failed.err


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["token"], ["token", "create"], ["token", "create", "--user", "a", "--label", "b", "--scope", "c"],
     ["create-admin"], ["restore"], ["backup", "a", "b"], ["doctor", "--jso"]],
)  # fmt: skip
async def test_wrong_usage_is_told_with_where_to_read_on(run: Run, arguments: list[str]) -> None:
    told = await run(*arguments)
    assert (told.code, told.out) == (WRONG, "")
    assert "--help" in told.err
    assert told.err.count("\n") == 1


async def test_sources_may_stand_before_the_command_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.toml").write_text("[server]\nport = 'x'\n")
    assert main(["--config", "c.toml", "check-config"]) == WRONG
    assert main(["check-config", "--config", "c.toml"]) == WRONG
    assert capsys.readouterr().err.count("c.toml:2: server.port: ") == 2


@pytest.mark.usefixtures("installed")
async def test_a_command_waits_for_a_portal_that_is_just_starting(run: Run, settings: Settings) -> None:
    with InstanceLock(settings.paths.data_dir):
        asking = asyncio.create_task(run("create-admin", "robin", "--password-stdin", stdin=PASSWORD))
        lock_is_taken = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, lock_is_taken.set)
        await lock_is_taken.wait()
        assert not asking.done()
    async with asyncio.timeout(20):
        assert (await asking).code == DONE


@pytest.mark.usefixtures("installed")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_a_command_of_root_leaves_files_of_the_folders_owner(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    nobody = 65534
    for path in (settings.paths.data_dir, *settings.paths.data_dir.rglob("*")):
        os.chown(path, nobody, nobody)
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.geteuid() and path.name != "tmp":
            path.chmod(path.stat().st_mode | 0o011)
    done = await run("create-admin", "robin", "--password-stdin", stdin=PASSWORD)
    assert done.code == DONE, done.err
    own = tmp_path / "roots"
    own.mkdir(mode=0o700)
    kept = await run("backup", str(own))
    assert kept.code == DONE, kept.err
    assert mode_and_owner(Path(kept.out.strip())) == (0o600, 0)
    assert {path.stat().st_uid for path in settings.paths.data_dir.rglob("*")} == {nobody}
    assert os.geteuid() == 0
