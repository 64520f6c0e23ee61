"""Carries the list that somebody looked at through the form that confirms them, signed for this person."""

from dataclasses import astuple
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from dnk_tool.domain.company_list import BadRow, Hint, Row, RowFault, RowHint, Sifted
from dnk_tool.web.access import current_actor, current_cluster


def packed(sifted: Sifted) -> str:
    """The list as it travels through the form: only what was looked at here can be sent."""
    parts = [[astuple(one) for one in part] for part in (sifted.good, sifted.bad, sifted.hints)]
    return str(_signer().dumps([_owner(), parts]))


def unpacked(text: str) -> Sifted:
    """What was packed for this person and cluster; nothing for anything else."""
    try:
        owner, (good, bad, hints) = _signer().loads(text)
    except BadData:
        return Sifted()
    if owner != _owner():
        return Sifted()
    return Sifted(
        [Row(*one) for one in good],
        [BadRow(number, RowFault(fault), *rest) for number, fault, *rest in bad],
        [Hint(number, RowHint(kind), *rest) for number, kind, *rest in hints],
    )


def _owner() -> list[int | None]:
    return [current_cluster().id, current_actor().user_id]


def _signer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="dnk-company-list")
