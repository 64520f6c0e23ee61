"""A cluster's own pages: its members and their invitations, its team, its deadlines."""

from dnk_tool.web.cluster import (
    cockpit,
    company_list,
    consents,
    deadlines,
    exports,
    heat_map,
    joining,
    members,
    messages,
    navigation,
    operator,
    operator_invitations,
    operator_managers,
    team,
    team_changes,
)

# The modules that add their pages to the cockpit, to the team and to the operator's area.
COCKPIT = (cockpit, heat_map, exports, messages)
TEAM, OPERATOR = (team, team_changes), (operator, operator_invitations, operator_managers)

BLUEPRINTS = (
    navigation.blueprint,
    cockpit.blueprint,
    members.blueprint,
    company_list.blueprint,
    team.blueprint,
    deadlines.blueprint,
    operator.blueprint,
    joining.blueprint,
    consents.blueprint,
)
