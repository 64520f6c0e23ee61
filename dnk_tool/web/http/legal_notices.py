"""Imprint, privacy and accessibility notices: the operator's texts, and what every installation says."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.operation import legal_texts
from dnk_tool.services.operation.legal_texts import LegalText, split_text
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings

blueprint = Blueprint("notices", __name__)


@blueprint.get("/impressum")
@permit(Permission.PUBLIC)
def imprint() -> ResponseReturnValue:
    return render_template("http/imprint.html", **_operator_text(LegalText.IMPRINT))


@blueprint.get("/datenschutz")
@permit(Permission.PUBLIC)
def privacy() -> ResponseReturnValue:
    return render_template(
        "http/privacy.html", kept=_retention_periods(), **_operator_text(LegalText.PRIVACY)
    )


@blueprint.get("/barrierefreiheit")
@permit(Permission.PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("http/accessibility.html", **_operator_text(LegalText.ACCESSIBILITY))


def _retention_periods() -> dict[str, int]:
    """The operator's retention periods; 0 means for ever."""
    settings = current_settings()
    return {
        "mails_days": settings.keep_mails_days,
        "invitations_days": settings.keep_invitations_days,
        "trail_years": settings.keep_trail_years,
        "unused_accounts_months": settings.keep_unused_accounts_months,
    }


def _operator_text(name: LegalText) -> dict[str, Any]:
    """The operator's text in blocks, its language, and for the operator the address of its editor."""
    language = current_language()
    shown = legal_texts.shown_text(current_settings().instance, name, language)
    may_edit = can(Permission.INSTALLATION_RUN, current_actor())
    return {
        "blocks": split_text(shown.text),
        "text_language": shown.language,
        "edit_url": url_for("operation.legal_text", legal_text=name, language=language) if may_edit else "",
    }
