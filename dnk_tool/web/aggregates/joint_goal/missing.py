"""Which members do not count, in words: never by name where the permission is without names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.aggregates.joint_goal import MissingCompanies
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.web.clusters.cockpit.member_list_query import filter_parameters

MOST_PRESELECTED = 300  # members; a longer address is refused on its way


@dataclass(frozen=True)
class MissingRow:
    """How many companies, what about them, why, and where one can write to them."""

    number: int
    title: str
    detail: str
    href: str
    action: str


def missing_rows(missing: MissingCompanies, cluster_id: int, day: str) -> list[MissingRow]:
    """The rows in the order of what helps most; `day`: that of the sum."""
    rows = []
    if missing.not_in_sum:
        rows.append(_not_in_sum(missing.not_in_sum, cluster_id, day))
    if missing.without_permission:
        rows.append(_without_permission(missing.without_permission, cluster_id))
    return rows


def _not_in_sum(count: int, cluster_id: int, day: str) -> MissingRow:
    return MissingRow(
        count,
        ngettext("steckt nicht im Stand vom %(day)s", "stecken nicht im Stand vom %(day)s", count, day=day),
        _(
            "Es fehlt eine beschlossene Maßnahme mit Menge, Jahr und Herkunft der Zahl, oder sie zählt in "
            "einem anderen Cluster. Welche Unternehmen das sind, sehen Sie nicht."
        ),
        url_for("cockpit.message", cluster_id=cluster_id),
        _("An alle schreiben"),
    )


def _without_permission(members: Sequence[int], cluster_id: int) -> MissingRow:
    only: dict[str, Any] = {"cluster_id": cluster_id, **_only(members)}
    return MissingRow(
        len(members),
        ngettext("lässt seine Maßnahmen nicht zählen", "lassen ihre Maßnahmen nicht zählen", len(members)),
        _("Was ein Mitglied erlaubt, entscheidet es selbst, unter „Cluster“."),
        url_for("cockpit.message", **only),
        _("Anschreiben"),
    )


def _only(members: Sequence[int]) -> dict[str, str]:
    if len(members) > MOST_PRESELECTED:
        return {}
    return filter_parameters(MemberFilter(members=frozenset(members)))
