"""Asking Overseerr, Jellyseerr or Seerr by their common API, over a connection that leads there and nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from medianest.core.outbound.calls import Guards
from medianest.media_requests.errors import GoneThere
from medianest.media_requests.types import (
    Allowances,
    Fetcher,
    Genre,
    Hits,
    Listing,
    MediaType,
    Problem,
    ProblemKind,
    Seen,
    SeenPage,
    Title,
    TitleKey,
    UpstreamPerson,
    Verdict,
    Wish,
)
from medianest.media_requests.wire import hooks, people, problems, requests, titles
from medianest.media_requests.wire.client import Line, integer

PAGE = 100


class Asking:
    """Calls to one server. `person` is as whom it is asked, by its own number; None is the portal itself.

    The server asks TMDB before it answers, so that its first byte may be late.
    """

    def __init__(self, url: str, key: str, guards: Guards, *, patience_s: float = 10.0) -> None:
        self._line = Line(url, key, guards, patience_s=patience_s)

    async def close(self) -> None:
        """No call begins any more; the last one that is under way closes the connections."""
        await self._line.close()

    async def version(self) -> str:
        return await self._line.get("/status", people.version)

    async def search(self, query: str, page: int, *, person: int | None = None) -> Hits:
        """Each character is encoded: the server refuses a query that is as httpx or a form would write it."""
        return await self._line.get(f"/search?query={quote(query, safe='')}&page={page:d}", titles.hits, person=person)

    async def discover(self, listing: Listing, kind: MediaType | None, page: int, *, person: int | None = None) -> Hits:
        path = _LISTS[listing, kind if listing is not Listing.TRENDING else None]
        return _of_kind(await self._line.get(f"{path}?page={page:d}", titles.hits, person=person), kind)

    async def by_genre(self, kind: MediaType, genre: int, page: int, *, person: int | None = None) -> Hits:
        plural = "movies" if kind is MediaType.MOVIE else "tv"
        return await self._line.get(f"/discover/{plural}/genre/{genre:d}?page={page:d}", titles.hits, person=person)

    async def genres(self, kind: MediaType) -> tuple[Genre, ...]:
        return await self._line.get(f"/genres/{kind}", titles.genres)

    async def similar(self, key: TitleKey, page: int, *, person: int | None = None) -> Hits:
        path = f"/{key.media_type}/{key.tmdb_id:d}/recommendations?page={page:d}"
        return await self._line.get(path, titles.hits, person=person)

    async def title(self, key: TitleKey, *, person: int | None = None) -> Title:
        """Raises NoTitle."""

        def read(body: bytes) -> Title:
            return titles.title(body, key.media_type)

        return await self._line.get(f"/{key.media_type}/{key.tmdb_id:d}", read, person=person)

    async def me(self, *, person: int | None = None) -> UpstreamPerson:
        return await self._line.get("/auth/me", people.person, person=person)

    async def people(self, skip: int, take: int = PAGE) -> tuple[Sequence[UpstreamPerson], int]:
        """Some of those who have an account there, and how many there are."""
        return await self._line.get(f"/user?take={take:d}&skip={skip:d}&sort=created", people.people)

    async def bring_in(self, plex_id: int) -> Sequence[UpstreamPerson]:
        """Have an account made for somebody whom the server knows from Plex."""
        return await self._line.send("POST", "/user/import-from-plex", people.imported, {"plexIds": [str(plex_id)]})

    async def allowances(self, person: int) -> Allowances:
        return await self._line.get(f"/user/{integer(person)}/quota", people.allowances, person=person)

    async def request(self, id: int) -> Seen | None:
        """The request as it is now; None where there is none any more."""
        try:
            return await self._line.get(f"/request/{id:d}", requests.request)
        except GoneThere:
            return None

    async def requests(self, skip: int, take: int = PAGE) -> SeenPage:
        """Some of all requests, those that changed last first."""
        query = urlencode({"take": take, "skip": skip, "sort": "modified", "filter": "all"})
        return await self._line.get(f"/request?{query}", requests.requests)

    async def ask(self, wish: Wish, *, person: int) -> Seen:
        """Ask for a title as somebody. Never sent twice: who hears no answer looks first whether it came.

        Raises AskedAlready, NothingLeft, UsedUp, NotAllowed and NoTitle.
        """
        return await self._line.send("POST", "/request", requests.request, _body_of(wish), person=person)

    async def change(self, id: int, wish: Wish) -> Seen:
        """Other seasons, another profile or folder."""
        told = _body_of(wish)
        return await self._line.send("PUT", f"/request/{id:d}", requests.request, told)

    async def decide(self, id: int, verdict: Verdict) -> Seen:
        """Deciding the same again changes nothing. Raises GoneThere."""
        return await self._line.send("POST", f"/request/{id:d}/{verdict}", requests.request)

    async def retry(self, id: int) -> Seen:
        """Hand it to Radarr or Sonarr once more. Raises GoneThere."""
        return await self._line.send("POST", f"/request/{id:d}/retry", requests.request)

    async def withdraw(self, id: int) -> None:
        """Delete a request, whose owner must have been checked: the server lets everybody delete what is pending."""
        try:
            await self._line.send("DELETE", f"/request/{id:d}", _read_nothing)
        except GoneThere:
            return

    async def fetchers(self, kind: MediaType) -> Sequence[Fetcher]:
        return await self._line.get(f"/service/{_FETCHERS[kind]}", people.fetchers)

    async def fetcher(self, kind: MediaType, id: int) -> Fetcher:
        return await self._line.get(f"/service/{_FETCHERS[kind]}/{id:d}", people.fetcher)

    async def problems(self, skip: int, take: int = PAGE) -> Sequence[Problem]:
        query = urlencode({"take": take, "skip": skip, "sort": "modified", "filter": "all"})
        return await self._line.get(f"/issue?{query}", problems.problems)

    async def problem(self, id: int) -> Problem | None:
        try:
            return await self._line.get(f"/issue/{id:d}", problems.problem)
        except GoneThere:
            return None

    async def report(
        self, media_id: int, kind: ProblemKind, text: str, *, season: int, episode: int, person: int
    ) -> Problem:
        told = {"issueType": problems.NUMBERS[kind], "message": text, "mediaId": media_id}
        told |= {"problemSeason": season, "problemEpisode": episode}
        return await self._line.send("POST", "/issue", problems.problem, told, person=person)

    async def comment(self, id: int, text: str, *, person: int) -> Problem:
        return await self._line.send(
            "POST", f"/issue/{id:d}/comment", problems.problem, {"message": text}, person=person
        )

    async def resolve(self, id: int) -> Problem:
        return await self._line.send("POST", f"/issue/{id:d}/resolved", problems.problem)

    async def webhook(self) -> str:
        """Where its webhook leads; empty where nowhere."""
        told = await self._line.get(_HOOK, hooks.hook)
        return told.options.webhook_url if told.enabled else ""

    async def lead_webhook(self, url: str, header: str, payload: str) -> None:
        """Have its webhook post this there, whatever happens; and now, to see. Raises NotDelivered."""
        wanted = hooks.leading(await self._line.get(_HOOK, hooks.whole), url, header, payload)
        await self._line.send("POST", _HOOK, _read_nothing, wanted)
        await self._line.send("POST", f"{_HOOK}/test", _read_nothing, wanted)


_HOOK = "/settings/notifications/webhook"
_FETCHERS = {MediaType.MOVIE: "radarr", MediaType.TV: "sonarr"}
_LISTS: Mapping[tuple[Listing, MediaType | None], str] = {
    (Listing.TRENDING, None): "/discover/trending",
    (Listing.POPULAR, MediaType.MOVIE): "/discover/movies",
    (Listing.POPULAR, MediaType.TV): "/discover/tv",
    (Listing.UPCOMING, MediaType.MOVIE): "/discover/movies/upcoming",
    (Listing.UPCOMING, MediaType.TV): "/discover/tv/upcoming",
    (Listing.POPULAR, None): "/discover/movies",
    (Listing.UPCOMING, None): "/discover/movies/upcoming",
}


def _of_kind(found: Hits, kind: MediaType | None) -> Hits:
    if kind is None:
        return found
    items = tuple(hit for hit in found.items if hit.key.media_type is kind)
    return Hits(items=items, page=found.page, pages=found.pages, total=found.total)


def _body_of(wish: Wish) -> dict[str, Any]:
    """`is4k` is always said: without it, the server finds no duplicates."""
    told: dict[str, Any] = {
        "mediaType": wish.title.media_type,
        "mediaId": wish.title.tmdb_id,
        "is4k": wish.is_4k,
    }
    if wish.title.media_type is MediaType.TV:
        told["seasons"] = list(wish.seasons)
    chosen = {"profileId": wish.profile_id, "rootFolder": wish.folder, "serverId": wish.server_id}
    return told | {name: value for name, value in chosen.items() if value is not None}


def _read_nothing(_body: bytes) -> None:
    return None
