"""How plex.tv tells of people and servers: the fields of the captures, filled in."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.fakes.plex.markup import Node
from tests.fakes.plex.people import Person, Share

if TYPE_CHECKING:
    from tests.fakes.plex.server import Connection, MediaServer

VERSION = "1.32.6.7468-07e0d4a7e"
_SEEN = "2026-01-15T11:00:00Z"
_UNIX_SEEN = 1_768_474_800
_FILTERS = dict.fromkeys(("filterAll", "filterMovies", "filterMusic", "filterPhotos", "filterTelevision"), "")


def account(person: Person, token: str, home: list[Person]) -> dict[str, Any]:
    return {
        "id": person.id,
        "uuid": person.uuid,
        "username": person.username,
        "title": person.title,
        "email": person.email,
        "friendlyName": person.title,
        "locale": None,
        "confirmed": True,
        "joinedAt": 946_730_096,
        "emailOnlyAuth": False,
        "hasPassword": not person.managed,
        "protected": person.protected,
        "thumb": person.thumb,
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": False,
        "scrobbleTypes": "",
        "country": "NL",
        "subscription": _SUBSCRIPTION,
        "subscriptionDescription": None,
        "restricted": person.managed,
        "anonymous": None,
        "home": person.home,
        "guest": False,
        "homeSize": len(home),
        "homeAdmin": person.home_admin,
        "maxHomeSize": 15,
        "rememberExpiresAt": 1_769_688_000,
        "profile": _PROFILE,
        "entitlements": ["all"],
        "roles": ["plexpass"],
        "services": [],
        "adsConsent": None,
        "adsConsentSetAt": None,
        "adsConsentReminderAt": None,
        "experimentalFeatures": False,
        "twoFactorEnabled": True,
        "backupCodesCreated": True,
    }


_SUBSCRIPTION = {
    "active": True,
    "subscribedAt": "2023-09-19T00:00:00Z",
    "status": "Active",
    "paymentService": None,
    "plan": "lifetime",
    "features": ["companions_sonos", "webhooks"],
}
_PROFILE = {
    "autoSelectAudio": True,
    "defaultAudioLanguage": "en",
    "defaultAudioLanguages": None,
    "defaultAudioAccessibility": 0,
    "defaultSubtitleLanguage": "en",
    "defaultSubtitleLanguages": None,
    "autoSelectSubtitle": 0,
    "defaultSubtitleAccessibility": 0,
    "defaultSubtitleForced": 0,
    "watchedIndicator": 1,
    "mediaReviewsVisibility": 0,
    "mediaReviewsLanguages": None,
}


def resource(server: "MediaServer", person: Person, *, relay: bool) -> dict[str, Any]:
    """A server as `person` sees it; the relay only to who asks for it."""
    owned = server.owner is person
    shown = [connection for connection in server.connections if relay or not connection.relay]
    return {
        "name": server.name,
        "product": "Plex Media Server",
        "productVersion": VERSION,
        "platform": "Linux",
        "platformVersion": "5.15.0-69-generic",
        "device": "Docker Container",
        "clientIdentifier": server.machine,
        "createdAt": "2013-01-01T12:34:56Z",
        "lastSeenAt": _SEEN,
        "provides": "server",
        "ownerId": None if owned else server.owner.id,
        "sourceTitle": None if owned else server.owner.title,
        "publicAddress": "127.0.0.2",
        "accessToken": server.token_for(person),
        "owned": owned,
        "home": person.home and server.owner.home and not owned,
        "synced": False,
        "relay": any(connection.relay for connection in server.connections),
        "presence": True,
        "httpsRequired": False,
        "publicAddressMatches": owned,
        "dnsRebindingProtection": False,
        "natLoopbackSupported": False,
        "connections": [_connection(connection) for connection in shown],
    }


def player(person: Person) -> dict[str, Any]:
    """A television in the house, which is a resource too and no server."""
    return {
        "name": "SHIELD Android TV",
        "product": "Plex for Android (TV)",
        "productVersion": "9.31.0.3817",
        "platform": "Android",
        "platformVersion": "11",
        "device": "SHIELD Android TV",
        "clientIdentifier": f"{person.id}-com-plexapp-android",
        "createdAt": "2020-01-01T12:34:56Z",
        "lastSeenAt": _SEEN,
        "provides": "player,pubsub-player,controller",
        "ownerId": None,
        "sourceTitle": None,
        "publicAddress": "10.20.30.40",
        "accessToken": "",
        "owned": True,
        "home": False,
        "synced": False,
        "relay": False,
        "presence": False,
        "httpsRequired": False,
        "publicAddressMatches": True,
        "dnsRebindingProtection": False,
        "natLoopbackSupported": False,
        "connections": [],
    }


def users(people: Iterable[Person], servers: "list[MediaServer]") -> Node:
    rows = [
        _user(person, [_server_of(server, person) for server in servers if server.admits(person)]) for person in people
    ]
    told = {"friendlyName": "myPlex", "identifier": "com.plexapp.plugins.myplex"}
    machine = servers[0].machine if servers else None
    return Node("MediaContainer", rows, **told, machineIdentifier=machine, totalSize=len(rows), size=len(rows))


def home(people: list[Person]) -> Node:
    told = {"friendlyName": "myPlex", "identifier": "com.plexapp.plugins.myplex", "size": len(people)}
    return Node("MediaContainer", [_user(person, []) for person in people], **told)


def server(of: "MediaServer") -> Node:
    about = {"name": of.name, "machineIdentifier": of.machine, "version": VERSION, "owned": True}
    return Node("MediaContainer", [Node("Server", _sections(of), **about)], size=1, machineIdentifier=of.machine)


def shares(of: "MediaServer", told: list[Share]) -> Node:
    """With the token of everyone whom the server is shared with."""
    rows = [
        Node(
            "SharedServer",
            _sections(of, share),
            id=share.id,
            username=share.person.username,
            email=share.person.email or "",
            userID=share.person.id,
            accessToken=of.token_for(share.person),
            name=of.name,
            acceptedAt=1_467_656_888,
            invitedAt=1_467_656_000,
            allowSync=False,
            allLibraries=share.sections is None,
            owned=False,
        )
        for share in told
    ]
    return Node("MediaContainer", rows, size=len(rows), machineIdentifier=of.machine)


def _sections(of: "MediaServer", share: Share | None = None) -> list[Node]:
    """The key is the media server's, the id is plex.tv's own."""
    return [
        Node(
            "Section",
            id=80_000 + int(section.key),
            key=section.key,
            type=section.kind,
            title=section.title,
            shared=None if share is None else share.covers(section.key),
        )
        for section in of.shelves.sections.values()
    ]


def _user(person: Person, servers: list[Node]) -> Node:
    return Node(
        "User",
        servers,
        id=person.id,
        title=person.title,
        username=person.username,
        email=person.email or "",
        recommendationsPlaylistId="",
        thumb=person.thumb,
        protected=person.protected,
        home=person.home,
        restricted=person.managed,
        allowTuners=False,
        allowSync=False,
        allowCameraUpload=False,
        allowChannels=False,
        allowSubtitleAdmin=False,
        **_FILTERS,
    )


def _server_of(of: "MediaServer", person: Person) -> Node:
    share = of.share_of(person)
    sections = [key for key in of.shelves.sections if share is None or share.covers(key)]
    return Node(
        "Server",
        id=share.id if share else 0,
        serverId=1,
        machineIdentifier=of.machine,
        name=of.name,
        lastSeenAt=_UNIX_SEEN,
        numLibraries=len(sections),
        allLibraries=share is None or share.sections is None,
        owned=True,
        pending=False,
    )


def _connection(connection: "Connection") -> dict[str, Any]:
    return {
        "protocol": connection.protocol,
        "address": connection.address,
        "port": connection.port,
        "uri": connection.uri,
        "local": connection.local,
        "relay": connection.relay,
        "IPv6": False,
    }
