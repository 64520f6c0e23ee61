"""In which of its clusters a company looks at residues, and what it may do there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.residues import ResidueNoticeRow
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class ResiduePlace:
    """A company's membership in the cluster whose residues it looks at.

    `allows`: whether it lets the cluster show its residues; without, it can neither show nor ask. `crosses`:
    whether it lets neighbouring clusters see them, too. `others`: all its clusters, where it has several.
    """

    cluster: Cluster
    consent: Consent
    allows: bool
    crosses: bool
    others: Sequence[Cluster]

    def address(self, endpoint: str, **values: Any) -> str:
        """The address of a page of this company about residues in this cluster."""
        organisation_id = self.consent.organisation_id
        return url_for(endpoint, organisation_id=organisation_id, cluster=self.cluster.id, **values)


def place_of_row(row: ResidueNoticeRow) -> ResiduePlace:
    """The cluster in which a notice of the company stands."""
    return _place(clusters.of_organisation(db(), current_organisation().id), row.consent_id) or abort(404)


def chosen_place() -> ResiduePlace | None:
    """The cluster that the address names, else the company's first; None for a member of none."""
    standing = clusters.of_organisation(db(), current_organisation().id)
    asked = whole_number(request.args.get("cluster"))
    wanted = [consent.id for cluster, consent in standing if asked in (None, cluster.id)]
    return _place(standing, wanted[0]) if wanted else None


def place_or_404() -> ResiduePlace:
    """The cluster that the address names, else the company's first."""
    return chosen_place() or abort(404)


def _place(standing: Sequence[tuple[Cluster, Consent]], consent_id: int) -> ResiduePlace | None:
    found = next((pair for pair in standing if pair[1].id == consent_id), None)
    if found is None:
        return None
    others = [each for each, _consent in standing] if len(standing) > 1 else []
    allowed = choices.choices_of(db(), consent_id)
    allows = ConsentChoice.RESIDUES in allowed
    crosses = allows and ConsentChoice.RESIDUE_NEIGHBOURS in allowed
    return ResiduePlace(*found, allows, crosses, others)
