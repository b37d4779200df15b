"""The samples of the inbox: full, of one topic, decided meanwhile, all read, nothing yet."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.core.actor import Actor, Permission, Role, Via
from medianest.core.i18n import msg
from medianest.core.journal import Entry
from medianest.core.paging import Page
from medianest.notifications.queries import Note
from medianest.notifications.retrying import Retried
from medianest.notifications.standings import Act, Standing
from medianest.notifications.types import Topic
from medianest.web.pages.inbox import InboxView, inbox_view, told_of
from tests.gallery.asking import REQUESTS
from tests.gallery.samples import FETCHING, FULL, NOW

ROBIN = Actor(id="robin", name="Robin", role=Role.ADMIN, permissions=frozenset(Permission), via=Via.WEB)


def _note(id: int, topic: Topic, kind: str, subject: str, *, n: int = 1, read: bool = False, **data: object) -> Note:
    type, _, subject_id = subject.partition(" ")
    entry = Entry(
        id=id, at=NOW - timedelta(minutes=11 * (40 - id)), kind=kind, version=1, actor_id=None, actor_name="Grandpa",
        via=Via.SYSTEM, address=None, subject_type=type, subject_id=subject_id, audience=frozenset(), data=data,
        request_id=None,
    )  # fmt: skip
    return Note(id=id, topic=topic, entry=entry, n=n, is_read=read)


NOTES = (
    _note(39, Topic.DECIDE, "media_request.sent", "media_request 1", title="The Lost World"),
    _note(38, Topic.TROUBLE, "download.failed", "download 2", title="A greenhouse from old windows", code="disk_full"),
    _note(37, Topic.DECIDE, "media_request.sent", "media_request 7", title="Tidewater"),
    _note(36, Topic.READY, "media_request.available", "media_request 3", title="The General"),
    _note(30, Topic.READY, "download.finished", "download 4", n=12, title="Aurora over the fjord, part 12"),
    _note(22, Topic.HOUSE, "job.failed", "job backup", read=True, error="No space left on device"),
    _note(20, Topic.ANSWER, "media_request.declined", "media_request 5", read=True, title="Häxan", reason="Too old"),
    _note(14, Topic.ACCOUNT, "user.new_device", "user robin", read=True),
    _note(9, Topic.HOUSE, "status.down", "incident 9", read=True, name="Plex"),
)  # fmt: skip


_FAILED = _note(
    29, Topic.TROUBLE, "download.failed", "download 9", n=12, title="Aurora over the fjord, part 9", code="network"
)
STANDINGS = defaultdict(
    Standing,
    {
        39: Standing(request=REQUESTS[1], acts=(Act.APPROVE, Act.DECLINE)),
        38: Standing(download=FULL, acts=(Act.RETRY,)),
        37: Standing(request=REQUESTS[4]),
        29: Standing(acts=(Act.RETRY_ALL,)),
    },
)
DONE = STANDINGS | {38: Standing(download=FETCHING), 39: Standing(request=REQUESTS[0])}


def samples_of_inbox() -> Iterator[tuple[str, InboxView]]:
    nothing: Page[Note] = Page(items=())
    read = [note for note in NOTES if note.is_read]
    yield "inbox", inbox_view(ROBIN, Page(items=NOTES, next_cursor="x"), STANDINGS, unread=5)
    yield "inbox-decide", inbox_view(ROBIN, Page(items=NOTES[:1]), STANDINGS, topic=Topic.DECIDE, unread=5)
    yield "inbox-done", inbox_view(ROBIN, Page(items=NOTES[:3]), DONE, unread=3)
    yield "inbox-read", inbox_view(ROBIN, Page(items=read), STANDINGS, unread=0)
    held = Retried(went=9, stayed=3, why=msg("accounts.no_such_user"))
    several = inbox_view(ROBIN, Page(items=(_FAILED,)), STANDINGS, unread=0)
    yield "inbox-retried", replace(several, told=told_of(held))
    yield "inbox-none", inbox_view(ROBIN, nothing, {}, unread=0)
    yield "inbox-none-of-it", inbox_view(ROBIN, nothing, {}, topic=Topic.ACCOUNT, unread=5)
