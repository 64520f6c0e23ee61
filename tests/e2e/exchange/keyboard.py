"""Moves through pages by the keyboard alone, and sees to it that the focus can be followed."""

from playwright.sync_api import Page

FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect(), before = window.focusBefore;
  window.focusBefore = it;
  // The focus of radios and checkboxes, which are transparent, is drawn around the mark beside them.
  const isMark = ["radio", "checkbox"].includes(it.type);
  const mark = it.nextElementSibling;
  const seen = isMark && !mark ? it.parentElement : it;
  const styles = [isMark && mark ? getComputedStyle(mark, "::before") : getComputedStyle(seen)];
  return {
    name: it.getAttribute("name") ?? "",
    value: it.value ?? "",
    text: (it.innerText || it.labels?.[0]?.innerText || "").trim().split(/\\n/)[0],
    words: it.innerText.trim().replace(/\\s+/g, " "),
    isOnward: !before?.isConnected || (before.compareDocumentPosition(it) & 4) > 0, // 4: it follows
    isShown: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    isMarked: styles.some(one => one.outlineStyle !== "none" || one.boxShadow !== "none"),
  };
}"""


def tab_to(page: Page, *, name: str = "", value: str = "", text: str = "", key: str = "Tab") -> None:
    """Press Tab until the focus is there; on the way it is always visible and only moves on.

    `text`: the first line of a button or link, or all its words with those that are only read aloud.
    """
    page.wait_for_load_state()  # a field that has the focus from the start gets it with the last of the page
    page.evaluate("() => { window.focusBefore = null; }")
    for _step in range(150):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUSED)
        assert focus["isShown"], f"the focus is out of sight: {focus}"
        assert focus["isMarked"], f"the focus is not marked: {focus}"
        assert focus["isOnward"], f"the focus jumps back: {focus}"
        wanted = {"name": name, "value": value, "text": text}
        focus["text"] = text if focus["words"] == text else focus["text"]
        if all(not expected or focus[part] == expected for part, expected in wanted.items()):
            return
    raise AssertionError(f"Tab never reaches {name or text}")


def press_at(page: Page, *, name: str = "", text: str = "", value: str = "") -> None:
    """Press Enter where the focus gets by the tab key."""
    tab_to(page, name=name, value=value, text=text)
    press_enter(page)


def press_enter(page: Page) -> None:
    """Press Enter and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_at(page: Page, name: str, words: str) -> None:
    """Type into a field that the focus gets to by the tab key."""
    tab_to(page, name=name)
    page.keyboard.insert_text(words)
