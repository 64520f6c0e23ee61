"""Whether search engines may show anything of this installation: the operator decides before any company."""

from typing import cast

from flask import current_app

from dnk_tool.config import Settings


def is_indexing_allowed() -> bool:
    """Whether companies' own choices count; else nothing is for search engines."""
    return cast(Settings, current_app.extensions["dnk_settings"]).robots != "none"
