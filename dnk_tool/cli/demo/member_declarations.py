"""Builds short declarations of the demo's members from shared sentences and each firm's own words."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from dnk_tool.catalogue import Requirement, Section, selection_for
from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.catalogue.standard.model import ZERO_CHOICE
from dnk_tool.cli.demo.calculated import (
    LOCATION,
    MARKET,
    SCOPE_1,
    factors_in_words,
    figures_of_bills,
    progress_in_words,
)
from dnk_tool.cli.demo.content import DemoBill, bills_of
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity

FILE = Path(__file__).with_name("members.json")
ALL_CRITERIA = 20


@dataclass(frozen=True)
class DemoMemberData:
    """A firm of the demo with the words that fill the shared sentences, and its bills by year."""

    key: str
    words: dict[str, Any]
    bills: Mapping[int, tuple[DemoBill, ...]] = field(default_factory=dict)

    @property
    def profile(self) -> Profile:
        """The company's profile, from its words."""
        named = {name: self.words[name] for name in ("name", "legal_form", "sector", "address", "website")}
        turnover = self.words.get("turnover")
        return Profile(
            employees=self.words["employees"],
            turnover=Quantity(Decimal(turnover), "Mio-EUR") if turnover else None,
            **named,
        )

    def figures(self, year: int) -> dict[str, Figure]:
        """Its figures of a year, from bills and from what it wrote down; most firms report none yet."""
        if "figures" not in self.words:
            return {}
        noted = {
            key: Figure(Decimal(words[str(year)]), words["unit"], Quality(words["quality"]))
            for key, words in self.words["figures"].items()
            if str(year) in words
        }
        known = {**(figures_of_bills(self.bills[year], year) if year in self.bills else {}), **noted}
        reported = self.words.get("reports")
        return {key: known[key] for key in known if reported is None or key.split(".")[0] in reported}


@cache
def _load_data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return data


def load_members() -> dict[str, DemoMemberData]:
    """The firms of the demo's file, by key."""
    return {
        company["key"]: DemoMemberData(company["key"], company, bills_of(company["key"]))
        for company in _load_data()["companies"]
    }


def bakery_answers_of_last_year() -> dict[str, Answer]:
    """What the bakery said otherwise in the declaration of the year before, by ref."""
    said = _load_data()["bakery"]["last_year"]
    return {ref: Answer(Disclosure.COMPLY, text) for ref, text in said.items()}


def emission_answers() -> dict[str, Answer]:
    """The bakery's answers about greenhouse gases, without figures, by ref; indicators come first."""
    said = _load_data()["bakery"]
    answers = {ref: Answer(Disclosure.COMPLY) for ref in said["reported"]}
    answers |= {ref: Answer(text=text) for ref, text in said["texts"].items()}
    for ref, chosen in said["choices"].items():
        answers[ref] = Answer(value=tuple(chosen) if isinstance(chosen, list) else chosen)
    return answers


def build_declaration(member: DemoMemberData, year: int, *, criteria: int = ALL_CRITERIA) -> Document:
    """The firm's declaration for a year; only the first `criteria` of the twenty are answered.

    Figures are included only if all criteria are answered.
    """
    data = _load_data()
    selection = selection_for(data["edition"], data["indicator_set"], frozenset())
    sections = [selection.catalogue.general, *selection.criteria[:criteria]] if criteria else []
    words = {**data["words"], **_words_of_bills(member, year), **member.words, "jahr": year}
    answers: dict[str, Answer] = {}
    for section in sections:
        answers |= _section_answers(section, words)
    return Document(
        edition=data["edition"],
        reporting_year=year,
        indicator_set=data["indicator_set"],
        language="de",
        options=frozenset(),
        organisation=member.profile,
        answers=answers,
        figures=dict(_zero_figures(sections, year))
        | (_keyed(member.figures(year), year) if criteria == ALL_CRITERIA else {}),
        done=frozenset(section.ref for section in sections),
    )


def _keyed(figures: Mapping[str, Figure], year: int) -> dict[tuple[int, str], Figure]:
    return {(year, key): figure for key, figure in figures.items()}


def _words_of_bills(member: DemoMemberData, year: int) -> dict[str, str]:
    """What the firm's bills say of factors, tariff and progress; nothing without bills."""
    bills = member.bills.get(year, ())
    if not bills:
        return {}
    words = _load_data()["tariffs"]["green" if _has_green_power(bills) else "usual"]
    return {
        **words,
        "factors_1": factors_in_words(bills, year, SCOPE_1),
        "factors_2": factors_in_words(bills, year, LOCATION, MARKET),
        "fortschritt": progress_in_words(member.figures(year), member.figures(year - 1), year),
    }


def _has_green_power(bills: Iterable[DemoBill]) -> bool:
    return any(bill.activity == "electricity-green" for bill in bills)


def _zero_figures(sections: Iterable[Section], year: int) -> Iterator[tuple[tuple[int, str], Figure]]:
    """The zeros of what the firms report that did not happen, each with its key."""
    for section in sections:
        for requirement in section.all_requirements:
            items = _zero_items(requirement)
            has_text = any(item.kind is ItemKind.TEXT for item, _ in items)
            for index, (item, sentence) in enumerate(items):
                if item.datapoint:
                    note = "" if has_text or index else sentence
                    unit = item.datapoint.default_unit
                    yield (year, item.datapoint.key), Figure(Decimal(0), unit, Quality.MEASURED, note)


def _zero_items(requirement: Requirement) -> list[tuple[Item, str]]:
    """The items that the firms answer by zero, each with the sentence for it; none for most requirements."""
    if requirement.ref not in _load_data()["zeros"]:
        return []
    sentences = {ref: zero.text.de for zero in requirement.zeros for ref in zero.fields}
    return [(item, sentences[item.ref]) for item in requirement.items if item.ref in sentences]


def _zero_answers(requirement: Requirement) -> dict[str, Answer]:
    """The answers that go with the zeros of a requirement, by ref."""
    items = _zero_items(requirement)
    words = {
        item.ref: Answer(text=text) if item.kind is ItemKind.TEXT else Answer(value=ZERO_CHOICE)
        for item, text in items
        if item.datapoint is None
    }
    return {requirement.ref: Answer(Disclosure.COMPLY), **words} if items else {}


def _section_answers(section: Section, words: dict[str, Any]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for requirement in section.all_requirements:
        answers |= _general_answers(requirement, words) or _requirement_answers(requirement, words)
    return answers


def _requirement_answers(requirement: Requirement, words: dict[str, Any]) -> dict[str, Answer]:
    texts, reported, measured = (_load_data()[key] for key in ("texts", "reported", "measured"))
    is_explained = requirement.ref in words.get("explained", {})
    if requirement.ref in measured and "figures" in words and not is_explained:
        return {
            requirement.ref: Answer(Disclosure.COMPLY),
            **_measured_answers(measured[requirement.ref], words),
        }
    # The firm's own explanations take precedence over the shared ones.
    why = {**_load_data()["explained"], **words.get("explained", {})}.get(requirement.ref)
    if why is not None:
        explanation = why["text"].format(**words)
        return {requirement.ref: Answer(Disclosure.EXPLAIN, explanation=explanation, reason=why["reason"])}
    if zeros := _zero_answers(requirement):
        return zeros
    if own := words.get("texts", {}).get(requirement.ref):
        return {requirement.ref: Answer(Disclosure.COMPLY, own.format(**words))}
    if requirement.ref in texts:
        return {requirement.ref: Answer(Disclosure.COMPLY, texts[requirement.ref].format(**words))}
    items = {ref: Answer(text=text) for ref, text in reported.get(requirement.ref, {}).items()}
    return {requirement.ref: Answer(Disclosure.COMPLY), **items} if items else {}


def _measured_answers(items: dict[str, Any], words: dict[str, Any]) -> dict[str, Answer]:
    """The answers to items about how a firm came to its figures, by ref."""
    answers = {}
    for ref, item in items.items():
        value = item.get("value")
        chosen = tuple(value) if isinstance(value, list) else value
        answers[ref] = Answer(text=item["text"].format(**words)) if "text" in item else Answer(value=chosen)
    return answers


def _general_answers(requirement: Requirement, words: dict[str, Any]) -> dict[str, Answer]:
    """The answers to general information: contact, company type and business model."""
    general = _load_data()["general"]
    texts = {
        "general.contact-name": words["kuemmert"],
        "general.contact-email": f"kontakt@{words['key']}.example",
        "general.business-model": general["business_model"].format(**words),
        "general.reporting-boundary": general["boundary"],
        "general.notes": general["notes"],
    }
    choices = {"general.company-type": "private", "general.listed": "no", "general.reporting-duty": "none"}
    if requirement.ref in choices:
        return {requirement.ref: Answer(value=choices[requirement.ref])}
    if requirement.ref in texts:
        kinds = {item.ref: item.kind for item in requirement.items}
        assert kinds[requirement.ref] is ItemKind.TEXT  # noqa: S101 -- the demo's data fits the edition
        return {requirement.ref: Answer(text=texts[requirement.ref])}
    return {}
