"""What a page costs on the first visit, and whether anything in it jumps."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

SCRIPT_AND_STYLE_MOST = 60_000
REQUESTS_MOST = 12
_COST = """() => {
  const other = /\\/picture|\\/live|logo\\.svg|wall\\.svg/;
  const asked = performance.getEntriesByType("resource").filter(({name}) => !other.test(name));
  const heavy = asked.filter(({name}) => /\\.(js|css)\\b/.test(name));
  return {
    bytes: heavy.reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0), heavy: heavy.length,
    requests: 1 + asked.length + document.querySelectorAll("#live").length,
  };
}"""
_SHIFTS = """() => new Promise((done) => {
  const found = [];
  const named = (node) => node?.outerHTML?.slice(0, 120) ?? node?.textContent ?? "what is gone";
  const at = ({x, y}) => `${x}, ${y}`;
  const step = ({node, previousRect, currentRect}) => `${named(node)} from ${at(previousRect)} to ${at(currentRect)}`;
  const told = ({value, startTime, sources}) =>
    `${value.toPrecision(3)} at ${startTime.toFixed(0)}: ${sources.map(step).join(" and ")}`;
  new PerformanceObserver((list) => found.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(found.filter((one) => !one.hadRecentInput).map(told)), 200);
})"""
_GROWING = """async (line) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const all = {".percent": ["9 %", "10 %", "100 %"], ".speed": ["9 kB/s", "1.2 MB/s", "999 MB/s"]};
  for (const [figure, values] of Object.entries(all))
    for (const value of values) {
      for (const shown of document.querySelectorAll(`${line} ${figure}`)) shown.firstChild.data = value;
      await drawn();
    }
}"""


async def assert_costs_little(page: Page) -> None:
    """Fail when the first visit of a browser loads more script and style, or asks more often, than a page may."""
    cost = await page.evaluate(_COST)
    assert cost["heavy"], f"{page.url} was not loaded whole"
    assert 0 < cost["bytes"] <= SCRIPT_AND_STYLE_MOST, f"{page.url} loads {cost['bytes']} bytes of script and style"
    assert cost["requests"] <= REQUESTS_MOST, f"{page.url} asks {cost['requests']} times"


async def let_figures_grow(page: Page, line: str) -> None:
    """Show every width that percent and speed of a download take, in a moment of a real one that may pass over them."""
    await page.evaluate(_GROWING, line)


async def assert_stood_still(page: Page) -> None:
    """Fail with what moved by itself since the page was opened."""
    moved = await page.evaluate(_SHIFTS)
    assert not moved, f"{page.url} jumped:\n" + "\n".join(moved)


async def counting(page: Page, what: str) -> Callable[[], Awaitable[int]]:
    """Begin to count what a page does, a metric of the DevTools protocol's Performance; the result tells how often."""
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("Performance.enable")

    async def counted() -> int:
        told = await protocol.send("Performance.getMetrics")
        return int(next(one["value"] for one in told["metrics"] if one["name"] == what))

    begun = await counted()

    async def since() -> int:
        return await counted() - begun

    return since
