"""The route table of the machine face."""

from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.di import Provide

from medianest.api import answers, openapi, ops, webhooks
from medianest.api.answers import Answer, AnyRequest
from medianest.api.calls import Call
from medianest.api.given import Served
from medianest.api.reader import Reader
from medianest.api.rules import makes_tokens, steers
from medianest.api.v1 import (
    backups,
    dead_letters,
    downloads,
    events,
    failures,
    household_devices,
    invitations,
    jobs,
    journal,
    me,
    notifications,
    overseerr,
    pictures,
    plans,
    playlists,
    plex_titles,
    preferences,
    presets,
    previews,
    problems,
    request_means,
    request_titles,
    requests,
    sessions,
    sites,
    status,
    tokens,
    users,
    ytdlp,
)
from medianest.api.v1.download_shapes import Download
from medianest.api.v1.request_shapes import MediaRequest
from medianest.api.wire import List, Paged
from medianest.core import journal as spine
from medianest.core.actor import Permission
from medianest.downloads import queries
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.sites import queries as site_queries
from medianest.http import paces
from medianest.http.faces import Face
from medianest.http.given import CurrentAsking
from medianest.http.guards import anyone, metrics_reader, permitted, signed_in
from medianest.http.services import Services
from medianest.media_requests import problem_queries, webhook
from medianest.media_requests import queries as request_queries
from medianest.notifications import channel_queries, standings
from medianest.notifications import queries as notes

CREATED, ACCEPTED, OK, GONE = HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.OK, HTTPStatus.NO_CONTENT
READS = (permitted(Permission.READ),)
DOWNLOADS = (permitted(Permission.DOWNLOAD),)
ASKS = (permitted(Permission.REQUEST),)
ADMINS = (permitted(Permission.ADMINISTER),)
STEERS = (steers,)
SIGNED_IN = (signed_in,)
ANYONE = (anyone,)
BODIES = {
    "/api/v1/sites/*/cookies": 2 * sites.COOKIES_MOST,
    "/webhooks/plex/*/news": webhooks.PLEX_MOST,
    webhook.PATH: webhooks.OVERSEERR_MOST,
}
"""How many bytes of body a path takes that takes more or less than others."""


async def document(request: AnyRequest, services: Served) -> Answer:
    """This document."""
    return answers.tagged(request, msgspec.json.encode(services.openapi()))


# fmt: off
CALLS = (
    Call("GET", "/me", me.show, READS, gives=me.Me),
    Call("GET", "/presets", presets.listing, READS, asks=Paged, gives=List[presets.Offer]),

    Call("POST", "/downloads/preview", previews.create, DOWNLOADS, takes=previews.NewPreview, gives=previews.Preview,
         pace=paces.LOOKING),
    Call("GET", "/previews/{id:str}/thumbnail", previews.thumbnail, READS, gives="image/webp"),

    Call("POST", "/downloads", downloads.create, DOWNLOADS,
         takes=downloads.NewDownload, gives=Download, statuses=(CREATED, OK), pace=paces.QUEUING),
    Call("GET", "/downloads", downloads.listing, READS, asks=downloads.DownloadListing, gives=List[Download],
         shows=queries.TABLES, live=True),
    Call("GET", "/downloads/{id:str}", downloads.show, READS, gives=Download,
         shows=queries.TABLES, live=True),
    Call("PATCH", "/downloads/{id:str}", downloads.change, STEERS, takes=downloads.DownloadChange, gives=Download),
    Call("DELETE", "/downloads/{id:str}", downloads.delete, STEERS, asks=downloads.Deletion, statuses=(GONE,)),
    Call("POST", "/downloads/{id:str}/pause", downloads.pause, STEERS, gives=Download),
    Call("POST", "/downloads/{id:str}/resume", downloads.resume, STEERS, gives=Download),
    Call("POST", "/downloads/{id:str}/cancel", downloads.cancel, STEERS, gives=Download),
    Call("POST", "/downloads/{id:str}/retry", downloads.retry, STEERS, gives=Download),
    Call("POST", "/downloads/{id:str}/finish", downloads.finish, STEERS, gives=Download),
    Call("GET", "/failures", failures.listing, READS, gives=List[failures.Cause], shows=queries.TABLES),
    Call("POST", "/failures/{code:str}/retry", failures.retry, STEERS, gives=failures.Outcome),
    Call("DELETE", "/failures/{code:str}", failures.dismiss, STEERS, gives=failures.Outcome),
    Call("GET", "/downloads/{id:str}/log", downloads.log, READS, gives="text/plain"),
    Call("GET", "/downloads/{id:str}/file", downloads.file, READS, gives="application/octet-stream"),
    Call("GET", "/downloads/{id:str}/thumbnail", downloads.thumbnail, READS, gives="image/webp"),

    Call("GET", "/pictures/{path:path}", pictures.show, READS, gives="image/webp"),

    Call("POST", "/playlists", playlists.create, DOWNLOADS,
         takes=playlists.NewPlaylist, gives=playlists.Playlist, statuses=(ACCEPTED,), pace=paces.LOOKING),
    Call("GET", "/playlists", playlists.listing, READS, asks=Paged, gives=List[playlists.Playlist],
         shows=playlist_queries.TABLES),
    Call("GET", "/playlists/{id:str}", playlists.show, READS, gives=playlists.Playlist, shows=playlist_queries.TABLES),
    Call("GET", "/playlists/{id:str}/entries", playlists.entries, READS, asks=Paged,
         gives=List[playlists.PlaylistEntry], shows=playlist_queries.TABLES),
    Call("POST", "/playlists/{id:str}/stop", playlists.stop, STEERS, asks=playlists.Stopping, gives=playlists.Playlist),

    Call("GET", "/plex", plex_titles.server, READS, gives=plex_titles.PlexServer),
    Call("GET", "/plex/sections", plex_titles.sections, READS, gives=List[plex_titles.PlexSection]),
    Call("GET", "/plex/recent", plex_titles.recent, READS, asks=plex_titles.RecentTitles,
         gives=List[plex_titles.PlexTitle]),
    Call("GET", "/plex/continue", plex_titles.begun, READS, gives=List[plex_titles.PlexContinued]),
    Call("GET", "/plex/search", plex_titles.search, READS, asks=plex_titles.SearchedTitles,
         gives=List[plex_titles.PlexTitle]),
    Call("GET", "/plex/titles", plex_titles.listing, READS, asks=plex_titles.SectionTitles,
         gives=List[plex_titles.PlexTitle]),
    Call("GET", "/plex/titles/{id:str}", plex_titles.show, READS, gives=plex_titles.PlexTitleWhole),

    Call("POST", "/requests", requests.create, ASKS, takes=requests.NewMediaRequest, gives=MediaRequest,
         statuses=(CREATED, OK), pace=paces.ASKING),
    Call("GET", "/requests", requests.listing, READS, asks=requests.MediaRequests, gives=List[MediaRequest],
         shows=request_queries.TABLES),
    Call("GET", "/requests/search", request_titles.search, READS, asks=request_titles.SearchedMedia,
         gives=List[request_titles.MediaTitle], pace=paces.SEARCHING),
    Call("GET", "/requests/discover", request_titles.discover, READS, asks=request_titles.ListedMedia,
         gives=List[request_titles.MediaTitle], pace=paces.SEARCHING),
    Call("GET", "/requests/titles/{media_type:str}/{tmdb_id:int}", request_titles.show, READS,
         gives=request_titles.MediaTitleWhole, pace=paces.SEARCHING),
    Call("GET", "/requests/allowances", request_means.allowances, ASKS, asks=request_means.WhoseAllowance,
         gives=request_means.MediaAllowances, pace=paces.SEARCHING),
    Call("GET", "/requests/fetchers", request_means.fetchers, ASKS, asks=request_means.WhichFetchers,
         gives=List[request_means.MediaFetcher], pace=paces.SEARCHING),
    Call("GET", "/requests/{id:str}", requests.show, READS, gives=MediaRequest, shows=request_queries.TABLES),
    Call("DELETE", "/requests/{id:str}", requests.delete, ASKS, statuses=(GONE,)),
    Call("POST", "/requests/{id:str}/approve", requests.approve, ASKS, takes=requests.Approval, gives=MediaRequest),
    Call("POST", "/requests/{id:str}/decline", requests.decline, ASKS, takes=requests.Refusal, gives=MediaRequest),
    Call("POST", "/requests/{id:str}/follow", requests.follow, ASKS, gives=MediaRequest),
    Call("POST", "/requests/{id:str}/unfollow", requests.unfollow, ASKS, gives=MediaRequest),
    Call("POST", "/requests/{id:str}/retry", requests.retry, ASKS, gives=MediaRequest),

    Call("GET", "/status", status.show, READS, gives=status.Services),
    Call("GET", "/status/incidents", status.incidents, READS, asks=Paged, gives=List[status.IncidentToldOf]),
    Call("GET", "/status/{id:str}/history", status.history, READS, asks=status.Looking,
         gives=List[status.StateStretch]),
    Call("GET", "/status/{id:str}/badge", status.badge, READS, gives="image/svg+xml"),

    Call("GET", "/problems", problems.listing, READS, asks=problems.MediaProblems, gives=List[problems.MediaProblem],
         shows=problem_queries.TABLES),
    Call("POST", "/problems", problems.create, ASKS, takes=problems.NewMediaProblem, gives=problems.MediaProblem,
         statuses=(CREATED,), pace=paces.ASKING),
    Call("GET", "/problems/{id:str}", problems.show, READS, gives=problems.MediaProblem, shows=problem_queries.TABLES),
    Call("POST", "/problems/{id:str}/comments", problems.comment, ASKS, takes=problems.NewComment,
         gives=problems.MediaProblem, pace=paces.ASKING),
    Call("POST", "/problems/{id:str}/resolve", problems.resolve, ASKS, gives=problems.MediaProblem),

    Call("GET", "/sites", sites.listing, ADMINS, asks=Paged, gives=List[sites.Site], shows=site_queries.TABLES),
    Call("PATCH", "/sites/{name:str}", sites.change, ADMINS, takes=sites.SiteChange, gives=sites.Site),
    Call("PUT", "/sites/{name:str}/cookies", sites.put_cookies, ADMINS, takes=sites.NewCookies, gives=sites.Site),
    Call("DELETE", "/sites/{name:str}/cookies", sites.remove_cookies, ADMINS, statuses=(GONE,)),

    Call("GET", "/notifications", notifications.listing, READS, asks=notifications.Notifications,
         gives=List[notifications.Notification], shows=(*notes.TABLES, *standings.TABLES, spine.TABLE)),
    Call("POST", "/notifications/read", notifications.read, READS, takes=notifications.ReadNotifications,
         gives=notifications.Unread),
    Call("POST", "/notifications/retry", notifications.retry, READS, takes=notifications.RetryNotification,
         gives=notifications.Retried),
    Call("GET", "/notifications/preferences", preferences.show, READS, gives=preferences.NotificationPreferences,
         shows=channel_queries.TABLES),
    Call("PUT", "/notifications/preferences", preferences.change, READS, takes=preferences.PreferencesChange,
         gives=preferences.NotificationPreferences),
    Call("GET", "/notifications/channels", preferences.channels, READS, gives=List[preferences.NotificationChannel],
         shows=channel_queries.TABLES),

    Call("GET", "/events", events.stream, READS, gives="text/event-stream"),

    Call("GET", "/tokens", tokens.listing, READS, asks=tokens.Tokens, gives=List[tokens.Token],
         shows=("tokens", "users")),
    Call("POST", "/tokens", tokens.create, (makes_tokens,), takes=tokens.NewToken, gives=tokens.ShownToken,
         statuses=(CREATED,)),
    Call("DELETE", "/tokens/{id:str}", tokens.delete, SIGNED_IN, statuses=(GONE,)),
    Call("GET", "/users", users.listing, READS, asks=Paged, gives=List[users.User], shows=("users",)),
    Call("POST", "/users", users.create, ADMINS, takes=users.NewPerson, gives=users.User, statuses=(CREATED,)),
    Call("PATCH", "/users/{id:str}", users.change, SIGNED_IN, takes=users.PersonChange, gives=users.User),
    Call("DELETE", "/users/{id:str}", users.delete, ADMINS, statuses=(GONE,)),
    Call("DELETE", "/users/{id:str}/sessions", users.sign_out, SIGNED_IN, statuses=(GONE,)),
    Call("GET", "/invitations", invitations.listing, ADMINS, asks=Paged, gives=List[invitations.Invitation]),
    Call("POST", "/invitations", invitations.create, ADMINS, takes=invitations.InvitationWanted,
         gives=invitations.ShownInvitation, statuses=(CREATED,)),
    Call("DELETE", "/invitations/{id:str}", invitations.delete, ADMINS, statuses=(GONE,)),
    Call("GET", "/household-devices", household_devices.listing, ADMINS, asks=Paged,
         gives=List[household_devices.HouseholdDevice], shows=("household_devices",)),
    Call("POST", "/household-devices", household_devices.approve, ADMINS, takes=household_devices.DeviceApproval,
         gives=household_devices.ShownHouseholdDevice, statuses=(CREATED,)),
    Call("DELETE", "/household-devices/{id:str}", household_devices.revoke, ADMINS, statuses=(GONE,)),
    Call("GET", "/plans", plans.listing, ADMINS, asks=Paged, gives=List[plans.Plan]),
    Call("POST", "/plans", plans.create, ADMINS, takes=plans.NewPlan, gives=plans.Plan, statuses=(CREATED,)),
    Call("PATCH", "/plans/{id:str}", plans.change, ADMINS, takes=plans.PlanChange, gives=plans.Plan),
    Call("DELETE", "/plans/{id:str}", plans.delete, ADMINS, asks=plans.Removal, statuses=(GONE,)),
    Call("GET", "/users/{id:str}/sessions", sessions.listing, READS, asks=Paged, gives=List[sessions.Session],
         shows=("sessions", "users")),
    Call("DELETE", "/sessions/{id:str}", sessions.delete, SIGNED_IN, statuses=(GONE,)),

    Call("GET", "/admin/journal", journal.listing, ADMINS, asks=journal.Entries, gives=List[journal.Entry],
         shows=(spine.TABLE,)),
    Call("GET", "/admin/jobs", jobs.listing, ADMINS, asks=Paged, gives=List[jobs.Job]),
    Call("POST", "/admin/jobs/{name:str}/run", jobs.run, ADMINS, gives=jobs.Job, statuses=(ACCEPTED,)),
    Call("GET", "/admin/dead-letters", dead_letters.listing, ADMINS, asks=Paged, gives=List[dead_letters.DeadLetter]),
    Call("GET", "/admin/dead-letters/causes", dead_letters.causes, ADMINS, gives=List[dead_letters.DeadLetterCause]),
    Call("POST", "/admin/dead-letters/retry", dead_letters.retry_all, ADMINS, takes=dead_letters.DeadLetterRetry,
         gives=dead_letters.DeadLetterOutcome),
    Call("POST", "/admin/dead-letters/{id:int}/retry", dead_letters.retry, ADMINS, statuses=(GONE,)),

    Call("GET", "/admin/overseerr", overseerr.show, ADMINS, gives=overseerr.OverseerrServer),
    Call("POST", "/admin/overseerr/test", overseerr.test, ADMINS, gives=overseerr.OverseerrLook, pace=paces.LOOKING),
    Call("GET", "/admin/overseerr/webhook", overseerr.webhook, ADMINS, gives=overseerr.OverseerrWebhook),
    Call("POST", "/admin/overseerr/webhook", overseerr.set_up_webhook, ADMINS, takes=overseerr.NewOverseerrWebhook,
         gives=overseerr.OverseerrDelivery, pace=paces.LOOKING),
    Call("GET", "/admin/overseerr/accounts", overseerr.accounts, ADMINS, gives=List[overseerr.OverseerrAccount],
         pace=paces.LOOKING),
    Call("GET", "/admin/overseerr/people", overseerr.people, ADMINS, gives=List[overseerr.OverseerrAsker]),
    Call("PUT", "/admin/overseerr/people/{id:str}", overseerr.map_person, ADMINS, takes=overseerr.AskerChange,
         gives=overseerr.OverseerrAsker),

    Call("GET", "/admin/backups", backups.listing, ADMINS, asks=Paged, gives=List[backups.Backup]),
    Call("POST", "/admin/backups", backups.create, ADMINS, gives=backups.Backup, statuses=(CREATED,),
         pace=paces.BACKING_UP),

    Call("GET", "/admin/ytdlp", ytdlp.show, ADMINS, gives=ytdlp.Ytdlp),
    Call("POST", "/admin/ytdlp/update", ytdlp.update, ADMINS, gives=ytdlp.Ytdlp, statuses=(ACCEPTED,),
         pace=paces.UPDATING),
    Call("POST", "/admin/ytdlp/rollback", ytdlp.roll_back, ADMINS, gives=ytdlp.Ytdlp),

    Call("GET", "/openapi.json", document, SIGNED_IN, gives="application/json"),

    Call("POST", webhook.PATH, webhooks.overseerr, ANYONE, statuses=(GONE,), root=""),
    Call("POST", "/webhooks/plex/{secret:str}/news", webhooks.plex, ANYONE, statuses=(GONE,), root=""),

    Call("GET", "/healthz", ops.healthz, ANYONE, gives=ops.Health, root=""),
    Call("GET", "/readyz", ops.readyz, ANYONE, gives=ops.Readiness, root=""),
    Call("GET", "/metrics", ops.metrics, (metrics_reader,), gives="text/plain", root=""),
)
# fmt: on


@cache
def openapi_document(base_path: str = "") -> dict[str, Any]:
    """What programs and people can read about all calls; made when it is first asked for."""
    return openapi.document(CALLS, version="1", base_path=base_path)


def router(services: Services) -> Face:
    """All calls; what their handlers name besides `services` and `reader` is the floor's (`http.ground`)."""

    def reader(asking: CurrentAsking) -> Reader:
        say = services.catalogues.of(asking.actor.language).say
        return Reader(actor=asking.actor, say=say, base_path=services.base_path)

    provided = {
        "services": Provide(lambda: services, sync_to_thread=False),
        "reader": Provide(reader, sync_to_thread=False),
    }
    return Face("/", route_handlers=[call.route() for call in CALLS], dependencies=provided)
