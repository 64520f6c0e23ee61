"""What the final check points out in the company's own texts, with the address of each field.

Signs that the print has no glyph for, with what is printed instead; words about the environment that call
for care towards consumers, in their sentences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, Indicator
from dnk_tool.catalogue.claims import ClaimKind, load_claims
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.claims import find_claims
from dnk_tool.domain.answers.own_texts import OwnTexts, own_texts
from dnk_tool.domain.organisation import Profile
from dnk_tool.report.text.glyphs import unprinted_signs
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.gaps import CheckLine, requirement_title, section_url
from dnk_tool.web.http.languages import current_language

MOST_NAMES, MOST_SIGNS = 5, 8  # that one line says, and signs of each
MOST_CLAIMS = 5  # that are told of one field


@dataclass(frozen=True)
class ClaimLines:
    """The claims of one kind, a line for each."""

    kind: ClaimKind
    lines: list[CheckLine] = field(default_factory=list)


def unprinted_lines(declaration: Declaration, sheet: Sheet) -> Iterator[CheckLine]:
    """Yield one line for each field with such signs, and one for the company's own data."""
    if said := _signs_text("\n".join(_profile_texts(sheet.profile))):
        href = url_for("profile.edit", organisation_id=declaration.organisation_id)
        yield CheckLine(_("Angaben zum Unternehmen"), said, href)
    for of in own_texts(sheet):
        if said := _signs_text("\n".join(of.texts)):
            yield CheckLine(_label(of), said, section_url(declaration, of.section, of.ref))


def claim_lines(declaration: Declaration, sheet: Sheet) -> Sequence[ClaimLines]:
    """The claims in the texts by kind, at most `MOST_CLAIMS` of a field, and no kind without any."""
    claims = load_claims()
    by_kind = {kind.key: ClaimLines(kind) for kind in claims.kinds}
    for of in own_texts(sheet):
        found = [claim for text in of.texts for claim in find_claims(text, claims)][:MOST_CLAIMS]
        for claim in found:
            said = _("„%(words)s“ in: %(sentence)s", words=claim.words, sentence=claim.sentence)
            href = section_url(declaration, of.section, of.ref)
            by_kind[claim.kind.key].lines.append(CheckLine(_place(of), said, href))
    return [group for group in by_kind.values() if group.lines]


def _place(of: OwnTexts) -> str:
    """The label with its criterion."""
    label = _label(of)
    if isinstance(of.section, Criterion):
        label = str(_("Kriterium %(number)s: %(title)s", number=of.section.number, title=label))
    return label


def _label(of: OwnTexts) -> str:
    if of.item is None:
        return requirement_title(of.requirement)
    code = f"{of.requirement.code}: " if isinstance(of.requirement, Indicator) else ""
    return f"{code}{of.item.label.to(current_language())}"


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
