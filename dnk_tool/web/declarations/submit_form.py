"""The form that ends the final check: where the declaration goes, and who signs it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, ValidationError

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Permission, Role, can
from dnk_tool.language import local_day
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_account, current_actor, current_subject
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_fields import LineField
from dnk_tool.web.text.mail_address import checked_address
from dnk_tool.web.text.options import Option

NO_CLUSTER, SIGN_MYSELF, OTHER_PERSON = "none", "self", "other"
SIGNATORY_ROLES = frozenset({Role.OWNER, Role.EDITOR, Role.VIEWER})


class SubmitDeclarationForm(FlaskForm):
    """The view sets `choices`; fields without a choice are not validated."""

    cluster = RadioField(validate_choice=False)
    signatory = RadioField(validate_choice=False)
    confirmed = BooleanField()
    name = LineField(longest=MAX_NAME_LENGTH)
    email = StringField()

    choices: "SubmitChoices"

    def validate_cluster(self, field: RadioField) -> None:
        if field.data and not self.choices.clusters and field.data != NO_CLUSTER:
            # The cluster was left while the page was open: do not silently finish without a review.
            raise ValidationError(_("Ihr Unternehmen gehört nicht mehr zu diesem Cluster."))
        if self.choices.clusters and field.data not in self.choices.targets:
            raise ValidationError(_("Wählen Sie, was mit der Erklärung geschehen soll."))

    def validate_signatory(self, field: RadioField) -> None:
        if field.data and not self.choices.is_asked:
            raise ValidationError(_("Eine Bestätigung ist inzwischen nicht mehr nötig."))
        if self.choices.is_asked and field.data not in self.choices.signatories:
            raise ValidationError(_("Wählen Sie, wer die Erklärung bestätigt."))

    def validate_confirmed(self, field: BooleanField) -> None:
        if self._asks(SIGN_MYSELF) and not field.data:
            raise ValidationError(_("Setzen Sie das Häkchen, wenn Sie die Erklärung selbst bestätigen."))

    def validate_name(self, field: LineField) -> None:
        if self._asks(OTHER_PERSON) and not 0 < len(field.data or "") <= MAX_NAME_LENGTH:
            raise ValidationError(_("Geben Sie den Namen der Person ein, höchstens 200 Zeichen."))

    def validate_email(self, field: StringField) -> None:
        if not self._asks(OTHER_PERSON):
            return
        field.data = checked_address(field.data)
        if field.data == current_account().email:
            raise ValidationError(
                _("Das ist Ihre eigene Adresse. Wählen Sie „Ich bestätige selbst“.")
                if self.choices.may_confirm
                else _("Das ist Ihre eigene Adresse. Bestätigen muss eine andere Person.")
            )

    @property
    def cluster_id(self) -> int | None:
        """The cluster that reviews the declaration; None to finish without a review."""
        known = {str(cluster.id) for cluster in self.choices.clusters}
        # A cluster that was left does not count.
        return int(self.cluster.data) if self.cluster.data in known else None

    def _asks(self, whom: str) -> bool:
        return self.choices.is_asked and self.signatory.data == whom


@dataclass(frozen=True)
class SubmitChoices:
    """Clusters that may review, whether finishing without is allowed, and possible signatories."""

    clusters: Sequence[Cluster]
    may_finish: bool
    is_asked: bool
    people: Sequence[Account]
    may_confirm: bool

    @property
    def targets(self) -> set[str]:
        """Values of all targets that may be chosen."""
        return {str(cluster.id) for cluster in self.clusters} | ({NO_CLUSTER} if self.may_finish else set())

    def target_options(self) -> list[Option]:
        """Options: submit to one of the clusters, or finish without a review."""
        options: list[Option] = [
            {"value": cluster.id, "label": _("Zur Prüfung einreichen bei %(cluster)s", cluster=cluster.name)}
            for cluster in self.clusters
        ]
        last = {
            "value": NO_CLUSTER,
            "label": _("Ohne Prüfung abschließen"),
            "hint": _("In der Erklärung steht dann: ohne Prüfung durch Dritte."),
        }
        return [*options, last]

    @property
    def signatories(self) -> set[str]:
        """Values of all signatories that may be chosen."""
        return (
            {str(person.id) for person in self.people}
            | {OTHER_PERSON}
            | ({SIGN_MYSELF} if self.may_confirm else set())
        )


def submit_choices(declaration: Declaration) -> SubmitChoices:
    """Read the choices, in at most two queries."""
    organisation_id, today = declaration.organisation_id, local_day(datetime.now(UTC))
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    joined_clusters = [
        cluster
        for cluster, _consent in clusters.of_organisation(db(), organisation_id)
        if cluster.archived_at is None
    ]
    is_asked = declaration.organisation.requires_sign_off
    people = (
        accounts.people_with_roles(db(), organisation_id, SIGNATORY_ROLES, today=today) if is_asked else ()
    )
    return SubmitChoices(
        clusters=[
            cluster for cluster in joined_clusters if not is_in_review or cluster.id == declaration.cluster_id
        ],
        may_finish=not is_in_review,
        is_asked=is_asked,
        people=[person for person in people if person.id != current_actor().user_id and person.active],
        may_confirm=can(Permission.ORGANISATION_OWN, current_actor(), current_subject()),
    )


def default_form_data(declaration: Declaration, choices: SubmitChoices) -> dict[str, str]:
    """Preselect the cluster that had the declaration before, or the only one."""
    known = [cluster.id for cluster in choices.clusters]
    only = known[0] if len(known) == 1 else ""
    target = declaration.cluster_id if declaration.cluster_id in known else only
    return {"cluster": str(target), "signatory": ""}
