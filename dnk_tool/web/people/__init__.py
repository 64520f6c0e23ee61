"""People and where they work: the first page, the home of a company, its people and their invitations."""

from dnk_tool.web.people import company, invitations, member, people, start

BLUEPRINTS = (
    start.blueprint,
    company.blueprint,
    people.blueprint,
    member.blueprint,
    invitations.blueprint,
)
