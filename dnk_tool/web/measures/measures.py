"""A company's register of measures: the list with sums, one page for a measure, moves, and undo.

Examples of other members that fit a company, as links beside its own measures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.editing import ConflictError, Stored
from dnk_tool.domain.measures.model import MAX_COMPANY_MEASURES, CompanyMeasure, MeasureState
from dnk_tool.domain.measures.sums import repeated, sum_in_full_years, sum_in_year
from dnk_tool.domain.permissions import RESTORABLE, Permission, restorable_since
from dnk_tool.language import local_day
from dnk_tool.services.exchange.example_proposals import fitting_examples
from dnk_tool.services.measures import measures as verbs
from dnk_tool.services.measures.criterion_measures import RegisterFull
from dnk_tool.services.measures.measures import MeasureGone
from dnk_tool.services.work import Work
from dnk_tool.store.exchange.examples import ShownExample
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.measures import MeasureRow
from dnk_tool.web.http.access import current_actor, current_organisation, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page
from dnk_tool.web.measures.measure_form import (
    CompanyMeasureForm,
    for_only_cluster,
    form_data,
    seen_measure_version,
    typed_measure,
    typed_savings,
)
from dnk_tool.web.measures.measure_page import render_measure
from dnk_tool.web.measures.measure_rows import ORDER, RegisterRow, register_row, sum_texts
from dnk_tool.web.measures.proposals import proposed_measure
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.options import choice_options, enum_options
from dnk_tool.web.text.paging import paginate

blueprint = Blueprint("measures", __name__, url_prefix="/unternehmen/<int:organisation_id>/massnahmen")

PAGE_LENGTH = 15
MAX_REMOVED = 10
MAX_MOVED_TEXT = 80  # characters of a measure in the message about its state


MOST = 2


@dataclass(frozen=True, slots=True)
class ExampleLink:
    """An example of another member: its title, the company, and which energy it saves, or empty."""

    title: str
    company: str
    carriers: str
    href: str


def example_links(noted: Iterable[CompanyMeasure]) -> list[ExampleLink]:
    """The examples of other members that fit the company best; none where its clusters show none."""
    found = fitting_examples(db(), current_organisation(), noted, now=datetime.now(UTC))
    return [_link(one) for one in found[:MOST]]


def _link(shown: ShownExample) -> ExampleLink:
    known = load_measure_kinds().carriers
    saved = sorted(shown.number.carriers & known.keys())
    return ExampleLink(
        shown.content.title,
        shown.company,
        ", ".join(known[key].label.to(current_language()) for key in saved),
        url_for("examples_of_company.read", organisation_id=current_organisation().id, example_id=shown.id),
    )


@blueprint.get("")
@company_page(
    _l("Maßnahmen"),
    _l("Was Sie tun, was es spart und wie weit es ist"),
    Permission.ORGANISATION_VIEW,
    position=10,
)
def show(organisation_id: int) -> ResponseReturnValue:
    rows = [(row, measures.measure_of(row)) for row in measures.rows_of_company(db(), organisation_id)]
    year, kinds = local_day(datetime.now(UTC)).year, load_measure_kinds()
    everything = [measure for _row, measure in rows]
    shown = sorted(_filtered(rows), key=lambda pair: ORDER.index(pair[1].state))
    page = paginate(len(shown), "seite", size=PAGE_LENGTH)
    in_full_years = sum_in_full_years(everything, kinds)
    removed = measures.removed_rows(db(), organisation_id, since=restorable_since(datetime.now(UTC)))
    return render_template(
        "measures/measures.html",
        total=len(rows),
        groups=_groups(shown[page.offset : page.offset + page.size], _repeated_texts(rows)),
        found=len(shown),
        page=page,
        year=year,
        in_full_years=in_full_years,
        full_texts=sum_texts(in_full_years),
        year_texts=sum_texts(sum_in_year(everything, year, kinds)),
        states=enum_options(MeasureState, _("alle")),
        kinds=choice_options(kinds.kinds.values(), _("alle")),
        filters=_filters(),
        removed=removed[:MAX_REMOVED],
        days=RESTORABLE.days,
        examples=example_links(everything),
        just_removed=next((row for row in removed if str(row.id) == request.args.get("geloescht")), None),
    )


@blueprint.get("/neu")
@permit(Permission.DECLARATION_EDIT)
def new(organisation_id: int) -> ResponseReturnValue:
    clusters = measures.clusters_allowed(db(), organisation_id)
    proposal = proposed_measure(organisation_id, request.args)
    measure = for_only_cluster(proposal.measure, clusters)
    data = form_data(Stored(measure))
    data["savings"] = data["savings"] or [{"carrier": proposal.carrier, "amount": None}]
    return render_measure(CompanyMeasureForm(formdata=None, data=data), clusters, proposal=proposal)


@blueprint.post("/neu")
@permit(Permission.DECLARATION_EDIT)
@creates
def create(organisation_id: int) -> ResponseReturnValue:
    form = CompanyMeasureForm()
    clusters = measures.clusters_allowed(db(), organisation_id)
    proposal = proposed_measure(organisation_id, request.args)
    form.propose_carrier(proposal.carrier)
    if not form.validate():
        return render_measure(form, clusters, proposal=proposal), 422
    measure = _with_savings(organisation_id, form, CompanyMeasure(""))
    try:
        verbs.note_measure(current_work(), organisation_id, measure)
    except RegisterFull:
        flash(_full(), "error")
        return render_measure(form, clusters, proposal=proposal), 422
    flash(_("Gespeichert."), "success")
    return redirect(url_for(".show", organisation_id=organisation_id), 303)


@blueprint.get("/<int:measure_id>")
@permit(Permission.ORGANISATION_VIEW)
def edit(organisation_id: int, measure_id: int) -> ResponseReturnValue:
    stored = measures.stored_measure(_row_or_404(organisation_id, measure_id))
    clusters = measures.clusters_allowed(db(), organisation_id)
    data = form_data(replace(stored, content=for_only_cluster(stored.content, clusters)))
    form = CompanyMeasureForm(formdata=None, data=data)
    return render_measure(form, clusters, stored=stored, factors=_factors())


@blueprint.post("/<int:measure_id>")
@permit(Permission.DECLARATION_EDIT)
def save(organisation_id: int, measure_id: int) -> ResponseReturnValue:
    """Save the measure. Returns 409 with the other person's version after an edit conflict."""
    stored = measures.stored_measure(_row_or_404(organisation_id, measure_id))
    form, clusters = CompanyMeasureForm(), measures.clusters_allowed(db(), organisation_id)
    if not form.validate():
        return render_measure(form, clusters, stored=stored, factors=_factors()), 422
    measure = _with_savings(organisation_id, form, stored.content)
    seen, now = seen_measure_version(form), datetime.now(UTC)
    try:
        is_taken_back = verbs.change_measure(
            Work(db(), current_actor(), now), organisation_id, measure_id, measure, seen=seen
        )
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        theirs = Stored(error.conflict.theirs, error.conflict.version)
        return render_measure(form, clusters, stored=theirs, factors=_factors(), is_conflict=True), 409
    flash(_("Gespeichert."), "success")
    _tell_of_example(is_taken_back)
    return redirect(url_for(".show", organisation_id=organisation_id), 303)


@blueprint.post("/<int:measure_id>/stand")
@permit(Permission.DECLARATION_EDIT)
def move(organisation_id: int, measure_id: int) -> ResponseReturnValue:
    """Set the state by one click in the list."""
    row, wanted = _row_or_404(organisation_id, measure_id), request.form.get("state", "")
    if wanted not in set(MeasureState):
        abort(422)
    seen, now = whole_number(request.form.get("version")) or 0, datetime.now(UTC)
    try:
        is_taken_back = verbs.move_measure(
            Work(db(), current_actor(), now), organisation_id, row.id, MeasureState(wanted), seen=seen
        )
        flash(_moved_text(measures.measure_of(row).text, MeasureState(wanted)), "success")
        _tell_of_example(is_taken_back)
    except (ConflictError, MeasureGone):
        db().rollback()
        flash(_("Jemand hat diese Maßnahme gerade geändert. Bitte sehen Sie noch einmal nach."), "warning")
    return redirect(_list_url(organisation_id), 303)


@blueprint.post("/<int:measure_id>/neu-rechnen")
@permit(Permission.DECLARATION_EDIT)
def recalculate(organisation_id: int, measure_id: int) -> ResponseReturnValue:
    """Work out t CO2e anew by the factors that are known today."""
    row, now = _row_or_404(organisation_id, measure_id), datetime.now(UTC)
    measure = verbs.recalculated(db(), organisation_id, measures.measure_of(row), factors=_factors(), now=now)
    seen = whole_number(request.form.get("version")) or 0
    try:
        verbs.change_measure(
            Work(db(), current_actor(), now), organisation_id, measure_id, measure, seen=seen
        )
        flash(_("Die Treibhausgase sind neu gerechnet."), "success")
    except ConflictError:
        db().rollback()
        flash(_("Jemand hat diese Maßnahme gerade geändert. Bitte sehen Sie noch einmal nach."), "warning")
    return redirect(url_for(".edit", organisation_id=organisation_id, measure_id=measure_id), 303)


@blueprint.post("/<int:measure_id>/loeschen")
@permit(Permission.DECLARATION_EDIT)
def remove(organisation_id: int, measure_id: int) -> ResponseReturnValue:
    """Remove the measure; pressed twice, it leads to the list."""
    _own_or_404(organisation_id, measure_id)
    try:
        verbs.remove_measure(current_work(), organisation_id, measure_id)
    except MeasureGone:
        return redirect(url_for(".show", organisation_id=organisation_id), 303)
    return redirect(url_for(".show", organisation_id=organisation_id, geloescht=measure_id), 303)


@blueprint.post("/<int:measure_id>/wiederherstellen")
@permit(Permission.DECLARATION_EDIT)
def restore(organisation_id: int, measure_id: int) -> ResponseReturnValue:
    _own_or_404(organisation_id, measure_id)
    try:
        verbs.restore_measure(current_work(), organisation_id, measure_id)
        flash(_("Die Maßnahme ist wieder da."), "success")
    except RegisterFull:
        flash(_full(), "error")
    return redirect(url_for(".show", organisation_id=organisation_id), 303)


def _own_or_404(organisation_id: int, measure_id: int) -> MeasureRow:
    """A measure of the company, also a removed one that can be restored."""
    return measures.find_row(db(), organisation_id, measure_id) or abort(404)


def _with_savings(organisation_id: int, form: CompanyMeasureForm, before: CompanyMeasure) -> CompanyMeasure:
    return verbs.with_savings(
        db(),
        organisation_id,
        typed_measure(form),
        typed_savings(form),
        before=before.effect,
        factors=_factors(),
        now=datetime.now(UTC),
    )


def _row_or_404(organisation_id: int, measure_id: int) -> MeasureRow:
    row = measures.find_row(db(), organisation_id, measure_id)
    if row is None or row.removed_at is not None:
        abort(404)
    return row


def _factors() -> Factors:
    """The factors of the product together with the operator's."""
    return load_factors(current_settings().instance / OWN_FACTORS_FOLDER)


def _filters() -> dict[str, str]:
    return {name: request.args.get(name, "")[:40] for name in ("stand", "art")}


def _filtered(rows: Sequence[tuple[MeasureRow, CompanyMeasure]]) -> list[tuple[MeasureRow, CompanyMeasure]]:
    """The rows that the form of the list asks for; unknown values ask for none."""
    state, kind = _filters()["stand"], _filters()["art"]
    return [
        (row, measure)
        for row, measure in rows
        if (not state or measure.state.value == state) and (not kind or measure.kind == kind)
    ]


def _repeated_texts(rows: Sequence[tuple[MeasureRow, CompanyMeasure]]) -> dict[int, str]:
    """By id of a measure, the text of an earlier one that may be the same."""
    found = {row.id: measure for row, measure in rows}
    return {number: found[first].text for number, first in repeated(found).items()}


def _groups(
    rows: Sequence[tuple[MeasureRow, CompanyMeasure]], repeats: Mapping[int, str]
) -> list[tuple[MeasureState, list[RegisterRow]]]:
    """The rows of each state that has any, in the order of the page."""
    return [
        (state, [register_row(row, measure, repeats.get(row.id, "")) for row, measure in pairs])
        for state, pairs in groupby(rows, key=lambda pair: pair[1].state)
    ]


def _list_url(organisation_id: int) -> str:
    """The list as it was before a click: with its filter and page."""
    kept: dict[str, Any] = {
        name: value for name in ("stand", "art", "seite") if (value := request.form.get(name, "")[:40])
    }
    return url_for(".show", organisation_id=organisation_id, **kept)


def _moved_text(text: str, state: MeasureState) -> str:
    short = text if len(text) <= MAX_MOVED_TEXT else f"{text[:MAX_MOVED_TEXT]} …"
    return str(_("„%(text)s“ hat jetzt den Stand „%(state)s“.", text=short, state=label_of(state)))


def _tell_of_example(is_taken_back: bool) -> None:
    if is_taken_back:
        flash(_("Ihr gutes Beispiel dazu ist zurückgezogen. Außer Ihnen sieht es niemand mehr."), "info")


def _full() -> str:
    return str(
        _(
            "Mehr als %(most)s Maßnahmen kann Ihr Unternehmen nicht haben. Löschen Sie zuerst eine.",
            most=MAX_COMPANY_MEASURES,
        )
    )
