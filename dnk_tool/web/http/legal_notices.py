"""Imprint, privacy and accessibility notices: the operator's texts from the instance folder."""

from pathlib import Path
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LANGUAGES
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings

blueprint = Blueprint("notices", __name__)

MAX_CHARACTERS = 100_000


@blueprint.get("/impressum")
@permit(Permission.PUBLIC)
def imprint() -> ResponseReturnValue:
    return render_template("http/imprint.html", **_operator_text("imprint"))


@blueprint.get("/datenschutz")
@permit(Permission.PUBLIC)
def privacy() -> ResponseReturnValue:
    return render_template("http/privacy.html", kept=_retention_periods(), **_operator_text("privacy"))


@blueprint.get("/barrierefreiheit")
@permit(Permission.PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("http/accessibility.html", **_operator_text("accessibility"))


def _retention_periods() -> dict[str, int]:
    """The operator's retention periods; 0 means for ever."""
    settings = current_settings()
    return {
        "mails_days": settings.keep_mails_days,
        "invitations_days": settings.keep_invitations_days,
        "trail_years": settings.keep_trail_years,
        "unused_accounts_months": settings.keep_unused_accounts_months,
    }


def _operator_text(name: str) -> dict[str, Any]:
    """The operator's paragraphs, preferably in the page's language, and the file's path."""
    settings = current_settings()
    folder = settings.instance / "pages"
    wanted = [current_language(), *LANGUAGES]
    text_language = next(
        (language for language in wanted if (folder / f"{name}.{language}.txt").is_file()), None
    )
    text = _read(folder / f"{name}.{text_language}.txt") if text_language else ""
    paragraphs = [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip()]
    return {
        "paragraphs": paragraphs,
        "text_language": text_language,
        "file": f"pages/{name}.{current_language()}.txt",
    }


def _read(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as opened:
        return opened.read(MAX_CHARACTERS)
