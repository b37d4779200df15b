"""What a browser says that it is, in words that its owner knows."""

from dataclasses import dataclass

from medianest.core.i18n import Message, msg

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone", "phone"),
    ("iPad", "iPad", "phone"),
    ("Android TV", "Android TV", "tv"),
    ("SmartTV", "TV", "tv"),
    ("Tizen", "TV", "tv"),
    ("Web0S", "TV", "tv"),
    ("Android", "Android", "phone"),
    ("CrOS", "ChromeOS", "tv"),
    ("Windows", "Windows", "tv"),
    ("Macintosh", "Mac", "tv"),
    ("Linux", "Linux", "tv"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device: its name, and the icon of its kind."""

    name: Message
    icon: str


def device(user_agent: str) -> Device:
    """By the words that browsers put into their name; the first that fits."""
    browser = next((name for word, name in _BROWSERS if word in user_agent), None)
    system, icon = next(((name, icon) for word, name, icon in _SYSTEMS if word in user_agent), (None, "phone"))
    if browser and system:
        return Device(name=msg("web.account.device", browser=browser, system=system), icon=icon)
    known = browser or system
    if known:
        return Device(name=msg("web.account.device_part", what=known), icon=icon)
    return Device(name=msg("web.account.device_unknown"), icon="key")
