"""The firm's words with the helps of the program: ticked facts, sentences with figures, and what is left."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.journey.counting import Walker

FILE = Path(__file__).parents[1] / "data" / "journey-helps.toml"


@dataclass(frozen=True)
class Help:
    """For one point: facts to tick with the values of their fields, whether its figures say it, own words."""

    facts: Mapping[str, str] = field(default_factory=dict)
    figures: bool = False
    own: str = ""


def load_helps() -> dict[str, Help]:
    """What helps with which point, by its ref."""
    return {ref: Help(**given) for ref, given in tomllib.loads(FILE.read_text("utf-8")).items()}


def use_helps(walker: Walker, helps: Mapping[str, Help], texts: dict[str, str]) -> set[str]:
    """Let the program write on this page what it can, and type the rest; gives the points answered.

    Notes in `texts` what the points say now. One press makes sentences of all facts that are ticked.
    """
    page = walker.page
    here = {ref: one for ref, one in helps.items() if page.locator(f"[name='ref-{ref}-text']").count()}
    walker.helped |= {ref for ref, one in here.items() if one.facts or one.figures}
    walker.decided |= here.keys()
    if any(page.locator(f"[name='ref-{ref}-text']").input_value() for ref in here):
        return set(here)  # the page has come back
    for ref, one in here.items():
        if one.facts:
            _open_facts(walker, page, ref)
        for key, value in one.facts.items():
            _tick(walker, page, key, value)
    if ticked := next((ref for ref, one in here.items() if one.facts), ""):
        walker.take(page.locator(f"[value='draft:facts:{ticked}']"))
    for ref, one in here.items():
        sentence = page.locator(f"[value='draft:figures:{ref}']")
        if one.figures and sentence.count():
            walker.unfold(sentence)
            walker.take(sentence)
    for ref, one in here.items():
        box = page.locator(f"[name='ref-{ref}-text']")
        if one.own:
            walker.add(box, one.own)
        texts[ref] = box.input_value()
    return set(here)


def renew_sentences(walker: Walker, helps: Mapping[str, Help], texts: dict[str, str]) -> None:
    """Use the new sentence where the final check says that one names figures that have changed since."""
    page = walker.page
    for _sentence in helps:
        if not page.locator("#outdated").count():
            return
        check = page.url
        walker.go(page.locator("#outdated ~ ul a").first)
        newer = page.locator(".dnk-taken [value^='draft:figures:']").first
        ref = (newer.get_attribute("value") or "").rpartition(":")[-1]
        walker.take(newer)
        walker.take(page.locator(f"[value='confirm:{ref}']"))
        texts[ref] = page.locator(f"[name='ref-{ref}-text']").input_value()
        walker.open(check)


def _open_facts(walker: Walker, page: Page, ref: str) -> None:
    fold = page.locator(f"[value='help:fakten-{ref}']")
    if fold.count():
        walker.press(fold)
        page.locator(f"[id='fakten-{ref}']").wait_for()


def _tick(walker: Walker, page: Page, key: str, value: str) -> None:
    walker.choose(page.locator(f"[name='fact-{key}']"))
    field_of = page.locator(f"[name='fact-{key}-value']")
    if value and field_of.evaluate("one => one.tagName") == "SELECT":
        walker.select(field_of, value)
    elif value:
        walker.type(field_of, value)
