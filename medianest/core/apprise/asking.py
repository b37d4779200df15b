"""Asks the child that speaks to services; what comes back never repeats a part of their addresses."""

import asyncio
import logging
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import msgspec

import medianest
from medianest.core.apprise.wire import Answer, Check, Checked, Question, Send, Told
from medianest.core.redaction import GONE, redact

log = logging.getLogger(__name__)

SEND_S = 20.0
_START_S = 20.0
"""Importing all services takes half a second, and much more on a small machine that does other things."""
_CHECK_S = 60.0
_PACKAGES = str(Path(medianest.__file__).parent.parent)
_START = "import sys; sys.path.append(sys.argv.pop(1)); from medianest.core.apprise.child import main; main()"
_COMMAND = (sys.executable, "-I", "-W", "ignore", "-c", _START, _PACKAGES)
_PASSED_ON = ("LANG", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_NEXT_PART = re.compile(r"[^\w.~%-]+")
_PART_LEAST = 3


def known(urls: Sequence[str]) -> Sequence[bool]:
    """Whether Apprise knows each of these addresses; waits. What cannot be found out is taken to be well."""
    try:
        done = subprocess.run(  # noqa: S603  # ours
            _COMMAND, env=_environment(), input=_written(Check(urls=tuple(urls))), capture_output=True, cwd="/",
            timeout=_CHECK_S,
        )  # fmt: skip
        answer = _read(done.stdout)
    except (OSError, subprocess.TimeoutExpired, msgspec.MsgspecError) as error:
        log.warning("addresses of services could not be checked", extra={"error": type(error).__name__})
        return [True] * len(urls)
    assert isinstance(answer, Checked)
    return answer.known


async def send(url: str, *, title: str, body: str, seconds: float = SEND_S) -> Told:
    """Tell the service there; cancelled, it is not told any more. Raises OSError, and TimeoutError."""
    question = _written(Send(url=url, title=title, body=body, seconds=seconds))
    pipe = subprocess.PIPE
    child = subprocess.Popen(  # noqa: S603, ASYNC220  # ours; a vfork does not make the loop wait
        _COMMAND, env=_environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd="/"
    )
    try:
        output, _ = await asyncio.to_thread(child.communicate, question, seconds + _START_S)
        answer = _read(output)
    except subprocess.TimeoutExpired as late:
        raise TimeoutError from late
    except msgspec.MsgspecError as error:
        raise OSError(f"it ended with {child.returncode}") from error
    finally:
        child.kill()
    assert isinstance(answer, Told)
    return msgspec.structs.replace(answer, said=without(url, answer.said))


def without(url: str, said: str) -> str:
    """A text without any part of an address, host and all, as it is written there or is meant by it."""
    rest = url.partition("://")[2]
    parts = {part for form in (rest, unquote(rest)) for part in _NEXT_PART.split(form)}
    parts |= {unquote(part) for part in parts} | {rest}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _PART_LEAST:
            said = said.replace(part, GONE)
    return redact(said)


def _environment() -> Mapping[str, str]:
    """Nothing that the portal was started with, such as a proxy or somebody's `.netrc`, has a say in it."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"NETRC": os.devnull, "PYTHONDONTWRITEBYTECODE": "1", **kept}


def _written(question: Question) -> bytes:
    return msgspec.json.encode(question)


def _read(output: bytes) -> Answer:
    found: Answer = msgspec.json.decode(output, type=Answer)
    return found
