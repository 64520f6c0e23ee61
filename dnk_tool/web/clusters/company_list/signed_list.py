"""Carries the previewed company list, signed, through the form that confirms it."""

from dataclasses import astuple

from dnk_tool.domain.clusters.company_list import (
    CompanyHintKind,
    CompanyListPreview,
    CompanyRow,
    CompanyRowFault,
    CompanyRowHint,
    RejectedCompanyRow,
)
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_cluster

PAYLOAD_KIND = "company-list"


def sign_company_list(sifted: CompanyListPreview) -> str:
    """Sign the list for its form, so that only what was previewed can be sent."""
    parts = [[astuple(row) for row in part] for part in (sifted.good, sifted.bad, sifted.hints)]
    return signed_payload.sign_payload(PAYLOAD_KIND, current_cluster().id, parts)


def unsign_company_list(text: str) -> CompanyListPreview:
    """The list signed for this person and cluster; an empty one for anything else."""
    parts = signed_payload.unsign_payload(PAYLOAD_KIND, current_cluster().id, text)
    if parts is None:
        return CompanyListPreview()
    good, bad, hints = parts
    return CompanyListPreview(
        [CompanyRow(*row) for row in good],
        [RejectedCompanyRow(number, CompanyRowFault(fault), *rest) for number, fault, *rest in bad],
        [CompanyRowHint(number, CompanyHintKind(kind), *rest) for number, kind, *rest in hints],
    )
