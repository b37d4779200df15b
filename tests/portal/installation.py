"""One installation in a folder of its own, and the process that serves it: started, watched, stopped, killed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NoReturn, Self
from urllib.parse import urlsplit

from tests import processes
from tests.fakes.package_index import NO_INDEX
from tests.processes import Process

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
_READY = re.compile(r"MediaNest is ready: (http://\S+)")
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH")
Settings = Mapping[str, Mapping[str, Any]]
Lists = Mapping[str, Sequence[Mapping[str, Any]]]
_DEFAULTS: Settings = {"downloads": {"min_free_bytes": 0, "ytdlp": "off"}, "backups": {"daily_at": ""}}


class PortalFailed(AssertionError):
    """The portal did not do what it was asked for; the text holds what it wrote."""


class Said:
    """What a process wrote to its standard output so far; to be waited upon."""

    def __init__(self, output: IO[str]) -> None:
        self._lines: list[str] = []
        self.ended = False
        self._more = threading.Condition()
        threading.Thread(target=self._read, args=(output,), name="portal-output", daemon=True).start()

    def match(self, pattern: re.Pattern[str], patience_s: float) -> str | None:
        """The first group of the first line that has `pattern`; None when time or output ended without one."""

        def found() -> str | None:
            return next((match[1] for match in map(pattern.search, self._lines) if match), None)

        with self._more:
            self._more.wait_for(lambda: self.ended or found() is not None, patience_s)
            return found()

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                with self._more:
                    self._lines.append(line)
                    self._more.notify_all()
        with self._more:
            self.ended = True
            self._more.notify_all()

    def __str__(self) -> str:
        return "".join(self._lines)


class Installation:
    """A portal's folders and settings, and the process that serves them while it runs."""

    executable: Sequence[str] = (sys.executable, "-m", "medianest")

    def __init__(
        self,
        folder: Path,
        *,
        allow: Sequence[str] = (),
        settings: Settings | None = None,
        lists: Lists | None = None,
        environ: Mapping[str, str] = NO_INDEX,
    ) -> None:
        """`allow` lists hosts with port that may be private; `settings` are sections of its file, `lists` its lists."""
        self.environ = environ
        self.folder = folder
        self.data_dir = folder / "data"
        self.media_dir = folder / "media"
        self.config_file = folder / "config.toml"
        self.log_file = folder / "portal.log"
        self.base = ""
        self.ready_after_s = 0.0
        """How long the last start took, but for the time in which others had all processors."""
        self.said: Said | None = None
        self._process: subprocess.Popen[str] | None = None
        self._launched_at = 0.0
        self.media_dir.mkdir(parents=True, exist_ok=True)
        allowed = {"downloads": {"allow_private_hosts": list(allow)}}
        self.configure(_DEFAULTS, allowed, settings or {}, lists=lists or {})

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Serve this installation, again on the port that it had, and return when it says that it is ready."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Begin to start it."""
        assert not self.is_running(), "it runs already"
        self._launched_at = time.monotonic()
        with self.log_file.open("a") as log:
            self._process = subprocess.Popen(
                self._command("serve", "--port", str(self.port)),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self.said = Said(self._process.stdout)

    def wait_until_ready(self) -> None:
        """Return when what was launched says that it is ready; fails with all that it wrote when it does not."""
        assert self.said is not None
        base = self.said.match(_READY, PATIENCE_S)
        if base is None:
            if self.said.ended:
                self._started().wait(PATIENCE_S)
            self._give_up("did not become ready")
        self.base = str(base)
        waited_s = time.monotonic() - self._launched_at
        self.ready_after_s = waited_s - processes.starved_s(self.pid)

    def stop(self, *, patience_s: float = PATIENCE_S) -> int:
        """Ask it to end, and return its exit code."""
        process = self._started()
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return self._give_up(f"did not stop within {patience_s} s")

    def restart(self) -> None:
        """Stop it in good order and start it again."""
        self.stop()
        self.start()

    def kill_main(self) -> list[Process]:
        """kill -9 of the main process alone; returns the descendants that it had."""
        process = self._started()
        descendants = self.tree()[1:]
        process.kill()
        process.wait()
        return descendants

    def kill_tree(self) -> None:
        """kill -9 of the main process and of everything below it at once, as a power cut would."""
        frozen: dict[int, Process] = {}
        while awake := [found for found in self.tree() if found.pid not in frozen]:
            for found in awake:
                found.kill(signal.SIGSTOP)  # nobody sees another die
                frozen[found.pid] = found
        for found in frozen.values():
            found.kill()
        self._started().wait()
        for found in frozen.values():
            found.wait(PATIENCE_S)

    def close(self) -> None:
        """End everything; fails when the process left something running."""
        if self.is_running():
            self.stop()
        left = self.wait_for_no_leftovers()
        for process in left:
            process.kill()
        if left:
            raise PortalFailed(f"left running: {[str(process) for process in left]}\n{self.log}")

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._started().pid

    @property
    def port(self) -> int:
        """The port that it listens on, or did; 0 before the first start."""
        return urlsplit(self.base).port or 0

    @property
    def log(self) -> str:
        """All that it wrote to standard error, over all starts."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def tree(self) -> list[Process]:
        """The main process and all that descend from it, parents first."""
        return processes.tree(self._process.pid) if self._process else []

    def ports(self) -> set[int]:
        """Every TCP port on which the tree listens."""
        return processes.listening_ports(self.tree())

    def leftovers(self) -> list[Process]:
        """Processes that have to do with this installation although they are not in its tree."""
        found = processes.touching(self.folder)
        own = {process.pid for process in self.tree()}  # looked at last, for it grows
        return [process for process in found if process.pid not in own and process.is_running()]

    def wait_for_no_leftovers(self, *, patience_s: float = 5.0) -> list[Process]:
        """Let orphans end by themselves; returns those that did not."""
        deadline = time.monotonic() + patience_s
        while (left := self.leftovers()) and (remaining := deadline - time.monotonic()) > 0:
            left[0].wait(remaining)
        return left

    def configure(self, *sections: Settings, lists: Lists | None = None) -> None:
        """Write its file of settings; later sections overrule earlier ones key by key."""
        merged: dict[str, dict[str, Any]] = {"paths": {"media_dir": str(self.media_dir)}}
        for settings in sections:
            for section, keys in settings.items():
                merged.setdefault(section, {}).update(keys)
        text = "".join(_toml(section, keys) for section, keys in merged.items())
        text += "".join(_toml(f"[{name}]", keys) for name, rows in (lists or {}).items() for keys in rows)
        self.config_file.write_text(text)

    def command(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run another `medianest` command on this installation, whether it is being served or not."""
        return subprocess.run(
            self._command(*words),
            cwd=self.folder,
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )

    def _command(self, *words: str) -> list[str]:
        places = ["--config", str(self.config_file), "--data-dir", str(self.data_dir)]
        return [*self.executable, *places, *words]

    def _environment(self) -> dict[str, str]:
        """Nothing of the environment of the tests but what any program needs."""
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        ours = {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
        return {**passed_on, **self.environ, **ours}

    def _started(self) -> "subprocess.Popen[str]":
        assert self._process is not None, "it was never started"
        return self._process

    def _give_up(self, what: str) -> NoReturn:
        code = self._started().poll()
        if code is None:
            self._started().send_signal(signal.SIGABRT)  # faulthandler writes down where each thread is
            with suppress(subprocess.TimeoutExpired):
                self._started().wait(2)
        self.kill_tree()
        raise PortalFailed(f"{what} (exit code {code})\n{self.said}\n{self.log}")


def _toml(section: str, keys: Mapping[str, Any]) -> str:
    """A section of plain values; what JSON writes of them is TOML too."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items())
    return "\n".join([f"[{section}]", *lines, "", ""])
