"""Puts drafts into a posted page by plain submit buttons: sentences with figures, ticked facts, examples.

They go through the page's own form, so that they are saved like typed text, with the same care for what
others wrote meanwhile.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from dnk_tool.catalogue import Aspect, Section
from dnk_tool.catalogue.drafts.voices import load_voices
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.standard.selection import is_text_aspect
from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.answers.draft import (
    Draft,
    DraftKind,
    draft_of,
    drafts_after_edit,
    drafts_from_json,
    drafts_to_json,
    with_draft,
    without_draft,
    without_numbers,
)
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language, known_language
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.proposals.facts import facts_draft, posted_facts
from dnk_tool.web.figures.sentences import sentence_draft
from dnk_tool.web.http.signed_payload import sign_payload, unsign_payload
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.form_fields import field_name

_PREFIX = "draft"
_CARRIED = "carried-draft"  # the kind of signed payload, and the end of its field's name
UNDO, VOICE = "undo", "voice"
_VERBS = {*(kind.value for kind in DraftKind), UNDO, VOICE}


@dataclass(frozen=True, slots=True)
class DraftAction:
    """The pressed button about a draft: a kind to put in, to undo, or to show the voice of a branch."""

    verb: str
    ref: str
    branch: str = ""

    @property
    def value(self) -> str:
        """The value of its button."""
        return ":".join((_PREFIX, self.verb, self.ref, *([self.branch] if self.branch else [])))


@dataclass(frozen=True)
class ProposedDrafts:
    """The posted fields with drafts in them. `is_done`: whether the pressed button changed a text."""

    sent: MultiDict[str, str]
    action: DraftAction | None = None
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    is_done: bool = False

    @property
    def has_facts(self) -> bool:
        """Whether sentences of ticked facts are among the drafts."""
        return draft_of(self.drafts.values(), DraftKind.FACTS) is not None

    @property
    def anchor(self) -> str:
        """The id on the page from which the person goes on."""
        return field_name(self.action.ref) if self.action else ""


def aspects_with_text(section: Section) -> dict[str, Aspect]:
    """The aspects of a section that are answered with a text, by ref."""
    return {one.ref: one for one in section.all_requirements if is_text_aspect(one)}


def requested_draft(sent: ImmutableMultiDict[str, str], aspects: Collection[str]) -> DraftAction | None:
    """The pressed button about a draft of one of the aspects; None for any other button."""
    prefix, verb, ref, branch = [*sent.get("action", "").split(":"), "", "", "", ""][:4]
    if prefix != _PREFIX or verb not in _VERBS or ref not in aspects:
        return None
    return DraftAction(verb, ref, branch)


def with_drafts(
    posted: ImmutableMultiDict[str, str],
    sent: MultiDict[str, str],
    declaration: Declaration,
    section: Section,
    *,
    may_see_figures: bool,
) -> ProposedDrafts:
    """The posted fields with the draft of the pressed button, and of facts ticked beside an empty text.

    A button that makes sentences of facts does so for all that were ticked on the page. `sent`: the fields as
    far as other buttons have filled them in.
    """
    aspects = {ref: one for ref, one in aspects_with_text(section).items() if _is_posted(sent, ref)}
    action, facts = requested_draft(posted, aspects), posted_facts(posted, frozenset(aspects))
    drafts = _carried_drafts(sent, declaration, aspects)
    if action is None and not facts.ticked:
        return ProposedDrafts(sent, drafts=drafts, errors=facts.errors)
    content = declarations.read_content(db(), declaration)
    language = known_language(declaration.language)
    known, filled = content.sheet.drafts, MultiDict(sent)
    takes_all = action is not None and action.verb == DraftKind.FACTS
    for ref, ticked in facts.ticked.items():
        old = draft_of(known.get(ref, ()), DraftKind.FACTS)
        is_changed = _is_reported(sent, ref) and (old is None or old.values != ticked)
        is_pressed = action is not None and (action.verb, action.ref) == (DraftKind.FACTS, ref)
        is_meant = is_pressed or (is_changed and (takes_all or not _text(sent, ref)))
        if is_meant and (draft := facts_draft(ref, ticked, language)):
            _fill(filled, ref, with_draft(_text(sent, ref), draft, old))
            drafts[ref] = draft
    is_done = takes_all and bool(drafts)
    if action and action.verb in (DraftKind.FIGURES, DraftKind.EXAMPLE):
        draft = (
            example_draft(aspects[action.ref], action.branch, language)
            if action.verb == DraftKind.EXAMPLE
            else sentence_draft(declaration, content, action.ref)
            if may_see_figures
            else None
        )
        if draft:
            old = draft_of(known.get(action.ref, ()), draft.kind)
            _fill(filled, action.ref, with_draft(_text(filled, action.ref), draft, old))
            drafts[action.ref], is_done = draft, True
    elif action and action.verb == UNDO:
        text = before = _text(sent, action.ref)
        for draft in known.get(action.ref, ()):
            text = text if draft.is_checked else without_draft(text, draft)
        filled[f"{field_name(action.ref)}-text"], is_done = text, text != before
    return ProposedDrafts(filled, action, drafts, facts.errors, is_done)


def carried_fields(declaration: Declaration, drafts: Mapping[str, Draft]) -> dict[str, tuple[str, str]]:
    """Name and value of the field that carries each draft through the page of two versions, by ref."""
    return {
        ref: (
            f"{field_name(ref)}-{_CARRIED}",
            sign_payload(_CARRIED, declaration.id, {ref: drafts_to_json([draft])}),
        )
        for ref, draft in drafts.items()
    }


def _carried_drafts(
    sent: Mapping[str, str], declaration: Declaration, aspects: Collection[str]
) -> dict[str, Draft]:
    """The carried drafts by ref, as far as the posted texts still have them."""
    found = {}
    for ref in aspects:
        if packed := sent.get(f"{field_name(ref)}-{_CARRIED}"):
            carried = unsign_payload(_CARRIED, declaration.id, packed) or {}
            for draft in drafts_after_edit(drafts_from_json(carried.get(ref)), _text(sent, ref)):
                if not draft.is_checked:
                    found[ref] = draft
    return found


def example_draft(aspect: Aspect, branch: str, language: Language) -> Draft:
    """The aspect's example with blanks for numbers; in the voice of the branch where there is one."""
    voices = load_voices().by_aspect.get(aspect.ref, {})
    text = voices.get(branch, aspect.example).to(language)
    return Draft(DraftKind.EXAMPLE, without_numbers(text), language)


def branch_key(content: DeclarationContent, wanted: str) -> str:
    """The branch whose voice a page shows: the wanted one, else the company's own by its sector."""
    voices = load_voices()
    if wanted in {branch.key for branch in voices.branches}:
        return wanted
    profile = content.sheet.profile
    return voices.branch_of(profile.sector if profile else "", load_sectors()).key


def flash_draft(proposed: ProposedDrafts) -> None:
    """Say what the pressed button did, or what ticked facts became."""
    action = proposed.action
    if action is None:
        text, kind = (
            _("Aus dem, was Sie angekreuzt haben, steht jetzt ein Vorschlag im Text. Bitte prüfen."),
            "info",
        )
    elif action.verb == VOICE:
        text, kind = _("Gespeichert."), "success"
    elif not proposed.is_done:
        text, kind = _unchanged_text(action), "info"
    elif action.verb == UNDO:
        text, kind = _("Gespeichert. Der Vorschlag ist wieder weg."), "success"
    elif action.verb == DraftKind.EXAMPLE:
        text = _("Gespeichert. Das Beispiel steht jetzt im Text. Bitte umschreiben.")
        kind = "success"
    else:
        text = ngettext(
            "Gespeichert. Der Vorschlag steht jetzt im Text.",
            "Gespeichert. %(num)d Vorschläge stehen jetzt in den Texten.",
            len(proposed.drafts),
        )
        kind = "success"
    flash(text, kind)


def _unchanged_text(action: DraftAction) -> str:
    if action.verb == DraftKind.FACTS:
        return str(_("Gespeichert. Kreuzen Sie zuerst an, was auf Ihren Betrieb zutrifft."))
    if action.verb == UNDO:
        return str(
            _(
                "Gespeichert. Den Vorschlag haben Sie schon geändert; deshalb bleibt der Text, wie er ist. "
                "Unter „Mehr“ finden Sie frühere Fassungen."
            )
        )
    return str(_("Gespeichert. Zu diesem Punkt gibt es noch keine Zahlen, aus denen ein Satz würde."))


def _is_posted(sent: Mapping[str, str], ref: str) -> bool:
    return f"{field_name(ref)}-version" in sent


def _is_reported(sent: Mapping[str, str], ref: str) -> bool:
    return sent.get(f"{field_name(ref)}-disclosure") != Disclosure.EXPLAIN.value


def _text(sent: Mapping[str, str], ref: str) -> str:
    return normalised(sent.get(f"{field_name(ref)}-text", ""))


def _fill(filled: MultiDict[str, str], ref: str, text: str) -> None:
    filled[f"{field_name(ref)}-text"] = text
    filled[f"{field_name(ref)}-disclosure"] = Disclosure.COMPLY.value
