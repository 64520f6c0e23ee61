"""A company's own example: how it looks, and the form in which it is written.

What a company does with its examples: begins one, offers it to a cluster, takes it back, deletes it.
"""

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.aggregates.comparability import section_of
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.exchange.examples import (
    MAX_OFFERS_A_DAY,
    MAX_TITLE_LENGTH,
    ExampleContent,
    ExampleState,
    example_number,
    missing_example_parts,
    plain_text,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.text import first_words
from dnk_tool.language import format_number
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.exchange.examples import (
    ClusterNotAllowed,
    ExampleGone,
    ExampleIncomplete,
    ExampleNotOpen,
    MeasureNotDone,
    TooManyOffers,
)
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.exchange import examples
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.exchange.examples import ExampleRow
from dnk_tool.store.tables.measures import MeasureRow
from dnk_tool.web.exchange.examples import mails
from dnk_tool.web.exchange.examples.example_view import example_view
from dnk_tool.web.exchange.examples.form import (
    MAX_PICTURE_BYTES,
    PICTURE,
    ExampleForm,
    form_values,
    section_options,
    sent_picture,
)
from dnk_tool.web.http.access import current_actor, current_organisation, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import DEFAULT_MAX_REQUEST_BYTES, accepts_upload
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.form_errors import FieldError, field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.options import pair_options

blueprint = Blueprint(
    "own_examples", __name__, url_prefix="/unternehmen/<int:organisation_id>/beispiele/eigene"
)


def row_or_404(organisation_id: int, example_id: int) -> ExampleRow:
    """The example of the company; aborts with 404 if there is none."""
    return examples.find_row(db(), organisation_id, example_id) or abort(404)


def too_large_text() -> tuple[str, str]:
    """That a file with a picture is too large, as the title and text of a page."""
    return _("Diese Datei ist zu groß"), _(
        "Möglich sind %(most)s MB. Gehen Sie zurück, und wählen Sie ein kleineres Bild.",
        most=MAX_PICTURE_BYTES // 1_000_000,
    )


@blueprint.get("/<int:example_id>")
@permit(Permission.ORGANISATION_VIEW)
def show(organisation_id: int, example_id: int) -> ResponseReturnValue:
    """The example as others see it, and what can be done with it now."""
    row = row_or_404(organisation_id, example_id)
    content, number = examples.content_of(row), examples.number_of(row)
    has_picture = examples.has_picture(db(), row.id)
    cluster = examples.cluster_of_offer(db(), row)
    measure = measures.find_row(db(), organisation_id, row.measure_id)
    clusters = examples.clusters_allowed(db(), organisation_id)
    return render_template(
        "exchange/examples/own.html",
        row=row,
        view=example_view(current_organisation().name, content, number),
        state=row.state if cluster else ExampleState.DRAFT,
        cluster=cluster,
        clusters=clusters,
        cluster_items=pair_options((str(key), name) for key, name in clusters.items()),
        contact=accounts.name_of(db(), row.contact_id),
        has_picture=has_picture,
        missing=missing_example_parts(content, number, has_picture=has_picture),
        has_newer_number=measure is not None and example_number(measures.measure_of(measure)) != number,
    )


@blueprint.get("/<int:example_id>/aendern")
@permit(Permission.DECLARATION_EDIT)
def edit(organisation_id: int, example_id: int) -> ResponseReturnValue:
    row = row_or_404(organisation_id, example_id)
    if row.state is not ExampleState.DRAFT and examples.cluster_of_offer(db(), row) is not None:
        flash(_not_open_text(), "warning")
        return redirect(url_for(".show", organisation_id=organisation_id, example_id=example_id))
    values = form_values(examples.stored_example(row), is_contact=row.contact_id == current_actor().user_id)
    return _form_page(ExampleForm(formdata=None, data=values), row)


@blueprint.post("/<int:example_id>/aendern")
@permit(Permission.DECLARATION_EDIT)
@accepts_upload(MAX_PICTURE_BYTES + DEFAULT_MAX_REQUEST_BYTES, too_large=too_large_text)
def save(organisation_id: int, example_id: int) -> ResponseReturnValue:
    """Save the draft. Returns 409 with the other person's text after an edit conflict."""
    contact_id = row_or_404(organisation_id, example_id).contact_id
    end_transaction()  # releases the lock while a picture is redrawn
    form = ExampleForm()
    picture = sent_picture(form)
    if not form.validate() or form.picture_error:
        row = row_or_404(organisation_id, example_id)
        return _form_page(form, row, picture=picture), 422
    may_name = contact_id in (None, current_actor().user_id)
    try:
        verbs.change_example(
            current_work(),
            organisation_id,
            example_id,
            form.content,
            picture=picture,
            is_contact=bool(form.is_contact.data) if may_name else None,
            seen=seen_version(form),
        )
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        row = row_or_404(organisation_id, example_id)
        return _form_page(form, row, theirs=error.conflict.theirs, picture=picture), 409
    except (ExampleNotOpen, MeasureNotDone):
        db().rollback()
        row = row_or_404(organisation_id, example_id)
        return _form_page(form, row, is_closed=True, picture=picture), 409
    flash(_("Gespeichert. So sieht Ihr Beispiel jetzt aus."), "success")
    return redirect(url_for(".show", organisation_id=organisation_id, example_id=example_id), 303)


@blueprint.get("/<int:example_id>/bild.jpg")
@permit(Permission.ORGANISATION_VIEW)
def picture(organisation_id: int, example_id: int) -> ResponseReturnValue:
    """The picture as others see it, as JPEG."""
    content = examples.picture_of(db(), row_or_404(organisation_id, example_id).id)
    return Response(content, mimetype="image/jpeg") if content else abort(404)


def _not_open_text() -> str:
    return str(
        _(
            "Das Beispiel liegt beim Cluster oder steht dort schon. Ziehen Sie es zuerst zurück, um es zu "
            "ändern."
        )
    )


def _form_page(
    form: ExampleForm,
    row: ExampleRow,
    *,
    theirs: ExampleContent | None = None,
    is_closed: bool = False,
    picture: bytes | None = None,
) -> str:
    """The form as it was sent; `picture`: a new one, which has to be chosen again, empty to remove it."""
    errors = list(field_errors(form))
    if form.picture_error:
        errors.append(FieldError(PICTURE, form.picture_error))
    is_other = row.contact_id not in (None, current_actor().user_id)
    measure = measures.find_row(db(), row.organisation_id, row.measure_id)
    return render_template(
        "exchange/examples/edit.html",
        row=row,
        form=form,
        errors=errors,
        measure=measure,
        theirs=theirs,
        is_picture_lost=bool(picture),
        removes_picture=picture == b"",
        closed_text=_not_open_text() if is_closed else "",
        sections=section_options(),
        other_contact=accounts.name_of(db(), row.contact_id) if is_other else "",
        has_picture=examples.has_picture(db(), row.id),
    )


@blueprint.post("")
@permit(Permission.DECLARATION_EDIT)
@creates
def begin(organisation_id: int) -> ResponseReturnValue:
    """Begin the example of a measure with what is known of it, and open its form."""
    measure_id = whole_number(request.form.get("measure")) or 0
    measure = measures.find_row(db(), organisation_id, measure_id) or abort(404)
    try:
        row = verbs.begin_example(current_work(), organisation_id, measure_id, _first_content(measure))
    except (MeasureNotDone, ExampleGone):
        flash(_("Ein Beispiel erzählt von einer Maßnahme, die umgesetzt ist."), "warning")
        return redirect(url_for("examples_of_company.show", organisation_id=organisation_id), 303)
    return redirect(url_for(".edit", organisation_id=organisation_id, example_id=row.id), 303)


@blueprint.post("/<int:example_id>/anbieten")
@permit(Permission.DECLARATION_PUBLISH)
def offer(organisation_id: int, example_id: int) -> ResponseReturnValue:
    cluster_id, seen = (whole_number(request.form.get(name)) or 0 for name in ("cluster", "version"))
    try:
        cluster = verbs.offer_example(current_work(), organisation_id, example_id, cluster_id, seen=seen)
        mails.tell_managers(cluster, example_id)
        said, kind = _("„%(cluster)s“ hat Ihr Beispiel jetzt.", cluster=cluster.name), "success"
    except ExampleIncomplete as error:
        parts = ", ".join(label_of(part) for part in error.parts)
        said, kind = _("Es fehlt noch: %(parts)s.", parts=parts), "warning"
    except ClusterNotAllowed:
        said, kind = _("Das haben Sie diesem Cluster nicht erlaubt. Es ist nichts angeboten."), "warning"
    except MeasureNotDone:
        said, kind = _("Ein Beispiel erzählt von einer Maßnahme, die umgesetzt ist."), "warning"
    except TooManyOffers:
        said, kind = (
            _("Heute geht keines mehr: Anbieten können Sie %(most)s Mal am Tag.", most=MAX_OFFERS_A_DAY),
            "warning",
        )
    except (ConflictError, ExampleNotOpen):
        said, kind = _changed_text(), "warning"
    except ExampleGone:
        abort(404)
    if kind != "success":
        db().rollback()
    flash(said, kind)
    return _back(organisation_id, example_id)


@blueprint.post("/<int:example_id>/zurueckziehen")
@permit(Permission.DECLARATION_EDIT)
def withdraw(organisation_id: int, example_id: int) -> ResponseReturnValue:
    _do(verbs.withdraw_example, organisation_id, example_id)
    flash(_("Zurückgezogen. Außer Ihrem Unternehmen sieht das Beispiel jetzt niemand mehr."), "success")
    return _back(organisation_id, example_id)


@blueprint.post("/<int:example_id>/kontakt-entfernen")
@permit(Permission.DECLARATION_EDIT)
def remove_contact(organisation_id: int, example_id: int) -> ResponseReturnValue:
    _do(verbs.remove_contact, organisation_id, example_id)
    flash(_("Das Beispiel nennt niemanden mehr."), "success")
    return _back(organisation_id, example_id)


@blueprint.post("/<int:example_id>/loeschen")
@permit(Permission.DECLARATION_EDIT)
def remove(organisation_id: int, example_id: int) -> ResponseReturnValue:
    title = row_or_404(organisation_id, example_id).title
    _do(verbs.remove_example, organisation_id, example_id)
    flash(_("Gelöscht: %(text)s", text=title or _("Beispiel ohne Überschrift")), "success")
    return redirect(url_for("examples_of_company.show", organisation_id=organisation_id), 303)


def _do(verb: Callable[[Work, int, int], None], organisation_id: int, example_id: int) -> None:
    """Do something with an example; aborts with 404 if it is gone."""
    try:
        verb(current_work(), organisation_id, example_id)
    except ExampleGone:
        abort(404)


def _back(organisation_id: int, example_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", organisation_id=organisation_id, example_id=example_id), 303)


def _first_content(measure: MeasureRow) -> ExampleContent:
    """What the measure already says: a heading, the money spent, and the company's section."""
    money = measure.investment_eur
    spent = format_number(money.normalize() + 0, current_language()) if money else ""
    return ExampleContent(
        title=plain_text(first_words(measure.text, MAX_TITLE_LENGTH)),
        effort=str(_("%(amount)s EUR Investition", amount=spent)) if spent else "",
        section=section_of(current_organisation().sector),
    )


def _changed_text() -> str:
    return str(_("Jemand hat dieses Beispiel gerade geändert. Bitte sehen Sie noch einmal nach."))
