"""The queue of a running portal, as a program that speaks its API sees it."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

import httpx

Download = dict[str, Any]
Playlist = dict[str, Any]
OVER = ("completed", "failed", "cancelled", "waiting")
_PATIENCE_S = 60.0


class Event(NamedTuple):
    """Something that the portal told of; without a subject it concerns everything."""

    kind: str
    subject_id: str | None


class QueueFailed(AssertionError):
    """A download did not become what was waited for, or a call was refused; `code` is that of the refusal."""

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.code = code


class Queue:
    """What one person (the owner of `client`) does with downloads, and sees of them."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def add(self, url: str, *, key: str | None = None, **said: object) -> Download:
        """Queue a link. With an idempotency `key`, asking again after a broken connection is safe."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._client.post("/api/v1/downloads", json={"url": url, **said}, headers=headers)
        return _body(answer)

    def get(self, id: str) -> Download:
        return self._read(f"/api/v1/downloads/{id}")

    def all(self, **asked: Any) -> list[Download]:
        """Every download that this person sees, over all pages of the list."""
        return list(self._pages("/api/v1/downloads", asked))

    def act(self, verb: str, id: str) -> Download:
        """`pause`, `resume`, `cancel` or `retry`."""
        return _body(self._client.post(f"/api/v1/downloads/{id}/{verb}"))

    def log(self, id: str) -> str:
        return self._client.get(f"/api/v1/downloads/{id}/log").raise_for_status().text

    def told(self, id: str) -> list[str]:
        """What the journal tells of a download, oldest first: `queued`, `started`..."""
        entries = list(self._pages("/api/v1/admin/journal", {"subject": f"download:{id}"}))
        return [entry["kind"].removeprefix("download.") for entry in reversed(entries)]

    def until(self, id: str, *states: str, patience_s: float = _PATIENCE_S) -> Download:
        """Wait until the download is in one of `states` (by default: until nothing happens to it by itself soon)."""
        (download,) = self.until_all([id], *states, patience_s=patience_s)
        return download

    def until_all(self, ids: Collection[str], *states: str, patience_s: float = _PATIENCE_S) -> list[Download]:
        """Wait until each of the downloads is in one of `states`."""
        wanted = states or OVER
        return self.until_holds(ids, lambda download: download["state"] in wanted, patience_s=patience_s)

    def until_holds(
        self, ids: Collection[str], holds: Callable[[Download], bool], *, patience_s: float = _PATIENCE_S
    ) -> list[Download]:
        """Wait until `holds` is true of each of the downloads; looks again when the journal tells of one."""
        deadline = time.monotonic() + patience_s
        known: dict[str, Download] = {}
        for event in self.events():
            if event.kind == "download.progress":
                continue
            known |= {id: self.get(id) for id in ids if event.subject_id in (id, None)}
            lagging = [download for download in known.values() if not holds(download)]
            if not lagging:
                return [known[id] for id in ids]
            if time.monotonic() > deadline:
                break
        shown = "\n".join(json.dumps(download) for download in lagging)
        raise QueueFailed(f"came no further in {patience_s} s:\n{shown}")

    def list_until(self, id: str, holds: Callable[[Playlist], bool], *, patience_s: float = _PATIENCE_S) -> Playlist:
        """Wait until `holds` is true of a list; looks again whenever the journal tells of something."""
        deadline = time.monotonic() + patience_s
        for _ in self.events():
            found = self._read(f"/api/v1/playlists/{id}")
            if holds(found):
                return found
            if time.monotonic() > deadline:
                break
        raise QueueFailed(f"came no further in {patience_s} s: {json.dumps(found)}")

    def events(self) -> Iterator[Event]:
        """What happens, as it happens, from a first event without a subject on; ends with the portal."""
        with self._client.stream("GET", "/api/v1/events") as answer:
            answer.raise_for_status()
            yield Event("open", None)
            kind = ""
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    yield Event(kind, json.loads(value).get("subject", {}).get("id"))
                elif line.startswith(":"):
                    yield Event("ping", None)

    def _read(self, path: str, asked: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Whoever asked too often asks again when the portal says so."""
        deadline = time.monotonic() + _PATIENCE_S
        while (answer := self._client.get(path, params=asked)).status_code == 429 and time.monotonic() < deadline:
            time.sleep(int(answer.headers["Retry-After"]))
        return _body(answer)

    def _pages(self, path: str, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        wanted = {"limit": 200, **asked}
        while True:
            page = self._read(path, wanted)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            wanted["cursor"] = page["next_cursor"]


def _body(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    if answer.is_error:
        said = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
        raise QueueFailed(said, body.get("code"))
    return body
