"""Carries the list that somebody looked at through the form that confirms them."""

from dataclasses import astuple

from dnk_tool.domain.clusters.company_list import BadRow, Hint, Row, RowFault, RowHint, Sifted
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_cluster

KIND = "company-list"


def packed(sifted: Sifted) -> str:
    """The list as it travels through the form: only what was looked at here can be sent."""
    parts = [[astuple(one) for one in part] for part in (sifted.good, sifted.bad, sifted.hints)]
    return signed_payload.packed(KIND, current_cluster().id, parts)


def unpacked(text: str) -> Sifted:
    """What was packed for this person and cluster; nothing for anything else."""
    parts = signed_payload.unpacked(KIND, current_cluster().id, text)
    if parts is None:
        return Sifted()
    good, bad, hints = parts
    return Sifted(
        [Row(*one) for one in good],
        [BadRow(number, RowFault(fault), *rest) for number, fault, *rest in bad],
        [Hint(number, RowHint(kind), *rest) for number, kind, *rest in hints],
    )
