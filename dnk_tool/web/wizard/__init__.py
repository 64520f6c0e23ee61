"""The wizard: overview, one page per criterion, final check, self-assessment, history."""

from dnk_tool.web.wizard import assessment, criterion, finish, history, organisations, overview, start

BLUEPRINTS = (
    start.blueprint,
    organisations.blueprint,
    overview.blueprint,
    criterion.blueprint,
    finish.blueprint,
    history.blueprint,
    assessment.blueprint,
)
