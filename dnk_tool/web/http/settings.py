"""The settings of the running application."""

from typing import cast

from flask import current_app

from dnk_tool.config import Settings


def current_settings() -> Settings:
    """Return the settings with which the running application was created."""
    return cast(Settings, current_app.extensions["dnk_settings"])
