"""The final check; submitting, finishing, recalling and reopening a declaration."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, Indicator, Section, Selection
from dnk_tool.catalogue.claims import ClaimKind, load_claims
from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.claims import find_claims
from dnk_tool.domain.answers.own_texts import OwnTexts, own_texts
from dnk_tool.domain.declarations.states import (
    EDITABLE_STATES,
    Action,
    State,
    TransitionNotAllowed,
    find_transition,
)
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.text.glyphs import unprinted_signs
from dnk_tool.services.declarations import submission, transitions
from dnk_tool.services.declarations.sign_off import NoConsent
from dnk_tool.services.figures.calculator_lines import lines_of
from dnk_tool.services.figures.plausibility import plausibility_findings
from dnk_tool.services.review.round import current_round
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import versions
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.criteria_map import criteria_map
from dnk_tool.web.declarations.dashboard import time_left
from dnk_tool.web.declarations.first_day.effort import minutes_left
from dnk_tool.web.declarations.gaps import (
    CheckLine,
    gap_lines,
    outdated_lines,
    requirement_title,
    section_url,
    unconfirmed_lines,
)
from dnk_tool.web.declarations.mails import notify_reviewers_of_recall, notify_reviewers_of_submission
from dnk_tool.web.declarations.sign_off.signatory import ask_signatory, signatory_of
from dnk_tool.web.declarations.submit_form import SubmitDeclarationForm, default_form_data, submit_choices
from dnk_tool.web.declarations.whole.chapters import whole_declaration
from dnk_tool.web.exports.responses import warm_version
from dnk_tool.web.figures.recalculated import undecided_count
from dnk_tool.web.figures.sentences import outdated_aspects
from dnk_tool.web.http.access import current_account, current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import company_review_state
from dnk_tool.web.text.form_errors import field_errors

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


MOST_OPEN_GAPS = 12  # more of them fold, criterion by criterion

log = logging.getLogger(__name__)

blueprint = Blueprint("finish", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/pruefen")
@permit(Permission.DECLARATION_VIEW)
def check(declaration_id: int) -> ResponseReturnValue:
    return _check_page(current_declaration())


@blueprint.post("/einreichen")
@permit(Permission.DECLARATION_FINISH)
@creates
def submit(declaration_id: int) -> ResponseReturnValue:
    """Submit to a cluster, finish, or ask for the sign-off, as chosen.

    Returns 422 with gaps or unanswered remarks, 409 if the choices changed meanwhile.
    """
    declaration, form = current_declaration(), SubmitDeclarationForm()
    form.choices = submit_choices(declaration)
    if declaration.state in EDITABLE_STATES and not form.validate():
        return _check_page(declaration, form), 422
    now = datetime.now(UTC)
    signatory = signatory_of(form, now=now)
    try:
        submission.submit(
            Work(db(), current_actor(), now), declaration, cluster_id=form.cluster_id, signatory=signatory
        )
    except (transitions.DeclarationIncomplete, submission.RemarksUnanswered):
        return _check_page(declaration, form, is_refused=True), 422
    except transitions.UnreadableSnapshot as error:
        log.error("declaration %s cannot be finished: %s", declaration.id, error.problems[:3])
        return _check_page(declaration, form, refusal=_too_long_text(error)), 422
    except (NoConsent, submission.NoSignatory):
        # The cluster was left, or the sign-off rule changed, while this page was open.
        return _check_page(declaration, form, refusal=_outdated_text()), 409
    except TransitionNotAllowed:
        return _to_overview(declaration_id)
    ask_signatory(declaration, form, signatory, now=now)
    notify_reviewers_of_submission(declaration, by=current_account())
    _render_pdf_ahead(declaration)
    return _to_frozen_version(declaration)


@blueprint.get("/zurueckholen")
@permit(Permission.DECLARATION_FINISH)
def ask_to_recall(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    try:
        find_transition(declaration.state, Action.RECALL)
    except TransitionNotAllowed:
        return _to_overview(declaration_id)
    return render_template("declarations/recall.html", declaration=declaration)


@blueprint.post("/zurueckholen")
@permit(Permission.DECLARATION_FINISH)
def recall(declaration_id: int) -> ResponseReturnValue:
    """Take a declaration back from sign-off or review."""
    declaration = current_declaration()
    try:
        had = submission.recall(current_work(), declaration)
    except TransitionNotAllowed:
        return _to_overview(declaration_id)
    if had is not None:
        notify_reviewers_of_recall(declaration, had, by=current_account())
    flash(_("Sie haben die Erklärung zurückgeholt und können wieder daran arbeiten."), "success")
    return _to_overview(declaration_id)


@blueprint.post("/wieder-oeffnen")
@permit(Permission.DECLARATION_FINISH)
def reopen(declaration_id: int) -> ResponseReturnValue:
    """Begin a new version; the finished one stays as it is."""
    try:
        submission.reopen(current_work(), current_declaration())
    except TransitionNotAllowed:
        return _to_overview(declaration_id)
    flash(
        _("Sie arbeiten jetzt an einer neuen Version. Die abgeschlossene bleibt unverändert abrufbar."),
        "success",
    )
    return _to_overview(declaration_id)


def _render_pdf_ahead(declaration: Declaration) -> None:
    """Start rendering the new version's PDF, so that it is ready for its first reader."""
    db().flush()
    version = versions.version(db(), declaration.id, declaration.version)
    if version is not None:
        warm_version(version)


def _to_frozen_version(declaration: Declaration) -> ResponseReturnValue:
    """Lead to the page of the version just frozen; to the overview while somebody is asked to confirm it."""
    if declaration.state is not State.SIGNING:
        href = url_for("version_page.show", declaration_id=declaration.id, number=declaration.version)
        return redirect(href, 303)
    flash(_("Die Bitte um Bestätigung ist unterwegs. Bis zur Antwort ist alles gesperrt."), "success")
    return _to_overview(declaration.id)


def _to_overview(declaration_id: int) -> ResponseReturnValue:
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _too_long_text(error: transitions.UnreadableSnapshot) -> str:
    said = str(
        _("Die Erklärung ist zu umfangreich. Bitte kürzen Sie lange Texte und versuchen Sie es noch einmal.")
    )
    parts = "; ".join(part.display_name(current_language()) for part in error.longest)
    return f"{said} {_('Am meisten steht hier: %(parts)s.', parts=parts)}" if parts else said


def _outdated_text() -> str:
    return str(
        _("Inzwischen hat sich etwas geändert. Prüfen Sie bitte Ihre Auswahl und senden Sie noch einmal ab.")
    )


def _has_new_profile(declaration: Declaration) -> bool:
    """Whether, during a review, the company's profile differs from the version under review."""
    if declaration.state is not State.CHANGES_REQUESTED:
        return False
    review_round = current_round(db(), declaration)
    profile = declarations.profile_of(declaration.organisation)
    return review_round is not None and review_round.document.organisation != profile


def _refusals(has_gaps: bool, has_open_remarks: bool, refusal: str) -> Iterator[dict[str, str]]:
    """Why the declaration was not submitted, for the error summary."""
    if has_gaps:
        text = _("Die Erklärung kann noch nicht abgeschlossen werden. Unten steht, was fehlt.")
        yield {"text": text, "href": "#gaps"}
    if has_open_remarks:
        yield {"text": _("Beantworten Sie zuerst alle Anmerkungen der Prüfung."), "href": "#waiting"}
    if refusal:
        yield {"text": refusal, "href": ""}


def _quickest_first(selection: Selection, parts: Mapping[str, completeness.Completeness]) -> list[Section]:
    """The sections with gaps, first those that take the fewest minutes."""
    incomplete = [section for section in selection.sections if parts[section.ref].gaps]
    return sorted(incomplete, key=lambda section: minutes_left([section], parts))


@dataclass(frozen=True)
class CheckNotes:
    """What the final check points out without blocking: counts of figures, lines of texts."""

    odd: int
    undecided: int
    unconfirmed: Sequence[CheckLine]
    outdated: Sequence[CheckLine]
    unprinted: Sequence[CheckLine]
    claims: Sequence[ClaimLines]


def _check_page(
    declaration: Declaration,
    form: SubmitDeclarationForm | None = None,
    *,
    is_refused: bool = False,
    refusal: str = "",
) -> str:
    content = declarations.read_content(db(), declaration)
    parts = completeness.declaration_completeness(content.sheet)
    own_lines = lines_of(db(), declaration)
    lines = {part.section: tuple(gap_lines(part, declaration, content.sheet)) for part in parts}
    by_section = {part.section: part for part in parts}
    choices = submit_choices(declaration)
    if form is None:
        form = SubmitDeclarationForm(formdata=None, data=default_form_data(declaration, choices))
    errors, gap_count = field_errors(form), sum(len(gaps) for gaps in lines.values())
    is_complete = not gap_count
    situation = company_review_state(declaration)
    waiting = submission.waiting_remarks(
        declaration, situation.threads, situation.judgements, {cluster.id for cluster in choices.clusters}
    )
    findings = plausibility_findings(db(), declaration, content, lines=own_lines)
    odd = [finding.warning.datapoint for finding in findings if finding.is_open]
    return render_template(
        "declarations/final_check.html",
        declaration=declaration,
        selection=content.sheet.selection,
        worth=content.sheet.selection.catalogue.worth,
        map=criteria_map(situation, content.sheet),
        whole=whole_declaration(declaration, content.sheet, odd, request.args.get("nur", ""), gaps=gap_count),
        lines=lines,
        incomplete=_quickest_first(content.sheet.selection, by_section),
        time_left=time_left(minutes_left(content.sheet.selection.sections, by_section)),
        are_gaps_folded=gap_count > MOST_OPEN_GAPS,
        notes=CheckNotes(
            odd=len(odd),
            undecided=undecided_count(declaration, content, own_lines),
            unconfirmed=list(unconfirmed_lines(parts, declaration, content.sheet)),
            outdated=list(outdated_lines(declaration, content.sheet, outdated_aspects(declaration, content))),
            unprinted=list(unprinted_lines(declaration, content.sheet)),
            claims=claim_lines(declaration, content.sheet),
        ),
        is_complete=is_complete,
        waiting=waiting,
        # Blocks only during a review; otherwise it can go to another cluster or to none.
        must_answer=bool(waiting) and not choices.may_finish,
        has_new_profile=_has_new_profile(declaration),
        is_refused=is_refused,
        is_editable=declaration.state in EDITABLE_STATES,
        choices=choices,
        form=form,
        errors=errors,
        problems=[*_refusals(is_refused and not is_complete, is_refused and bool(waiting), refusal), *errors],
    )
