"""What a Plex server says by itself, over its event stream or to a webhook, and what it means for us; pure.

Neither is documented by Plex: the stream is as plexapi's AlertListener and Plex's own pages read it, the webhook as the
support page shows it. Whatever else comes is nothing.
"""

from dataclasses import dataclass

from msgspec import DecodeError, Struct, field, json

_LIBRARY = "com.plexapp.plugins.library"
_COMPLETE, _GONE = 5, 9
_KINDS = (1, 2, 3, 4)
_SCANNED = "LIBRARY_UPDATE"
_KEYS_MOST = 500
_SEEN = ("media.play", "media.stop", "media.pause", "media.resume", "media.scrobble", "library.on.deck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Items to which something happened, whether the libraries were scanned, and whether somebody watches."""

    keys: frozenset[str] = frozenset()
    scanned: bool = False
    watched: bool = False

    def __add__(self, other: "Notice") -> "Notice":
        return Notice(
            keys=self.keys | other.keys,
            scanned=self.scanned or other.scanned,
            watched=self.watched or other.watched,
        )

    def __bool__(self) -> bool:
        return bool(self.keys or self.scanned or self.watched)

    @property
    def is_flood(self) -> bool:
        """Whether it is quicker to look at everything than at each item."""
        return len(self.keys) > _KEYS_MOST


EVERYTHING = Notice(scanned=True, watched=True)
"""Nobody knows what happened."""


class _Timeline(Struct, rename="camel"):
    identifier: str = ""
    item: int | str = field(name="itemID", default="")
    type: int = 0
    state: int = 0


class _Status(Struct, rename="camel"):
    notification_name: str = ""


class _Container(Struct):
    type: str = ""
    timeline: list[_Timeline] = field(name="TimelineEntry", default_factory=list)
    status: list[_Status] = field(name="StatusNotification", default_factory=list)


class _Message(Struct):
    container: _Container = field(name="NotificationContainer")


class _Server(Struct):
    uuid: str = ""


class _Metadata(Struct):
    key: int | str = field(name="ratingKey", default="")
    type: str = ""


class _Payload(Struct):
    event: str = ""
    server: _Server = field(name="Server", default_factory=_Server)
    metadata: _Metadata = field(name="Metadata", default_factory=_Metadata)


def of_stream(message: str | bytes) -> Notice:
    """What a message of the event stream means."""
    try:
        told = json.decode(message, type=_Message, strict=False).container
    except DecodeError:
        return Notice()
    happened = [one for one in told.timeline if one.identifier == _LIBRARY and one.type in _KINDS]
    return Notice(
        keys=frozenset(str(one.item) for one in happened if one.state in (_COMPLETE, _GONE) and _is_key(one.item)),
        scanned=any(one.notification_name == _SCANNED for one in told.status),
        watched=told.type == "playing",
    )


def of_webhook(payload: str | bytes, machine_id: str) -> Notice:
    """What a webhook's payload means, if it is of this server."""
    try:
        told = json.decode(payload, type=_Payload, strict=False)
    except DecodeError:
        return Notice()
    if told.server.uuid != machine_id:
        return Notice()
    is_new = told.event == "library.new" and _is_key(told.metadata.key)
    return Notice(
        keys=frozenset({str(told.metadata.key)}) if is_new else frozenset(),
        scanned=told.event == "library.new",
        watched=told.event in _SEEN,
    )


def _is_key(told: int | str) -> bool:
    return str(told).isascii() and str(told).isdigit() and len(str(told)) < 20
