"""The webhook: one POST for each thing that happens, in turn, never repeated, with values that are all strings."""

import http.client
import json
import queue
import threading
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.overseerr.state import Comment, Has, Issue, Media, User, Wish
from tests.fakes.overseerr.titles import JSON

_TEMPLATE = "recorded/webhook-default-template.json"
_ISSUES = {1: "VIDEO", 2: "AUDIO", 3: "SUBTITLES", 4: "OTHER"}
_TEST = {"subject": "Test Notification", "message": "Check check, 1, 2, 3. Are we coming in clear?"}


class Webhook:
    """`sent` is all that was told, delivered or not; while `lost` nothing is delivered."""

    def __init__(self, *, is_seerr: bool) -> None:
        self.template = files(__package__).joinpath(_TEMPLATE).read_text()
        options: JSON = {"webhookUrl": "", "jsonPayload": self.template, "authHeader": ""}
        self.settings: JSON = {"enabled": False, "types": 8190, "options": options}
        if is_seerr:
            options["supportVariables"] = False
            self.settings["embedPoster"] = True
        self.sent: list[JSON] = []
        self.lost = False
        self._line: queue.Queue[tuple[JSON, JSON] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._deliver, name="overseerr-webhook", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._line.put(None)
        self._thread.join()

    def lead_to(self, url: str, secret: str) -> None:
        """Deliver there from now on."""
        options = {**self.settings["options"], "webhookUrl": url, "authHeader": secret}
        self.settings = {**self.settings, "enabled": True, "options": options}

    def about(self, wish: Wish, kind: str, event: str) -> None:
        """Something happened to a request; the medium's status is the one from before."""
        noun = "Series" if wish.media.title.seasons else "Movie"
        extra = [{"name": "Requested Seasons", "value": ", ".join(str(one.number) for one in wish.seasons)}]
        words = _words_of(wish.media, kind, f"{noun} {event}") | {"request_id": str(wish.id)}
        words |= {f"requestedBy_{name}": value for name, value in _words_of_person(wish.by).items()}
        self._tell(words, {"media", "request"}, extra if wish.seasons else [])

    def about_issue(self, issue: Issue, kind: str, event: str, comment: Comment | None = None) -> None:
        words = _words_of(issue.media, kind, event) | {"message": issue.comments[0].text}
        words |= {"issue_id": str(issue.id), "issue_type": _ISSUES[issue.kind]}
        words["issue_status"] = "OPEN" if issue.status == 1 else "RESOLVED"
        words |= {f"reportedBy_{name}": value for name, value in _words_of_person(issue.by).items()}
        if comment:
            words["comment_message"] = comment.text
            words |= {f"commentedBy_{name}": value for name, value in _words_of_person(comment.by).items()}
        self._tell(words, {"media", "issue"} | ({"comment"} if comment else set()), [])

    def test(self, settings: JSON) -> None:
        """What the button sends, by settings that are not kept."""
        words = {"notification_type": "TEST_NOTIFICATION", "event": "", "image": "", **_TEST}
        self._tell(words, set(), [], settings)

    def _tell(self, words: dict[str, str], objects: set[str], extra: list[JSON], settings: JSON | None = None) -> None:
        settings = settings or self.settings
        told = _filled(json.loads(settings["options"]["jsonPayload"]), words, objects, extra)
        self.sent.append(told)
        if settings["enabled"] and not self.lost:
            self._line.put((settings["options"], told))

    def _deliver(self) -> None:
        while item := self._line.get():
            options, told = item
            to = urlsplit(options["webhookUrl"])
            connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=5)
            headers = {"Content-Type": "application/json", "Authorization": options["authHeader"]}
            try:
                connection.request("POST", to.path or "/", json.dumps(told), headers)
                connection.getresponse().read()
            except OSError:
                continue
            finally:
                connection.close()


def _filled(template: Any, words: dict[str, str], objects: set[str], extra: list[JSON]) -> JSON:
    """The template with its words; an object that there is nothing to say of is null."""
    filled: JSON = {}
    for name, value in template.items():
        if name == "{{extra}}":
            filled["extra"] = extra
        elif name.startswith("{{"):
            plain = name.strip("{}")
            filled[plain] = _filled(value, words, objects, extra) if plain in objects else None
        else:
            filled[name] = words.get(value.strip("{}"), "")
    return filled


def _words_of(media: Media, kind: str, event: str) -> dict[str, str]:
    title = media.title
    return {
        "notification_type": kind,
        "event": event,
        "subject": title.subject,
        "message": title.overview,
        "image": f"https://image.tmdb.org/t/p/w600_and_h900_bestv2/stub{title.id}.jpg",
        "media_type": title.kind,
        "media_tmdbid": str(title.id),
        "media_tvdbid": str(title.tvdb_id or ""),
        "media_status": Has(media.status).name,
        "media_status4k": Has(media.status4k).name,
    }


def _words_of_person(user: User) -> dict[str, str]:
    avatar = f"https://plex.tv/users/{user.name}/avatar"
    return {"email": user.email, "username": user.name, "avatar": avatar}
