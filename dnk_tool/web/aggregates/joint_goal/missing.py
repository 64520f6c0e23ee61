"""Who does not count yet, in words: never by name where the permission is without names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.joint_goal import MissingCompanies
from dnk_tool.domain.aggregates.small_counts import count_in_steps
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.web.clusters.cockpit.selection_parameters import filter_parameters
from dnk_tool.web.http.transactions import db

MOST_PRESELECTED = 300  # members; a longer address is refused on its way


@dataclass(frozen=True)
class MissingRow:
    """How many companies, what about them, why, and where one can write to them; no address for none."""

    number: str
    title: str
    detail: str
    href: str = ""
    action: str = ""


def missing_rows(missing: MissingCompanies, cluster_id: int) -> list[MissingRow]:
    """The rows in the order of what helps most. Counts of what a register holds are blurred.

    None and a few look alike, as the page of the day before would tell what somebody has who just joined.
    """
    rows, allowing = [], missing.members - missing.without_consent
    if allowing:
        rows.append(
            MissingRow(
                _blurred(missing.without_effect, allowing),
                _("haben Maßnahmen ohne Wirkung"),
                _(
                    "Menge, Jahr oder Herkunft der Zahl fehlt; sie zählen noch nicht. Welche das sind, "
                    "sehen Sie nicht."
                ),
                url_for("cockpit.message", cluster_id=cluster_id),
                _("An alle schreiben"),
            )
        )
    if missing.without_consent:
        rows.append(_without_consent(missing.without_consent, cluster_id))
    if allowing:
        rows.append(
            MissingRow(
                _blurred(missing.without_measures, allowing),
                _("haben noch keine Maßnahme beschlossen"),
                _("Sie lassen ihre Maßnahmen zählen; Ideen zählen nicht."),
            )
        )
        rows.append(
            MissingRow(
                _blurred(missing.elsewhere, allowing),
                _("zählen mit Maßnahmen in einem anderen Cluster"),
                _("Jede Maßnahme zählt einmal, dort, wo das Unternehmen es gewählt hat."),
            )
        )
    return rows


def _without_consent(count: int, cluster_id: int) -> MissingRow:
    members = joint_goals.members_without_permission(db(), cluster_id)
    title = ngettext("lässt seine Maßnahmen nicht zählen", "lassen ihre Maßnahmen nicht zählen", count)
    detail = _("Was ein Mitglied erlaubt, entscheidet es selbst, unter „Cluster“.")
    only: dict[str, Any] = {"cluster_id": cluster_id, **_only(members)}
    href = url_for("cockpit.message", **only)
    return MissingRow(str(count), title, detail, href, _("Anschreiben"))


def _only(members: Sequence[int]) -> dict[str, str]:
    if len(members) > MOST_PRESELECTED:
        return {}
    return filter_parameters(MemberFilter(members=frozenset(members)))


def _blurred(count: int, among: int) -> str:
    """The count in steps of the least number of companies of a sum; never that it is all of so many."""
    least = load_aggregation_rules().sum_companies
    if count < least:
        return str(_("unter %(least)s", least=least))
    return str(_("mindestens %(least)s", least=count_in_steps(count, among, least)))
