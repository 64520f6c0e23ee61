"""What a criterion's page shows of drafts: what can be put in, what is to be checked, what is outdated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import request
from wtforms import Form

from dnk_tool.catalogue import Aspect, Section
from dnk_tool.catalogue.drafts.sentences import load_sentences
from dnk_tool.catalogue.drafts.voices import load_voices
from dnk_tool.catalogue.years import in_year
from dnk_tool.domain.answers.draft import (
    BLANK,
    Draft,
    DraftKind,
    draft_of,
    has_unchecked_example,
    is_as_proposed,
)
from dnk_tool.domain.figures.figure_sentences import TwoYears, figures_draft
from dnk_tool.language import Language, known_language
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.proposals.drafts import UNDO, VOICE, DraftAction, aspects_with_text, branch_key
from dnk_tool.web.answers.proposals.facts import FactRow, fact_rows
from dnk_tool.web.figures.sentences import outdated_texts, two_years
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import FieldError, messages_by_field
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.options import Option

VOICE_PARAMETER = "stimme"


@dataclass(frozen=True)
class AspectDrafts:
    """The drafts of one aspect. Texts that end in `_action` are values of buttons; "" where there is none.

    `outdated`: sentences about figures that the text names as they were before. `are_facts_open`: whether
    they stood on a posted page that comes back.
    """

    has_text: bool
    sentence: str = ""
    sentence_action: str = ""
    outdated: tuple[str, ...] = ()
    facts: tuple[FactRow, ...] = ()
    are_facts_open: bool = False
    facts_action: str = ""
    example: str = ""
    example_action: str = ""
    voices: tuple[Option, ...] = ()
    undo_action: str = ""
    is_unchecked: bool = False
    is_example: bool = False
    has_blanks: bool = False


@dataclass(frozen=True)
class _Maker:
    """Makes the values of one page."""

    content: DeclarationContent
    year: int
    language: Language
    figures: TwoYears | None
    branch: str
    sent: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def of(self, aspect: Aspect, head: Form) -> AspectDrafts:
        ref, text = aspect.ref, head["text"].data or ""
        sheet = self.content.sheet
        drafts = sheet.drafts.get(ref, ())
        unchecked = [draft for draft in drafts if not draft.is_checked] if ref in sheet.taken else []
        facts = draft_of(drafts, DraftKind.FACTS)
        rows = fact_rows(ref, facts.values if facts else {}, self.sent, self.errors)
        voices = load_voices().by_aspect.get(ref, {})
        own = draft_of(drafts, DraftKind.FIGURES)
        sentence = self._sentence(ref, own, text)
        return AspectDrafts(
            has_text=bool(text),
            sentence=sentence,
            sentence_action=DraftAction(DraftKind.FIGURES, ref).value if sentence else "",
            outdated=tuple(outdated_texts(own, text, self.figures) if own and self.figures else ()),
            facts=rows,
            are_facts_open=any({row.name, f"{row.name}-value"} & self.sent.keys() for row in rows),
            facts_action=DraftAction(DraftKind.FACTS, ref).value if rows else "",
            example=in_year(voices.get(self.branch, aspect.example).to(current_language()), self.year),
            example_action=DraftAction(DraftKind.EXAMPLE, ref, self.branch if voices else "").value,
            voices=tuple(
                {
                    "value": DraftAction(VOICE, ref, branch.key).value,
                    "label": branch.label.to(current_language()),
                    "is_shown": branch.key == self.branch,
                }
                for branch in (load_voices().branches if voices else ())
            ),
            undo_action=DraftAction(UNDO, ref).value
            if any(is_as_proposed(draft, text) for draft in unchecked)
            else "",
            is_unchecked=bool(unchecked),
            is_example=has_unchecked_example(unchecked),
            has_blanks=has_unchecked_example(unchecked) and BLANK in text,
        )

    def _sentence(self, ref: str, own: Draft | None, text: str) -> str:
        """The sentence that can be put in: none that the text has already."""
        draft = figures_draft(load_sentences(), ref, self.figures, self.language) if self.figures else None
        if draft is None or is_as_proposed(draft, text):
            return ""
        is_known = own is not None and not is_as_proposed(own, text)  # the person has made it theirs
        return "" if is_known else draft.text


def aspect_drafts(
    declaration: Declaration,
    section: Section,
    content: DeclarationContent,
    form: Form,
    errors: Sequence[FieldError] = (),
    *,
    may_see_figures: bool,
) -> dict[str, AspectDrafts]:
    """The drafts of a section's aspects by ref. `errors`: faulty fields of a posted page that comes back."""
    aspects = aspects_with_text(section)
    has_sentences = may_see_figures and not load_sentences().by_aspect.keys().isdisjoint(aspects)
    maker = _Maker(
        content,
        declaration.reporting_year,
        known_language(declaration.language),
        two_years(declaration, content) if has_sentences else None,
        branch_key(content, request.args.get(VOICE_PARAMETER, "")),
        request.form if request.method == "POST" else {},
        messages_by_field(errors),
    )
    return {ref: maker.of(aspect, form[field_name(ref)].form) for ref, aspect in aspects.items()}
