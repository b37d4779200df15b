"""Where the Tab key leads: to everything that can be used, and always to something that is seen to be chosen."""

from playwright.async_api import Page

STEPS_MOST = 200
_MARK = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.type !== "hidden" && one.checkVisibility({visibilityProperty: true}))
  .filter((one) => one.type !== "radio" || one.checked || !document.querySelector(`[name="${one.name}"]:checked`))
  .map((one) => { one.dataset.reached = "no"; }).length"""
_TO_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""
_STEP = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const ends = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ends.map((one) => one.finished));
  const at = document.activeElement;
  if (at === document.body) return null;
  const again = at.dataset.reached === "yes";
  at.dataset.reached = "yes";
  const ringed = [...document.querySelectorAll("body *")].some((one) => {
    const {outlineStyle, outlineWidth} = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  const box = at.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight;
  return {again, shown: ringed && seen, html: at.outerHTML.slice(0, 120)};
}"""
_MISSED = """() => [...document.querySelectorAll("[data-reached=no]")].map((one) => one.outerHTML.slice(0, 120))"""


async def assert_walks(page: Page) -> None:
    """Fail when Tab does not lead from the top through all controls, or leads to one that is not seen to have focus."""
    await page.evaluate(_TO_THE_TOP)
    assert await page.evaluate(_MARK), f"{page.url} has nothing to walk to"
    for _ in range(STEPS_MOST):
        await page.keyboard.press("Tab")
        step = await page.evaluate(_STEP)
        if step is None or step["again"]:
            break
        assert step["shown"], f"{page.url} does not show where the focus is: {step['html']}"
    missed = await page.evaluate(_MISSED)
    assert not missed, f"{page.url} is not all to be reached by Tab:\n" + "\n".join(missed)
