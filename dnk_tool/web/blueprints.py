"""Every module with pages, room by room. Importing one adds its views to the blueprint that it names."""

from flask import Blueprint

from dnk_tool.web import factors, privacy
from dnk_tool.web.accounts import (
    account,
    first_start,
    passkeys,
    registration,
    second_factor,
    second_step,
    single_sign_on,
    step_up,
)
from dnk_tool.web.activity import pages as activity_pages
from dnk_tool.web.answers import criterion, goals, history, self_assessment, self_checks
from dnk_tool.web.clusters import deadlines, navigation, team, team_changes
from dnk_tool.web.clusters import members as cluster_members
from dnk_tool.web.clusters.cockpit import exports, heat_map
from dnk_tool.web.clusters.cockpit import overview as cockpit
from dnk_tool.web.clusters.company_list import upload as company_list
from dnk_tool.web.clusters.consent import join as cluster_join
from dnk_tool.web.clusters.consent import manage as consents
from dnk_tool.web.clusters.messages import compose as cluster_messages
from dnk_tool.web.clusters.operator import clusters, managers
from dnk_tool.web.clusters.operator import invitations as manager_invitations
from dnk_tool.web.declarations import branding, finish, import_file, next_year, overview, settings
from dnk_tool.web.declarations.sign_off import by_link, by_member, rule
from dnk_tool.web.evidence import add, download, edit
from dnk_tool.web.evidence import listing as evidence_listing
from dnk_tool.web.exports import declaration_files
from dnk_tool.web.figures import files as figure_files
from dnk_tool.web.figures import history as figure_history
from dnk_tool.web.figures import listing as figure_listing
from dnk_tool.web.figures import plausibility, scope, show, sites
from dnk_tool.web.figures.calculators import lines, trace
from dnk_tool.web.figures.calculators import listing as calculator_listing
from dnk_tool.web.http import health, languages, legal_notices
from dnk_tool.web.invitations import accept
from dnk_tool.web.invitations.contributions import answer, new_request
from dnk_tool.web.invitations.contributions import request_list as request_listing
from dnk_tool.web.mail import outbox_page, reminders
from dnk_tool.web.people import company, member, members, profile, start
from dnk_tool.web.publication import branding as published_branding
from dnk_tool.web.publication import declaration, feeds, lists, publish, robots, search_engines, verification
from dnk_tool.web.review import (
    decision,
    queue,
    remark_templates,
    section,
)
from dnk_tool.web.review import evidence as reviewed_evidence
from dnk_tool.web.review import files as reviewed_files
from dnk_tool.web.review import overview as review_overview
from dnk_tool.web.review.company_side import remarks

PAGES = (
    health,
    languages,
    legal_notices,
    *(account, step_up, second_factor, passkeys, second_step, single_sign_on, registration, first_start),
    *(privacy, reminders, outbox_page, activity_pages),
    *(start, company, members, member, accept, profile),
    *(settings, import_file, overview, next_year, finish, branding, by_member, rule, by_link),
    *(criterion, goals, history, self_assessment, self_checks),
    *(factors, figure_listing, show, scope, sites, figure_history, plausibility, figure_files),
    *(calculator_listing, lines, trace),
    *(evidence_listing, add, edit, download),
    declaration_files,
    *(new_request, request_listing, answer),
    *(publish, search_engines, lists, declaration, feeds, published_branding, robots, verification),
    *(navigation, cockpit, heat_map, exports, cluster_messages, cluster_members, company_list),
    *(team, team_changes, deadlines, cluster_join, consents, clusters, manager_invitations, managers),
    *(
        queue,
        review_overview,
        section,
        decision,
        reviewed_files,
        reviewed_evidence,
        remark_templates,
        remarks,
    ),
)

# Modules of one room may share a blueprint.
BLUEPRINTS: tuple[Blueprint, ...] = tuple(dict.fromkeys(module.blueprint for module in PAGES))
