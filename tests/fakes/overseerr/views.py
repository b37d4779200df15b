"""What is kept, as each of the two servers tells it."""

from dataclasses import dataclass

from tests.fakes.overseerr.state import Comment, Issue, Media, Season, User, Wish
from tests.fakes.overseerr.titles import JSON

_ABSENT = ("serviceId", "serviceId4k", "externalServiceId", "externalServiceId4k", "externalServiceSlug")
_SERVICES = (*_ABSENT, "externalServiceSlug4k", "ratingKey", "ratingKey4k")


@dataclass(frozen=True, slots=True)
class Views:
    """`wishes` are all requests, of which some views count or list those of a person or medium."""

    is_seerr: bool
    wishes: list[Wish]

    def user(self, user: User | None, *, nested: bool = False) -> JSON | None:
        """`nested` in something else, a person comes without settings."""
        if user is None:
            return None
        told: JSON = self.account(user)
        for column in ("movieQuotaLimit", "movieQuotaDays", "tvQuotaLimit", "tvQuotaDays"):
            told[column] = (user.settings or {}).get(column)
        if not nested:
            told["settings"] = user.settings and {key: user.settings.get(key) for key in ("id", "locale", "discordId")}
        told["requestCount"] = sum(wish.by is user for wish in self.wishes)
        told["displayName"] = user.name
        return told

    def account(self, user: User) -> JSON:
        """What both a person's page and the answer to a sign-in have."""
        told: JSON = {
            "permissions": user.permissions,
            "id": user.id,
            "email": user.email,
            "plexUsername": user.name if user.plex_id else None,
            "username": (user.settings or {}).get("username"),
            "recoveryLinkExpirationDate": None,
            "userType": 1 if user.plex_id else 2,
            "plexId": user.plex_id,
            "avatar": f"https://plex.tv/users/{user.name}/avatar",
            "createdAt": user.created,
            "updatedAt": user.created,
        }
        if self.is_seerr:
            told |= {"warnings": [], "jellyfinUsername": None, "jellyfinUserId": None}
            told |= {"avatarETag": None, "avatarVersion": None}
        return told

    def media(self, media: Media) -> JSON:
        told: JSON = {
            "downloadStatus": [],
            "downloadStatus4k": [],
            "id": media.id,
            "mediaType": media.title.kind,
            "tmdbId": media.title.id,
            "tvdbId": media.title.tvdb_id,
            "imdbId": None,
            "status": media.status,
            "status4k": media.status4k,
            "createdAt": media.created,
            "updatedAt": media.updated,
            "lastSeasonChange": media.created,
            "mediaAddedAt": None,
        }
        told |= dict.fromkeys(_SERVICES)
        return told | ({"jellyfinMediaId": None, "jellyfinMediaId4k": None} if self.is_seerr else {})

    def media_with_requests(self, media: Media, *, except_for: Wish | None = None) -> JSON:
        """As it is told with a title, and with another request for the same."""
        asked = [self.listed(wish) for wish in self.wishes if wish.media is media and wish is not except_for]
        return self.media(media) | {"requests": asked, "seasons": []}

    def wish(self, wish: Wish) -> JSON:
        """A request by itself."""
        told = self._columns(wish)
        told |= {"requestedBy": self.user(wish.by), "modifiedBy": self.user(wish.modified_by)}
        return told | {"media": self.media(wish.media) | {"seasons": []}, **self._seasons(wish)}

    def listed(self, wish: Wish) -> JSON:
        """A request among others."""
        told = self._columns(wish) | {"media": self.media(wish.media), **self._seasons(wish)}
        by, modified_by = self.user(wish.by, nested=True), self.user(wish.modified_by, nested=True)
        return told | {"requestedBy": by, "modifiedBy": modified_by}

    def made(self, wish: Wish, *, is_first: bool) -> JSON:
        """A request as it is answered to who made it: in another shape than later."""
        told = self._columns(wish)
        media = self.media(wish.media)
        told["media"] = media if is_first else self.media_with_requests(wish.media, except_for=wish)
        told["requestedBy"] = self.user(wish.by)
        if wish.modified_by:
            told["modifiedBy"] = self.user(wish.modified_by)
        if wish.media.title.seasons:
            told["seasons"] = [_season(season) for season in wish.seasons]
        return told

    def issue(self, issue: Issue) -> JSON:
        """An issue with its comments."""
        told = self._issue(issue)
        told |= {"comments": [self._comment(comment) for comment in issue.comments]}
        return told

    def issue_with_title(self, issue: Issue) -> JSON:
        """An issue as the page of its title has it."""
        told = self.issue(issue) | {"modifiedBy": self.user(issue.modified_by, nested=True)}
        for comment in told["comments"]:
            del comment["user"]
        return told

    def issue_listed(self, issue: Issue) -> JSON:
        told = self._issue(issue) | {"modifiedBy": self.user(issue.modified_by, nested=True)}
        return told | ({"comments": []} if self.is_seerr else {})

    def issue_made(self, issue: Issue) -> JSON:
        told = self._issue(issue)
        told["createdBy"] = self.user(issue.by)
        told["media"] = self.media(issue.media) | {"seasons": []}
        comments = [self._comment(comment) | {"user": self.user(comment.by)} for comment in issue.comments]
        return told | {"comments": comments}

    def issue_changed(self, issue: Issue) -> JSON:
        return self.issue_made(issue) | {"modifiedBy": self.user(issue.modified_by)}

    def _columns(self, wish: Wish) -> JSON:
        return {
            "id": wish.id,
            "status": wish.status,
            "createdAt": wish.created,
            "updatedAt": wish.updated,
            "type": wish.media.title.kind,
            "is4k": wish.is_4k,
            "serverId": wish.server,
            "profileId": wish.profile,
            "rootFolder": wish.folder,
            "languageProfileId": None,
            "tags": None,
            "isAutoRequest": False,
        }

    def _seasons(self, wish: Wish) -> JSON:
        return {"seasons": [_season(season) for season in wish.seasons], "seasonCount": len(wish.seasons)}

    def _issue(self, issue: Issue) -> JSON:
        return {
            "id": issue.id,
            "issueType": issue.kind,
            "status": issue.status,
            "problemSeason": issue.season,
            "problemEpisode": issue.episode,
            "createdAt": issue.created,
            "updatedAt": issue.created,
            "createdBy": self.user(issue.by, nested=True),
            "media": self.media(issue.media),
        }

    def _comment(self, comment: Comment) -> JSON:
        told = {"id": comment.id, "message": comment.text, "createdAt": comment.at, "updatedAt": comment.at}
        return told | {"user": self.user(comment.by, nested=True)}


def _season(season: Season) -> JSON:
    at = {"createdAt": "2026-11-20T21:38:33.000Z", "updatedAt": "2026-11-20T21:38:33.000Z"}
    return {"id": season.id, "seasonNumber": season.number, "status": season.status} | at
