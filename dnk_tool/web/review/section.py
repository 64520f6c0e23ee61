"""One section of a review: what was submitted on the left, remarks and verdict on the right, in one form."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import DONE, State
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import Audience, Side, Standing, Verdict
from dnk_tool.services.review.errors import NobodyListens, NoRemark, NotInReview, Superseded, VerdictCollision
from dnk_tool.services.review.remark_templates import stock_of
from dnk_tool.services.review.remarks import MoreWasSaid, NoAnswer
from dnk_tool.services.review.reviewer_feedback import give_opinion
from dnk_tool.services.review.round import Round
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.review import verdicts
from dnk_tool.web.http.access import current_actor, current_cluster, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review import conflicts
from dnk_tool.web.review.annex import earlier_goals, explained
from dnk_tool.web.review.calculations import reckoned
from dnk_tool.web.review.company_profile import profile_texts
from dnk_tool.web.review.current_round import (
    address,
    blueprint,
    has_new_answer,
    section_of,
    this_round,
    threads_about,
)
from dnk_tool.web.review.evidence import files_beside, files_by_ref
from dnk_tool.web.review.section_diff import Changed, section_changes
from dnk_tool.web.review.section_review_form import Sent, errors_of, read_sent
from dnk_tool.web.review.submitted_answers import all_said


@blueprint.get("/<int:declaration_id>/<section_ref>")
@permit(Permission.REVIEW)
def criterion(cluster_id: int, declaration_id: int, section_ref: str) -> ResponseReturnValue:
    found = this_round()
    return _page(found, section_of(found, section_ref))


@blueprint.post("/<int:declaration_id>/<section_ref>")
@permit(Permission.REVIEW)
def judge(cluster_id: int, declaration_id: int, section_ref: str) -> ResponseReturnValue:
    found = this_round()
    section = section_of(found, section_ref)
    sent = read_sent(request.form, section)
    if sent.action == "insert":
        return _page(found, section, _with_stock(sent, found))
    if errors := errors_of(sent):
        return _page(found, section, sent, errors), 422
    try:
        give_opinion(
            db(),
            current_declaration(),
            section,
            sent.opinion(),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except (NoRemark, NoAnswer) as error:
        db().rollback()
        return _page(this_round(), section, sent, conflicts.missing(error)), 422
    except (VerdictCollision, MoreWasSaid, NotInReview, NobodyListens, Superseded) as error:
        db().rollback()
        found = this_round()
        section, sent = section_of(found, section_ref), conflicts.renewed(sent, error, found)
        return _page(found, section, sent, clash=conflicts.explained(db(), error)), 409
    if not sent.is_empty:
        flash(_("Gespeichert."), "success")
    return redirect(_after(sent, found, section), 303)


def _with_stock(sent: Sent, found: Round) -> Sent:
    """The page's text with the chosen reusable remark, in the language in which the company declares."""
    wanted = int(sent.stock) if sent.stock.isdecimal() and len(sent.stock) < 10 else 0
    row = verdicts.stock_remark(db(), current_cluster().id, wanted)
    return sent.with_words(stock_of(row).to(found.document.language)) if row else sent


def _after(sent: Sent, found: Round, section: Section) -> str:
    """Where the pressed button leads: another section, the overview, or here again."""
    kind, _dash, ref = sent.action.partition(":")
    if kind == "next" and ref in found.document.selection.section_by_ref:
        return address(ref)
    if kind == "stay":
        return f"{address(section.ref)}#remarks"
    return url_for("review.show", cluster_id=current_cluster().id, declaration_id=current_declaration().id)


def next_pending(found: Round, section: Section) -> Section | None:
    """The next section that is still to be judged, from here on and then from the beginning."""
    at = found.sections.index(section)
    pending = found.with_standing(Standing.PENDING)
    following = (*found.sections[at + 1 :], *found.sections[:at])
    return next((one for one in following if one in pending), None)


def as_it_stands(found: Round, section: Section) -> Sent:
    """The page's fields before anything is typed: the verdict that stands, or none."""
    standing = found.standings[section.ref]
    shown = "" if standing is Standing.PENDING else Verdict(standing.value).value
    return Sent(
        version=found.version,
        seen=found.number(section.ref),
        shown=shown,
        verdict=shown,
        audience=_audiences()[0].value,
    )


def _audiences() -> tuple[Audience, ...]:
    """Who a new remark can be for, first who is proposed: of what is done the company hears nothing more."""
    is_done = current_declaration().state in DONE
    return (Audience.REVIEWERS,) if is_done else (Audience.SHARED, Audience.REVIEWERS)


def _changes(found: Round, section: Section) -> tuple[Changed, ...]:
    """What differs from the version that was judged last before this one."""
    if section.ref not in found.changed:
        return ()
    before = found.document_of(found.before[section.ref].version)
    return section_changes(before, found.document, section, current_language())


def _page(
    found: Round,
    section: Section,
    sent: Sent | None = None,
    errors: dict[str, str] | None = None,
    *,
    clash: str = "",
) -> str:
    language = current_language()
    threads = threads_about(section)
    given = found.given(section.ref)
    people = {one.by for thread in threads for one in thread.remarks} | {given.by if given else None}
    people |= {thread.resolved_by for thread in threads}
    before, after = found.document.selection.neighbours(section)
    return render_template(
        "review/section.html",
        cluster=current_cluster(),
        declaration=current_declaration(),
        round=found,
        document=found.document,
        section=section,
        address=address,
        files=files_by_ref(found),
        files_beside=files_beside,
        reckoned=reckoned(found.document, language),
        explained=explained(found.document),
        earlier_goals=earlier_goals(found.document),
        said=all_said(found.document, section, language),
        profile=profile_texts(found.document, language) if section.ref == "general" else {},
        changes=_changes(found, section),
        threads=threads,
        new_answers=[one.id for one in threads if has_new_answer(one)],
        names=accounts.names_of(db(), {one for one in people if one is not None}),
        given=given,
        standing=found.standings[section.ref],
        sent=sent or as_it_stands(found, section),
        is_unsaved=bool(sent and not sent.is_empty),
        errors=errors or {},
        clash=clash,
        is_open=current_declaration().state is State.SUBMITTED,
        stock=verdicts.stock_remarks(db(), current_cluster().id),
        audiences=_audiences(),
        ours=Side.REVIEWERS,
        before=before,
        after=after,
        next=next_pending(found, section),
    )
