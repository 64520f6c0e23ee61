"""Signs that the print has no glyph for, for the final check: where each stands, what is printed instead."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Indicator, Requirement
from dnk_tool.domain.answers.answer import NO_FIGURE, Answer, Sheet
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.organisation import Profile
from dnk_tool.report.text.glyphs import unprinted_signs
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.gaps import CheckLine, requirement_title, section_url
from dnk_tool.web.http.languages import current_language

MOST_NAMES, MOST_SIGNS = 5, 8  # that one line says, and signs of each


def unprinted_lines(declaration: Declaration, sheet: Sheet) -> Iterator[CheckLine]:
    """Yield one line for each requirement with such signs, and one for the company's own data."""
    if said := _signs_text("\n".join(_profile_texts(sheet.profile))):
        href = url_for("profile.edit", organisation_id=declaration.organisation_id)
        yield CheckLine(_("Angaben zum Unternehmen"), said, href)
    for section in sheet.selection.sections:
        for requirement in section.all_requirements:
            for ref, label, texts in _texts(requirement, sheet):
                if said := _signs_text("\n".join(texts)):
                    yield CheckLine(label, said, section_url(declaration, section, ref))


def _texts(requirement: Requirement, sheet: Sheet) -> Iterator[tuple[str, str, Iterator[str]]]:
    """For the requirement and each of its fields: its ref, its label and its texts."""
    title = requirement_title(requirement)
    yield requirement.ref, title, _answer_texts(sheet.answer(requirement.ref))
    for item in requirement.items:
        code = f"{requirement.code}: " if isinstance(requirement, Indicator) else ""
        label = f"{code}{item.label.to(current_language())}"
        if item.datapoint:
            figure = sheet.figures.get(item.datapoint.key, NO_FIGURE)
            yield item.ref, label, iter((figure.note, figure.source))
        elif item.ref != requirement.ref:
            yield item.ref, label, _answer_texts(sheet.answer(item.ref))


def _answer_texts(answer: Answer) -> Iterator[str]:
    yield from (answer.text, answer.explanation, answer.reason)
    if isinstance(answer.value, str):
        yield answer.value
    elif isinstance(answer.value, Rows):
        yield from (cell for row in answer.value.rows for cell in row.values() if isinstance(cell, str))


def _profile_texts(profile: Profile | None) -> Iterator[str]:
    if profile:
        yield from (profile.name, profile.legal_form, profile.sector, profile.address)
        for site in profile.sites:
            yield from (site.name, site.address)


def _signs_text(text: str) -> str:
    """What stands for which sign; empty if all are printed."""
    signs_by_word: dict[str, str] = {}
    for sign, instead in unprinted_signs(text, current_language()):
        signs_by_word[instead] = signs_by_word.get(instead, "") + sign
    if not signs_by_word:
        return ""
    said = ", ".join(
        _("für „%(sign)s“ steht „%(instead)s“", sign=signs[:MOST_SIGNS], instead=instead)
        if instead
        else _("„%(sign)s“ entfällt", sign=signs[:MOST_SIGNS])
        for instead, signs in [*signs_by_word.items()][:MOST_NAMES]
    )
    return f"{said} …" if len(signs_by_word) > MOST_NAMES else said
