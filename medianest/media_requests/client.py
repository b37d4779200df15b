"""Asking Overseerr, Jellyseerr or Seerr by their common API, over a connection that leads there and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx

from medianest.core.circuit import Ended, Outcome
from medianest.core.i18n import msg
from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.clients import CallLimits, client, fault_of, outcome
from medianest.core.resilience import Attempt, Bulkhead, CircuitBreaker, Retry
from medianest.media_requests import refusals
from medianest.media_requests.errors import GoneThere, NotAllowed, NothingLeft, ServerAway, ServerRefuses
from medianest.media_requests.types import (
    Allowances,
    Fetcher,
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
from medianest.media_requests.wire import people, problems, requests, titles

T = TypeVar("T")
API = "/api/v1"
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What stands between us and the server."""

    breaker: CircuitBreaker
    retry: Retry
    bulkhead: Bulkhead


class Asking:
    """Calls to one server. `person` is as whom it is asked, by its own number; None is the portal itself.

    The server asks TMDB before it answers, so that its first byte may be late.
    """

    def __init__(self, url: str, key: str, guards: Guards, *, patience_s: float = 10.0) -> None:
        parts = urlsplit(url)
        policy = AddressPolicy.upstream(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        headers = {"X-API-Key": key, "Accept": "application/json"}
        limits = CallLimits(first_byte_s=patience_s * 0.8, total_s=patience_s)
        self._client = client(policy, base_url=url.rstrip("/") + API, headers=headers, limits=limits)
        self._guards = guards

    async def close(self) -> None:
        await self._client.aclose()

    async def version(self) -> str:
        return await self._get("/status", people.version)

    async def search(self, query: str, page: int, *, person: int | None = None) -> Hits:
        """Each character is encoded: the server refuses a query that is as httpx or a form would write it."""
        return await self._get(f"/search?query={quote(query, safe='')}&page={page:d}", titles.hits, person=person)

    async def discover(self, listing: Listing, kind: MediaType | None, page: int, *, person: int | None = None) -> Hits:
        path = _LISTS[listing, kind if listing is not Listing.TRENDING else None]
        return _of_kind(await self._get(f"{path}?page={page:d}", titles.hits, person=person), kind)

    async def by_genre(self, kind: MediaType, genre: int, page: int, *, person: int | None = None) -> Hits:
        plural = "movies" if kind is MediaType.MOVIE else "tv"
        return await self._get(f"/discover/{plural}/genre/{genre:d}?page={page:d}", titles.hits, person=person)

    async def similar(self, key: TitleKey, page: int, *, person: int | None = None) -> Hits:
        path = f"/{key.media_type}/{key.tmdb_id:d}/recommendations?page={page:d}"
        return await self._get(path, titles.hits, person=person)

    async def title(self, key: TitleKey, *, person: int | None = None) -> Title:
        """Raises NoTitle."""

        def read(body: bytes) -> Title:
            return titles.title(body, key.media_type)

        return await self._get(f"/{key.media_type}/{key.tmdb_id:d}", read, person=person)

    async def me(self, *, person: int | None = None) -> UpstreamPerson:
        return await self._get("/auth/me", people.person, person=person)

    async def people(self, skip: int, take: int = PAGE) -> tuple[Sequence[UpstreamPerson], int]:
        """Some of those who have an account there, and how many there are."""
        return await self._get(f"/user?take={take:d}&skip={skip:d}&sort=created", people.people)

    async def bring_in(self, plex_id: int) -> Sequence[UpstreamPerson]:
        """Have an account made for somebody whom the server knows from Plex."""
        return await self._send("POST", "/user/import-from-plex", people.imported, {"plexIds": [str(plex_id)]})

    async def allowances(self, person: int) -> Allowances:
        return await self._get(f"/user/{_integer(person)}/quota", people.allowances, person=person)

    async def request(self, id: int) -> Seen | None:
        """The request as it is now; None where there is none any more."""
        try:
            return await self._get(f"/request/{id:d}", requests.request)
        except GoneThere:
            return None

    async def requests(self, skip: int, take: int = PAGE) -> SeenPage:
        """Some of all requests, those that changed last first."""
        query = urlencode({"take": take, "skip": skip, "sort": "modified", "filter": "all"})
        return await self._get(f"/request?{query}", requests.requests)

    async def ask(self, wish: Wish, *, person: int) -> Seen:
        """Ask for a title as somebody. Never sent twice: who hears no answer looks first whether it came.

        Raises AskedAlready, NothingLeft, UsedUp, NotAllowed and NoTitle.
        """
        return await self._send("POST", "/request", requests.request, _body_of(wish), person=person)

    async def change(self, id: int, wish: Wish) -> Seen:
        """Other seasons, another profile or folder."""
        told = _body_of(wish)
        return await self._send("PUT", f"/request/{id:d}", requests.request, told)

    async def decide(self, id: int, verdict: Verdict) -> Seen:
        """Deciding the same again changes nothing. Raises GoneThere."""
        return await self._send("POST", f"/request/{id:d}/{verdict}", requests.request)

    async def retry(self, id: int) -> Seen:
        """Hand it to Radarr or Sonarr once more. Raises GoneThere."""
        return await self._send("POST", f"/request/{id:d}/retry", requests.request)

    async def withdraw(self, id: int) -> None:
        """Delete a request, whose owner must have been checked: the server lets everybody delete what is pending."""
        try:
            await self._send("DELETE", f"/request/{id:d}", _read_nothing)
        except GoneThere:
            return

    async def fetchers(self, kind: MediaType) -> Sequence[Fetcher]:
        return await self._get(f"/service/{_FETCHERS[kind]}", people.fetchers)

    async def fetcher(self, kind: MediaType, id: int) -> Fetcher:
        return await self._get(f"/service/{_FETCHERS[kind]}/{id:d}", people.fetcher)

    async def problems(self, skip: int, take: int = PAGE) -> Sequence[Problem]:
        query = urlencode({"take": take, "skip": skip, "sort": "modified", "filter": "all"})
        return await self._get(f"/issue?{query}", problems.problems)

    async def problem(self, id: int) -> Problem | None:
        try:
            return await self._get(f"/issue/{id:d}", problems.problem)
        except GoneThere:
            return None

    async def report(
        self, media_id: int, kind: ProblemKind, text: str, *, season: int, episode: int, person: int
    ) -> Problem:
        told = {"issueType": problems.NUMBERS[kind], "message": text, "mediaId": media_id}
        told |= {"problemSeason": season, "problemEpisode": episode}
        return await self._send("POST", "/issue", problems.problem, told, person=person)

    async def comment(self, id: int, text: str, *, person: int) -> Problem:
        return await self._send("POST", f"/issue/{id:d}/comment", problems.problem, {"message": text}, person=person)

    async def resolve(self, id: int) -> Problem:
        return await self._send("POST", f"/issue/{id:d}/resolved", problems.problem)

    async def _get(self, path: str, read: Callable[[bytes], T], *, person: int | None = None) -> T:
        """What reads; asked again where that can help."""

        async def once() -> T:
            return await self._once("GET", path, read, None, person)

        return await self._guards.retry.run(once, on=(ServerAway,))

    async def _send(
        self,
        method: str,
        path: str,
        read: Callable[[bytes], T],
        told: Mapping[str, Any] | None = None,
        *,
        person: int | None = None,
    ) -> T:
        """What changes something; never repeated here."""
        return await self._once(method, path, read, told, person)

    async def _once(
        self, method: str, path: str, read: Callable[[bytes], T], told: Mapping[str, Any] | None, person: int | None
    ) -> T:
        headers = {} if person is None else {"X-API-User": _integer(person)}
        request = self._client.build_request(method, path, json=told, headers=headers)
        async with self._guards.bulkhead.place():
            with self._guards.breaker.attempt() as attempt:
                answer = await self._answer(request, attempt)
                if answer.status_code in (401, 403) and person is not None:
                    await self._blame(answer, attempt)
                _check(answer, attempt)
                try:
                    return read(answer.content)
                except ValueError as error:
                    attempt.outcome = Outcome(ended=Ended.FAILED)
                    raise ServerAway(msg("requests.unreadable")) from error

    async def _answer(self, request: httpx.Request, attempt: Attempt) -> httpx.Response:
        try:
            answer = await self._client.send(request)
        except httpx.TransportError as error:
            attempt.outcome = outcome(error)
            raise ServerAway(msg("requests.away"), facts={"fault": fault_of(error)}) from error
        except Refused as error:
            attempt.outcome = Outcome(ended=Ended.FAILED)
            raise ServerAway(msg("requests.away"), facts={"fault": fault_of(error)}) from error
        attempt.outcome = outcome(answer)
        return answer

    async def _blame(self, answer: httpx.Response, attempt: Attempt) -> None:
        """Tell a refused key from a person who may not: both are the same 403, unless a route says why.

        Raises NotAllowed where the key is good.
        """
        if people.refusal(answer.content):
            return
        again = await self._answer(self._client.build_request("GET", "/auth/me"), attempt)
        if again.is_success:
            raise NotAllowed(msg("requests.not_allowed"))


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


def _integer(person: int) -> str:
    """As the header has it: of no number the server would be silent for ever, of an empty one be the administrator."""
    if type(person) is not int or person < 1:
        raise ValueError("nobody has such a number")
    return str(person)


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


def _check(answer: httpx.Response, attempt: Attempt) -> None:
    """Raises for what is no answer, and for a 2xx that is a failure."""
    if answer.status_code == 202:
        raise NothingLeft(msg("requests.no_seasons_left"))
    if answer.is_success:
        return
    words = people.refusal(answer.content)
    if (error := refusals.of(answer.status_code, words)) is not None:
        attempt.outcome = Outcome(ended=Ended.WELL)
        raise error
    if answer.status_code in (401, 403):
        raise ServerRefuses(msg("requests.refused"), facts={"status": answer.status_code})
    if answer.status_code < 500 and answer.status_code != 429:
        attempt.outcome = Outcome(ended=Ended.FAILED)
    raise ServerAway(msg("requests.away"), facts={"status": answer.status_code})
