"""Why a company sees no numbers of its group: no cluster, no consent to comparisons, no release yet."""

from collections.abc import Sequence
from enum import StrEnum

from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES
from dnk_tool.store.tables.clusters import Cluster, Consent


class MissingGroup(StrEnum):
    """What stands between a company and the numbers of its group."""

    NO_CLUSTER = "no-cluster"
    OLD_CONSENT = "old-consent"  # its consent is from before comparisons were asked for
    NOT_ALLOWED = "not-allowed"
    NO_RELEASE = "no-release"


def why_no_group(
    memberships: Sequence[tuple[Cluster, Consent]], cluster_id: int | None, *, has_release: bool
) -> tuple[MissingGroup, Consent | None] | None:
    """The reason with the consent that could be changed; None where the cluster's release may be seen."""
    consents = [consent for cluster, consent in memberships if cluster.id == cluster_id]
    if not consents:
        return MissingGroup.NO_CLUSTER, None
    if has_release:
        return None
    if consents[0].edition not in EDITIONS_WITH_CHOICES:
        return MissingGroup.OLD_CONSENT, consents[0]
    reason = MissingGroup.NO_RELEASE if consents[0].aggregates_from else MissingGroup.NOT_ALLOWED
    return reason, consents[0]
