"""Carries the rows that somebody looked at through the form that confirms them, signed for this person."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from dnk_tool.domain.company_list import Row
from dnk_tool.web.access import current_actor, current_cluster


def packed(rows: Sequence[Row]) -> str:
    """The rows as they travel through the form: only what was looked at here can be sent."""
    fields = [[one.number, one.company, one.email, one.name, one.language] for one in rows]
    return str(_signer().dumps([*_owner(), fields]))


def unpacked(text: str) -> list[Row]:
    """What was packed for this person and cluster; nothing for anything else."""
    try:
        *owner, fields = _signer().loads(text)
    except BadData:
        return []
    return [Row(*one) for one in fields] if owner == _owner() else []


def _owner() -> list[int | None]:
    return [current_cluster().id, current_actor().user_id]


def _signer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="dnk-company-list")
