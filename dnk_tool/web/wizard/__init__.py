"""The wizard: overview, one page per criterion, final check, files, self-assessment, history."""

from dnk_tool.web.wizard import (
    assessment,
    criterion,
    files,
    finish,
    from_file,
    goals,
    history,
    next_year,
    overview,
    plausibility,
    profile,
    publication,
    remarks,
    settings,
    sign_off,
    sign_off_rule,
)

BLUEPRINTS = (
    profile.blueprint,
    settings.blueprint,
    from_file.blueprint,
    overview.blueprint,
    next_year.blueprint,
    goals.blueprint,
    criterion.blueprint,
    finish.blueprint,
    plausibility.blueprint,
    files.blueprint,
    history.blueprint,
    remarks.blueprint,
    sign_off.blueprint,
    sign_off_rule.blueprint,
    publication.blueprint,
    assessment.blueprint,
)
