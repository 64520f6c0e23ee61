"""What axe-core, the window's edge and the colours say of a page, at both widths and in both schemes."""

import json

from playwright.sync_api import Page

from tests.e2e.conftest import Shot
from tests.support.pages.scripts import OPEN_ALL

WIDTHS, HEIGHT = (1280, 320), 900
# Everything that axe-core finds by itself: WCAG 2.2 A and AA, and best practice.
RUN = """async (context) => {
  const options = { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
  const { violations } = await axe.run(context ?? document, options);
  const places = (nodes) => nodes.slice(0, 3).map((node) => node.html.slice(0, 200));
  return violations.map(({ id, help, nodes }) => [id, help, places(nodes)]);
}"""
# Without reading the style sheets again: one rule does, about rotation, and it looks at nothing else.
RUN_AGAIN = RUN.replace("resultTypes:", "preload: false, resultTypes:")
MENUS = ".dnk-more"
CONTRAST = RUN.replace("rules: {", 'runOnly: ["color-contrast"], rules: {')
# Boxes and words beyond the right edge, but for what scrolls by itself.
OVERFLOW = """() => {
  const isBeyond = (box) => box.right > document.documentElement.clientWidth;
  const meant = ".dnk-scroll, .dnk-heat b, .govuk-visually-hidden, .govuk-skip-link";
  // What is cut to a pixel is read aloud only; a line of one pixel is not cut.
  const isCut = (it) => it.offsetWidth === 1 && getComputedStyle(it).clipPath !== "none";
  const isMeant = (it) => isCut(it) || it.closest(meant);
  const overflowing = [];
  for (const it of document.querySelectorAll("body, body *")) {
    if (!it.checkVisibility() || isMeant(it)) continue;
    if (isBeyond(it.getBoundingClientRect())) overflowing.push(it.outerHTML.slice(0, 150));
    for (const text of it.childNodes) {
      if (text.nodeType !== Node.TEXT_NODE) continue;
      const range = document.createRange();
      range.selectNode(text);
      const words = text.data.trim().slice(0, 80);
      if ([...range.getClientRects()].some(isBeyond)) overflowing.push(`${it.className}: ${words}`);
    }
  }
  return overflowing.slice(0, 6);
}"""
GROUND = "() => getComputedStyle(document.body).backgroundColor"
# The name lets one menu of a page be open: without it, all are.
FEW_ALIKE = """() => {
  const telling = new Set(["class", "role", "type", "style", "open", "disabled", "scope", "lang"]);
  const named = ({ name, value }) => telling.has(name) ? `${name}=${value}` : name;
  const look = (it) => [it.tagName, ...[...it.attributes].map(named)].join(" ");
  for (const group of document.querySelectorAll("main *")) {
    if (group.childElementCount < 6) continue;
    const seen = new Map();
    for (const row of [...group.children]) {
      const all = [row, ...row.querySelectorAll("*")];
      const looks = new Set(all.map((it) => `${it === row ? "" : look(it.parentElement)} > ${look(it)}`));
      if ([...looks].every((one) => seen.get(one) >= 2)) row.remove();
      else looks.forEach((one) => seen.set(one, (seen.get(one) ?? 0) + 1));
    }
  }
}"""
# Open menus and heads of a heat map lie over what follows, and so does the dock, except at its form's end.
UNCOVER = """() => {
  document.querySelectorAll(".dnk-heat thead *").forEach((it) => { it.style.position = "static"; });
  document.querySelectorAll(".dnk-more").forEach((it) => { it.open = false; });
  scrollTo(0, document.documentElement.scrollHeight);
}"""
# Below each other: open at the same time they would lie over each other.
OPEN_MENUS = """() => document.querySelectorAll(".dnk-more").forEach((it) => {
  it.open = true;
  it.style.position = it.querySelector("ul").style.position = "static";
})"""


def check(page: Page, axe: str, shot: Shot, name: str, *, is_quick: bool = False) -> None:
    """The page as it is and with everything unfolded, wide and narrow.

    With `is_quick` narrow first: once nothing is beyond the edge, some of what is alike do at both widths.
    """
    page.wait_for_load_state()  # the heading is there before the styles are
    for width in sorted(WIDTHS, reverse=not is_quick):
        if page.viewport_size != (size := {"width": width, "height": HEIGHT}):
            page.set_viewport_size(size)  # which arranges the page anew even if it is of that size
        shot(page, f"{name}-{width}")
        page.evaluate(OPEN_ALL)
        if width == min(WIDTHS):
            beyond = page.evaluate(OVERFLOW)
            assert beyond == [], f"beyond the edge: {beyond}"
            reaches = page.evaluate("document.documentElement.scrollWidth")
            assert reaches <= width, f"{reaches} px"
            page.evaluate(FEW_ALIKE)
        is_first = not page.evaluate("() => 'axe' in window")
        if is_first:
            page.evaluate(axe)
        page.evaluate(UNCOVER)
        violations = page.evaluate(RUN if is_first else RUN_AGAIN)
        if page.locator(MENUS).count():
            page.evaluate(OPEN_MENUS)
            violations += page.evaluate(RUN_AGAIN, MENUS)
        assert violations == [], _violations_text(width, violations)


def check_dark(page: Page, shot: Shot, name: str, *, is_paper: bool = False) -> None:
    """The page that `check` unfolded, in the dark scheme: its words can be read, and so its ground is dark.

    `is_paper`: its ground stays as it is.
    """
    page.emulate_media(color_scheme="dark")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        shot(page, f"{name}-dark-{width}")
        ground = page.evaluate(GROUND)
        assert is_paper or ground == "rgb(18, 25, 25)", ground
        violations = page.evaluate(CONTRAST)
        assert violations == [], _violations_text(width, violations)
    page.emulate_media(color_scheme="light")


def _violations_text(width: int, violations: list[object]) -> str:
    return f"{width} px: {json.dumps(violations, indent=1, ensure_ascii=False)}"
