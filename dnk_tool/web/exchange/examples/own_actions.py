"""What a company does with its examples: begins one, offers it to a cluster, takes it back, deletes it."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.aggregates.comparability import section_of
from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.exchange.examples import (
    MAX_OFFERS_A_DAY,
    MAX_TITLE_LENGTH,
    ExampleContent,
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
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.measures import MeasureRow
from dnk_tool.web.exchange.examples import mails
from dnk_tool.web.exchange.examples.own_pages import blueprint, row_or_404
from dnk_tool.web.http.access import current_actor, current_organisation, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.labels import label_of


@blueprint.post("")
@permit(Permission.DECLARATION_EDIT)
@creates
def begin(organisation_id: int) -> ResponseReturnValue:
    """Begin the example of a measure with what is known of it, and open its form."""
    measure_id = whole_number(request.form.get("measure")) or 0
    measure = measures.find_row(db(), organisation_id, measure_id) or abort(404)
    try:
        row = verbs.begin_example(
            db(),
            organisation_id,
            measure_id,
            _first_content(measure),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except (MeasureNotDone, ExampleGone):
        flash(_("Ein Beispiel erzählt von einer Maßnahme, die umgesetzt ist."), "warning")
        return redirect(url_for("examples_of_company.show", organisation_id=organisation_id), 303)
    return redirect(url_for(".edit", organisation_id=organisation_id, example_id=row.id), 303)


@blueprint.post("/<int:example_id>/anbieten")
@permit(Permission.DECLARATION_PUBLISH)
def offer(organisation_id: int, example_id: int) -> ResponseReturnValue:
    cluster_id, seen = (whole_number(request.form.get(name)) or 0 for name in ("cluster", "version"))
    try:
        cluster = verbs.offer_example(
            db(),
            organisation_id,
            example_id,
            cluster_id,
            seen=seen,
            actor=current_actor(),
            now=datetime.now(UTC),
        )
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


def _do(verb: Callable[..., None], organisation_id: int, example_id: int) -> None:
    """Do something with an example; aborts with 404 if it is gone."""
    try:
        verb(db(), organisation_id, example_id, actor=current_actor(), now=datetime.now(UTC))
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
