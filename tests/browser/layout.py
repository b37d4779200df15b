"""Pages fit the screen that they are shown on."""

from playwright.async_api import Page

_MEASURE = """() => {
  const width = document.documentElement.clientWidth;
  const outside = [...document.body.querySelectorAll('*')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && (box.right > width + 1 || box.left < -1);
  });
  return {width, scrolls: document.documentElement.scrollWidth > width,
    outside: outside.slice(0, 5).map(element => element.outerHTML.slice(0, 120))};
}"""


async def assert_fits(page: Page) -> None:
    """Fail when the page scrolls sideways, naming the first elements that stick out."""
    seen = await page.evaluate(_MEASURE)
    assert not seen["scrolls"], f"{page.url} is wider than {seen['width']} px:\n" + "\n".join(seen["outside"])
