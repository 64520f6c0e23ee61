"""Word-by-word differences of a section from the version reviewed before, and from the year before.

The company's profile in a frozen version, for reading and comparing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.catalogue import Requirement, Section, load_sectors
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.declarations.comparison import (
    DiffKind,
    DiffRun,
    SenseChange,
    abridged,
    changed_places,
    sense_change,
    word_diff,
)
from dnk_tool.domain.declarations.document import Document
from dnk_tool.language import Language, format_number
from dnk_tool.web.review.submitted_answers import figure_of_item, quality_and_note, separate_items
from dnk_tool.web.text.amounts import figure_text
from dnk_tool.web.text.answers import answer_text, requirement_title
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.sectors import sector_text

# (label, text) of each part of a requirement or profile, by key
LabelledTexts = Mapping[str, tuple[str, str]]


# The catalogue's derived labels for the profile begin with this.
PROFILE_PREFIX = "organisation."


def profile_texts(document: Document, language: Language) -> dict[str, tuple[str, str]]:
    """Label and text of each part of the profile, by key; empty parts have empty texts."""
    profile = document.organisation
    form = load_sectors().legal_forms.get(profile.legal_form)
    said = {
        "name": profile.name,
        "address": profile.address,
        "legal-form": form.label.to(language) if form else profile.legal_form,
        "sector": sector_text(profile.sector, language),
        "employees": "" if profile.employees is None else format_number(Decimal(profile.employees), language),
        "turnover": _turnover(document, language),
        "website": profile.website,
        "sites": "\n".join(
            ", ".join(part for part in (site.name, site.address.replace("\n", ", ")) if part)
            for site in profile.sites
        ),
    }
    labels = {key: label.to(language) for key, label in document.selection.catalogue.derived}
    # The standard does not ask for the website, so it has no label there.
    return {key: (labels.get(PROFILE_PREFIX + key) or _("Website"), text) for key, text in said.items()}


def _turnover(document: Document, language: Language) -> str:
    turnover = document.organisation.turnover
    if turnover is None:
        return ""
    units = document.selection.catalogue.families["money"].units
    unit = units[turnover.unit].display.to(language) if turnover.unit in units else turnover.unit
    return f"{format_number(turnover.value, language)} {unit}"


@dataclass(frozen=True)
class DiffRow:
    """One text or figure that differs."""

    label: str
    runs: tuple[DiffRun, ...]

    @property
    def abridged(self) -> tuple[DiffRun, ...]:
        """What differs with the words around it: the whole text stands beside it."""
        return abridged(self.runs)


@dataclass(frozen=True)
class RequirementDiff:
    """All differences in one requirement, or in the company's profile."""

    anchor: str
    title: str
    changes: tuple[DiffRow, ...]


@dataclass(frozen=True)
class YearComparison:
    """How the words of an answer differ from those of the `year` before; its figures stand in their table.

    `is_new`: nothing was said then. `sense` says why the comparison should be seen at once.
    """

    year: int
    changes: tuple[DiffRow, ...] = ()
    places: int = 0
    is_new: bool = False
    sense: SenseChange | None = None


def section_diffs(
    before: Document, after: Document, section: Section, language: Language
) -> tuple[RequirementDiff, ...]:
    """Differences by requirement; empty without any."""
    sheets = before.sheet(), after.sheet()
    diffs = [_profile_diff(before, after, language)] if section.ref == "general" else []
    diffs += [_requirement_diff(*sheets, requirement, language) for requirement in section.all_requirements]
    return tuple(diff for diff in diffs if diff.changes)


def year_comparisons(
    before: Document, after: Document, section: Section, language: Language
) -> dict[str, YearComparison]:
    """The comparison with the year before by the ref of each requirement that was asked then, too.

    Leaves out requirements without words in both years.
    """
    sheets = before.sheet(), after.sheet()
    asked = before.selection.requirements.keys()
    return {
        requirement.ref: comparison
        for requirement in section.all_requirements
        if requirement.ref in asked
        if (comparison := _year_comparison(before.reporting_year, *sheets, requirement, language))
    }


def _year_comparison(
    year: int, before: Sheet, after: Sheet, requirement: Requirement, language: Language
) -> YearComparison | None:
    figures = {item.ref for item in requirement.items if item.datapoint}
    old, new = (
        {ref: said for ref, said in _labelled_texts(sheet, requirement, language) if ref not in figures}
        for sheet in (before, after)
    )
    if not any(text for _label, text in old.values()):
        return YearComparison(year, is_new=True) if any(text for _label, text in new.values()) else None
    rows = _diff_rows(old, new)
    return YearComparison(
        year,
        tuple(_with_old_text(row, year) for row in rows),
        sum(len(changed_places(row.runs)) for row in rows),
        sense=sense_change(before, after, requirement, year + 1),
    )


def _with_old_text(row: DiffRow, year: int) -> DiffRow:
    """The row with the old text alone if hardly anything of it is left: the new one stands above."""
    kept = sum(len(run.text.split()) for run in row.runs if run.kind is DiffKind.KEPT)
    old = "".join(run.text for run in row.runs if run.kind is not DiffKind.ADDED)
    if len(old.split()) <= kept * 3:
        return row
    label = _("So stand es %(year)s", year=year)
    return DiffRow(
        label if row.label == _("Text") else f"{label}: {row.label}", (DiffRun(DiffKind.KEPT, old),)
    )


def _profile_diff(before: Document, after: Document, language: Language) -> RequirementDiff:
    changes = _diff_rows(profile_texts(before, language), profile_texts(after, language))
    return RequirementDiff("organisation", _("Profil des Unternehmens"), changes)


def _requirement_diff(
    before: Sheet, after: Sheet, requirement: Requirement, language: Language
) -> RequirementDiff:
    old_parts, new_parts = (dict(_labelled_texts(sheet, requirement, language)) for sheet in (before, after))
    changes = _diff_rows(old_parts, new_parts)
    old, new = (sheet.is_explained(requirement) for sheet in (before, after))
    if old is not new and requirement.is_explainable:
        words = {False: _("berichtet"), True: _("nicht berichtet, sondern erklärt")}
        switch = (DiffRun(DiffKind.REMOVED, words[old]), DiffRun(DiffKind.ADDED, words[new]))
        changes = (DiffRow(_("Art der Antwort"), switch), *changes)
    return RequirementDiff(field_name(requirement.ref), requirement_title(requirement, language), changes)


def _diff_rows(before: LabelledTexts, after: LabelledTexts) -> tuple[DiffRow, ...]:
    """Rows for texts added, removed or changed, in page order."""
    labels = {key: label for key, (label, _text) in {**before, **after}.items()}
    texts = {key: (before.get(key, ("", ""))[1], after.get(key, ("", ""))[1]) for key in labels}
    return tuple(DiffRow(labels[key], word_diff(old, new)) for key, (old, new) in texts.items() if old != new)


def _labelled_texts(
    sheet: Sheet, requirement: Requirement, language: Language
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield all texts of a requirement by key."""
    answer = sheet.answer(requirement.ref)
    if requirement.is_explainable and sheet.is_explained(requirement):
        reasons: dict[str, Text] = {reason.key: reason.label for reason in sheet.selection.catalogue.reasons}
        if answer.reason in reasons:
            yield "reason", (_("Grund"), reasons[answer.reason].to(language))
        yield "explanation", (_("Begründung"), answer.explanation)
        return
    if requirement.is_explainable and answer.text:
        yield "text", (_("Text"), answer.text)
    for item in separate_items(requirement):
        figure = figure_of_item(sheet, item)
        said = (
            "; ".join(
                part for part in (figure_text(item, figure, language), quality_and_note(figure)) if part
            )
            if item.datapoint
            else answer_text(item, sheet.answer(item.ref), language)
        )
        yield item.ref, (item.label.to(language), said)
