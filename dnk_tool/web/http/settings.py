"""The settings of the instance, for views and what they call."""

from typing import cast

from flask import current_app

from dnk_tool.config import Settings


def current_settings() -> Settings:
    """Returns the settings with which the running application was made."""
    return cast(Settings, current_app.extensions["dnk_settings"])
