"""The wizard: overview, one page per criterion, final check, files, self-assessment, history."""

from dnk_tool.web.wizard import (
    assessment,
    criterion,
    files,
    finish,
    history,
    overview,
    profile,
    settings,
    start,
)

BLUEPRINTS = (
    start.blueprint,
    profile.blueprint,
    settings.blueprint,
    overview.blueprint,
    criterion.blueprint,
    finish.blueprint,
    files.blueprint,
    history.blueprint,
    assessment.blueprint,
)
