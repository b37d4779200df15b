"""What a browser says that it is and where it is, in words that its owner knows; nobody outside is asked."""

from dataclasses import dataclass
from ipaddress import ip_address

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


def place(address: str | None) -> Message:
    """Where a device is, as far as its address tells."""
    if address is None:
        return msg("web.account.place_unknown")
    near = ip_address(address)
    is_here = near.is_private or near.is_loopback or near.is_link_local
    return msg("web.account.place_here" if is_here else "web.account.place_outside", address=address)
