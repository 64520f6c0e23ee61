"""Carries a preview through the form that confirms it, signed for the person who saw it."""

from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from dnk_tool.services.accounts import signing
from dnk_tool.web.http.access import current_actor


def sign_payload(kind: str, place: int, content: Any) -> str:
    """Sign JSON-serialisable content for this person; `place` is the id of what it belongs to."""
    return str(_signer(kind).dumps([place, current_actor().user_id, content]))


def unsign_payload(kind: str, place: int, text: str) -> Any:
    """The content signed for this person and place; None for anything else."""
    try:
        signed_place, person, content = _signer(kind).loads(text)
    except (BadData, ValueError, TypeError):
        return None
    return content if [signed_place, person] == [place, current_actor().user_id] else None


def _signer(kind: str) -> URLSafeSerializer:
    return signing.signer(current_app.config["SECRET_KEY"], f"dnk-{kind}")
