"""Pages are judged by axe-core, the engine of the field, in a real browser."""

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # it has no stubs
from playwright.async_api import Page

_AT_REST = """async () => {
  const ends = ({playState, effect}) => playState === "running" && effect.getComputedTiming().endTime !== Infinity;
  for (let under; (under = document.getAnimations().filter(ends)).length;) {
    under.forEach((one) => one.finish());
    await new Promise(requestAnimationFrame); // what one was for may begin the next
  }
}"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def assert_accessible(page: Page, *, within: str | None = None, without: Iterable[str] = ()) -> None:
    """Fail with every finding of WCAG 2.2 A and AA and of best practice, in the page as it looks once nothing moves.

    `within` and `without` are CSS selectors of what to judge and what to leave out.
    """
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE_SCRIPT)
    await page.evaluate(_AT_REST)
    context = {"include": [within or "html"], "exclude": list(without)}
    options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
    results = await page.evaluate("([context, options]) => axe.run(context, options)", [context, options])
    findings = [line for violation in results["violations"] for line in _lines(violation)]
    assert not findings, f"{page.url} is not accessible:\n" + "\n".join(findings)


def _lines(violation: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:160]}"
        for node in violation["nodes"]
    ]
