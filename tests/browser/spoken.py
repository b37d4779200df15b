"""What a screen reader says of a page, from top to bottom, and whether that makes sense."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

LANDMARKS = {"banner", "navigation", "main", "search", "region", "complementary", "contentinfo", "form"}
CONTROLS = {
    "button", "link", "textbox", "searchbox", "combobox", "listbox", "option", "checkbox", "radio", "slider", "switch",
    "spinbutton", "tab", "menuitem", "DisclosureTriangle",
}  # fmt: skip
_MUTE = """() => [...document.querySelectorAll("progress")]
  .filter((bar) => bar.checkVisibility() && !(bar.ariaLabel && bar.ariaValueText)).map((bar) => bar.outerHTML)"""
# what somebody reads and says aloud to their device is in the name of what they mean (WCAG 2.2, 2.5.3)
_OTHERWISE_CALLED = """() => {
  const plain = (text) => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, " ").trim();
  const shown = (node) => [...node.childNodes].map((part) => {
    if (part.nodeType === Node.TEXT_NODE) return part.data;
    const box = part.nodeType === Node.ELEMENT_NODE && part.checkVisibility({visibilityProperty: true})
      && part.getBoundingClientRect();
    return box && box.width > 1 && box.height > 1 && part.ariaHidden !== "true" ? shown(part) : "";
  }).join(" ");
  return [...document.querySelectorAll(":is(a, button, summary, input)[aria-label]")]
    .filter((one) => one.checkVisibility() && !plain(one.ariaLabel).includes(plain(shown(one))))
    .map((one) => `${one.ariaLabel}" shows "${shown(one).replace(/\\s+/g, " ").trim()}`);
}"""
_STATES = ("level", "checked", "expanded", "disabled", "invalid", "live", "busy", "modal", "focused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One thing that is announced: what it is, what it is called, what holds of it."""

    role: str
    name: str
    value: str
    states: Mapping[str, Any]

    def __str__(self) -> str:
        told = [f"{state} {value}" for state, value in self.states.items() if value not in (False, "false", "off")]
        return " ".join(filter(None, [self.role, f'"{self.name}"' if self.name else "", self.value, *told]))


async def spoken(page: Page) -> list[Spoken]:
    """Everything of the accessibility tree that has a role, in the order in which it is read."""
    session = await page.context.new_cdp_session(page)
    tree = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    await session.detach()
    nodes = {node["nodeId"]: node for node in tree}
    return [_spoken(node) for node in _in_order(nodes, tree[0]) if not node["ignored"]]


async def assert_speaks_clearly(page: Page) -> None:
    """Fail with all that somebody who only listens to this page would not understand."""
    heard = await spoken(page)
    is_dialog = any(item.role == "dialog" for item in heard)
    wrong = [*_nameless(heard), *_unclear_landmarks(heard), *_loud(heard)]
    wrong += [f"says nothing of its progress: {bar}" for bar in await page.evaluate(_MUTE)]
    wrong += [f'is called otherwise than it looks: "{one}"' for one in await page.evaluate(_OTHERWISE_CALLED)]
    wrong += _broken_headings(heard, first=2 if is_dialog else 1)
    assert not wrong, f"{page.url} does not speak clearly:\n" + "\n".join(wrong)


def _in_order(nodes: Mapping[str, dict[str, Any]], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for id in node.get("childIds", ()):
        if id in nodes:
            yield from _in_order(nodes, nodes[id])


def _spoken(node: dict[str, Any]) -> Spoken:
    properties = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
    return Spoken(
        role=node["role"]["value"],
        name=str(node.get("name", {}).get("value", "")).strip(),
        value=str(node.get("value", {}).get("value", "")),
        states={name: properties[name] for name in _STATES if name in properties},
    )


def _nameless(heard: Sequence[Spoken]) -> Iterator[str]:
    yield from (
        f"has no name: {item}" for item in heard if item.role in CONTROLS | {"image", "dialog"} and not item.name
    )


def _unclear_landmarks(heard: Sequence[Spoken]) -> Iterator[str]:
    there = [item for item in heard if item.role in LANDMARKS and (item.role != "form" or item.name)]
    yield from (f"is a region without a name: {item}" for item in there if item.role == "region" and not item.name)
    for (role, name), times in Counter((item.role, item.name) for item in there).items():
        if times > 1:
            yield f'is there {times} times: {role} "{name}"'


def _loud(heard: Sequence[Spoken]) -> Iterator[str]:
    yield from (f"interrupts: {item}" for item in heard if item.states.get("live") == "assertive")


def _broken_headings(heard: Sequence[Spoken], *, first: int) -> Iterator[str]:
    headings = [item for item in heard if item.role == "heading"]
    levels = [int(item.states["level"]) for item in headings]
    if levels.count(1) != (first == 1):
        yield f"has {levels.count(1)} headings of the first level"
    for item, level, before in zip(headings, levels, [1, *levels], strict=False):
        if level > before + 1:
            yield f"leaves out a level: {item}"
