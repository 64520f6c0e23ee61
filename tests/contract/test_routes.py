"""Every address, every method, every kind of person: who gets in, checked against a table of its own.

The table below knows nothing of the policy in `domain/permissions.py`; whoever adds an endpoint must say
here, too, who may use it.
"""

import gzip
import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest
import time_machine
from flask import Flask, Response, abort, g, request, session
from flask.sessions import SessionMixin
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dnk_tool.domain.permissions import Actor, Permission
from dnk_tool.language import translations
from dnk_tool.store import schema
from dnk_tool.web.http import access, interrupted_forms
from dnk_tool.web.http.access import permission_of, permit
from dnk_tool.web.template_context import STATIC
from tests.support.app import (
    PASSWORD,
    World,
    database_session,
    form_fields,
    make_account,
    post,
    sign_in,
    sign_in_by_form,
    token_of,
    without_token,
)
from tests.support.browsers import signed_in

# An outsider manages another cluster; the access of the expired viewer ended.
ROLES = (
    "nobody",
    "stranger",
    "expired",
    "viewer",
    "contributor",
    "editor",
    "owner",
    "reviewer",
    "manager",
    "outsider",
    "operator",
)

EVERYBODY = frozenset(ROLES)
# Who goes through all addresses in one test: three tests, which several processes can share.
GROUPS = (ROLES[:4], ROLES[4:7], ROLES[7:])
PERSONS = EVERYBODY - {"nobody"}
MEMBERS = frozenset({"viewer", "editor", "owner"})
INSIDERS = MEMBERS | {"contributor"}
WRITERS = frozenset({"editor", "owner"})
AUTHORS = WRITERS | {"contributor"}
OWNERS = frozenset({"owner"})
STAFF = frozenset({"manager", "reviewer"})
MANAGERS = frozenset({"manager"})
OPERATORS = frozenset({"operator"})

ALLOWED = {
    "static": EVERYBODY,
    "health.show": EVERYBODY,
    "health.ready": EVERYBODY,
    "languages.choose": EVERYBODY,
    "start.show": EVERYBODY,
    "start.sample_pdf": EVERYBODY,
    "help.index": EVERYBODY,
    "help.topic": EVERYBODY,
    "help.glossary": PERSONS,
    "help.criteria": PERSONS,
    "help.search": EVERYBODY,  # a visitor finds only help; see test_search
    "factors.index": EVERYBODY,
    "notices.imprint": EVERYBODY,
    "notices.privacy": EVERYBODY,
    "notices.accessibility": EVERYBODY,
    "security.login": EVERYBODY,
    "security.logout": EVERYBODY,
    "security.forgot_password": EVERYBODY,
    "security.reset_password": EVERYBODY,
    "set_up.show": EVERYBODY,  # the token is the key; see test_first_start
    "security.change_password": PERSONS,
    "account.show": PERSONS,
    "account.change": PERSONS,
    "account.sign_out_one": PERSONS,
    "account.sign_out_everywhere": PERSONS,
    "privacy.export": PERSONS,
    "privacy.erase": PERSONS,
    "reminders.show": EVERYBODY,  # the link is the key; see test_reminding
    "reminders.stop": EVERYBODY,
    "operation.legal_texts": OPERATORS,
    "operation.legal_text": OPERATORS,
    "operation.save_legal_text": OPERATORS,
    "outbox.show": OPERATORS,
    "outbox.retry": OPERATORS,
    "outbox.send_test": OPERATORS,
    "outbox.check_sender": OPERATORS,
    "trail.show": OWNERS,
    "trail.as_csv": OWNERS,
    "trail.cluster": MANAGERS,
    "fresh.show": PERSONS,
    "fresh.confirm": PERSONS,
    "second_factor.show": PERSONS,
    "second_factor.begin": PERSONS,
    "second_factor.add": PERSONS,
    "second_factor.remove": PERSONS,
    "second_factor.renew_codes": PERSONS,
    "second_factor.decline": PERSONS,
    "passkeys.new": PERSONS,
    "passkeys.options_for_new": PERSONS,
    "passkeys.add": PERSONS,
    "passkeys.remove": PERSONS,
    "passkeys.options": EVERYBODY,
    "passkeys.sign_in": EVERYBODY,
    "second_step.show": EVERYBODY,
    "second_step.check": EVERYBODY,
    "single_sign_on.begin": EVERYBODY,
    "single_sign_on.returned": EVERYBODY,
    "single_sign_on.finish": EVERYBODY,
    "single_sign_on.unlink": PERSONS,
    "registration.register": EVERYBODY,  # where it is off, none of these exists; see test_registration
    "registration.sent": EVERYBODY,
    "registration.confirm": EVERYBODY,
    "company.show": INSIDERS,
    "comparison.show": MEMBERS,
    "company_export.show": OWNERS,
    "company_export.take": OWNERS,
    "declaration_deletion.ask": WRITERS,
    "declaration_deletion.delete": OWNERS,
    "declaration_deletion.discard": WRITERS,
    "declaration_deletion.index": WRITERS,
    "declaration_deletion.restore": WRITERS,
    "declaration_deletion.ask_to_erase": OWNERS,
    "declaration_deletion.erase": OWNERS,
    "reporting_year.show": WRITERS,
    "reporting_year.change": WRITERS,
    "company_closing.ask": OWNERS,
    "company_closing.delete": OWNERS,
    "people.show": MEMBERS,
    "people.invite": OWNERS,
    "people.send": OWNERS,
    "people.resend": OWNERS,
    "people.revoke": OWNERS,
    "member.edit": OWNERS,
    "member.change": OWNERS,
    "member.ask_to_remove": OWNERS,
    "member.remove": OWNERS,
    "member.ask_to_leave": INSIDERS,
    "member.leave": INSIDERS,
    "invitations.show": EVERYBODY,  # the link is the key; see test_invitations
    "profile.new": PERSONS,
    "profile.create": PERSONS,
    "profile.edit": MEMBERS,
    "profile.update": WRITERS,
    "settings.new": WRITERS,
    "settings.start": WRITERS,
    "from_file.upload": WRITERS,
    "from_file.check": WRITERS,
    "from_file.take": WRITERS,
    "settings.show": MEMBERS,
    "settings.change": WRITERS,
    "overview.show": INSIDERS,
    "missing.show": INSIDERS,
    "first_day.show": MEMBERS,
    "first_day.begin": WRITERS,
    "first_day.questionnaire": MEMBERS,
    "offline.show": INSIDERS,
    "offline.download": INSIDERS,
    "offline.check": INSIDERS,  # who may change nothing gets 403 from the view
    "offline.take": INSIDERS,
    "criterion.show": INSIDERS,
    "change_requests.begin": INSIDERS,
    "change_requests.changes": MEMBERS,
    "change_requests.save": INSIDERS,
    "change_requests.show": INSIDERS,
    "criterion.figures": INSIDERS,
    "criterion.method": INSIDERS,
    "criterion.preview": INSIDERS,
    "criterion.save": AUTHORS,
    "criterion.save_figures": AUTHORS,
    "criterion.save_method": AUTHORS,
    "finish.check": MEMBERS,
    "finish.submit": WRITERS,
    "finish.ask_to_recall": WRITERS,
    "finish.recall": WRITERS,
    "finish.reopen": WRITERS,
    "version_page.show": MEMBERS,
    "plausibility.show": MEMBERS,
    "plausibility.save": WRITERS,
    "recalculated.show": INSIDERS,
    "recalculated.save": INSIDERS,  # contributors: figures of their sections, see test_recalculated
    "remarks.show": INSIDERS,
    "remarks.write": INSIDERS,
    "sign_off.show": MEMBERS,
    "sign_off.answer": MEMBERS,  # whoever was asked, and nobody else; see test_sign_off_pages
    "sign_off.remind": WRITERS,
    "sign_off_rule.show": OWNERS,
    "sign_off_rule.change": OWNERS,
    "climate_path.show": MEMBERS,
    "climate_path.edit": WRITERS,
    "climate_path.save": WRITERS,
    "climate_path.take_base_year": WRITERS,
    "climate_path.remove": WRITERS,
    "sign_offs.show": EVERYBODY,  # the link is the key; see test_sign_off_pages
    "sign_offs.answer": EVERYBODY,
    "sign_offs.pdf": EVERYBODY,
    "publication.show": OWNERS,
    "publication.publish": OWNERS,
    "publication.change_quotable": OWNERS,
    "publication.ask_to_withdraw": OWNERS,
    "publication.withdraw": OWNERS,
    "public.index": EVERYBODY,
    "public.show": EVERYBODY,
    "public.pdf": EVERYBODY,
    "public.short_pdf": EVERYBODY,
    "public.file": EVERYBODY,
    "public.data": EVERYBODY,
    "public.xlsx": EVERYBODY,
    "public.csv": EVERYBODY,
    "public.logo": EVERYBODY,
    "public.portrait": EVERYBODY,
    "public.colours": EVERYBODY,
    "public.feed": EVERYBODY,
    "public.cluster": EVERYBODY,
    "public.cluster_by_number": EVERYBODY,
    "public.cluster_feed": EVERYBODY,
    "robots.show": EVERYBODY,
    "robots.sitemap": EVERYBODY,
    "look.show": WRITERS,
    "look.change": WRITERS,
    "look.logo": MEMBERS,
    "look.portrait": MEMBERS,
    "findable.show": OWNERS,
    "findable.change": OWNERS,
    "origin.index": EVERYBODY,
    "origin.show": EVERYBODY,
    "origin.check": EVERYBODY,
    "origin.seal": EVERYBODY,
    "origin.keys": EVERYBODY,
    "files.index": MEMBERS,
    "files.draft_pdf": MEMBERS,
    "files.inside": MEMBERS,
    "files.section_pdf": INSIDERS,
    "files.draft_file": MEMBERS,
    "files.version_file": MEMBERS,
    "files.version_pdf": MEMBERS,
    "files.version_json": MEMBERS,
    "files.version_seal": MEMBERS,
    "files.current_json": MEMBERS,
    "contributions.show": WRITERS,
    "contributions.new": WRITERS,
    "contributions.ask": WRITERS,
    "contributions.remind": WRITERS,
    "contributions.revoke": WRITERS,
    "contributions.answer": EVERYBODY,  # the link is the key; see test_contribution_pages
    "review.queue": STAFF,
    "review.show": STAFF,
    "review.save_points": STAFF,
    "review.protocol_pdf": STAFF,
    "review.ask_withdrawal": STAFF,
    "review.withdraw": STAFF,
    "review_history.show": INSIDERS,
    "review_protocol.pdf": MEMBERS,
    "review.criterion": STAFF,
    "review.judge": STAFF,
    "review.autosave": STAFF,
    "review.ask_changes": STAFF,
    "review.request_changes": STAFF,
    "review.ask_approval": STAFF,
    "review.approve": STAFF,
    "review.resolve": STAFF,
    "review.edit_draft": STAFF,
    "review.save_draft": STAFF,
    "review.assign": STAFF,
    "review.share_out": MANAGERS,
    "review.conflict": STAFF,
    "review.mark_conflict": STAFF,
    "review.end_conflict": MANAGERS,
    "review.version_pdf": STAFF,
    "review.version_file": STAFF,
    "review.version_json": STAFF,
    "stock.show": STAFF,
    "stock.new": STAFF,
    "stock.create": STAFF,
    "stock.edit": STAFF,
    "stock.change": STAFF,
    "stock.delete": STAFF,
    "history.show": INSIDERS,
    "history.restore": AUTHORS,
    "awards.show": MANAGERS,
    "awards.award": MANAGERS,
    "awards.new": MANAGERS,
    "awards.create": MANAGERS,
    "awards.edit": MANAGERS,
    "awards.change": MANAGERS,
    "awards.lead_on": MANAGERS,
    "awards.delete": MANAGERS,
    "awards.nomination": MANAGERS,
    "awards.remove_nomination": MANAGERS,
    "awards.new_proposal": MANAGERS,
    "awards.propose": MANAGERS,
    "awards.invite": MANAGERS,
    "awards.remove_juror": MANAGERS,
    "awards.result": MANAGERS,
    "awards.decide": MANAGERS,
    "awards.certificate": MANAGERS,
    "awards_of_company.show": MEMBERS,
    "awards_of_company.nomination": MEMBERS,
    "awards_of_company.edit": OWNERS,
    "awards_of_company.nominate": OWNERS,
    "awards_of_company.withdraw": WRITERS,
    "awards_of_company.certificate": MEMBERS,
    "jury.show": EVERYBODY,  # the link is the key; see test_jury_pages
    "jury.sheet": EVERYBODY,
    "jury.save": EVERYBODY,
    "working_groups.show": MANAGERS,
    "working_groups.new": MANAGERS,
    "working_groups.create": MANAGERS,
    "working_groups.edit": MANAGERS,
    "working_groups.change": MANAGERS,
    "working_groups.delete": MANAGERS,
    "working_groups.take_out": MANAGERS,
    "groups_of_company.show": MEMBERS,
    "groups_of_company.join": WRITERS,
    "groups_of_company.leave": WRITERS,
    "examples.show": MANAGERS,
    "examples.read": MANAGERS,
    "examples.picture": MANAGERS,
    "examples.publish": MANAGERS,
    "examples.give_back": MANAGERS,
    "examples_of_company.show": MEMBERS,
    "examples_of_company.read": MEMBERS,
    "examples_of_company.picture": MEMBERS,
    "own_examples.begin": WRITERS,
    "own_examples.show": MEMBERS,
    "own_examples.edit": WRITERS,
    "own_examples.save": WRITERS,
    "own_examples.picture": MEMBERS,
    "own_examples.offer": OWNERS,
    "own_examples.withdraw": WRITERS,
    "own_examples.remove": WRITERS,
    "own_examples.remove_contact": WRITERS,
    "public_examples.by_number": EVERYBODY,
    "public_examples.show": EVERYBODY,
    "public_examples.read": EVERYBODY,
    "public_examples.picture": EVERYBODY,
    "public_examples.feed": EVERYBODY,
    "public_examples.card": EVERYBODY,
    "measures.show": MEMBERS,
    "measures.new": WRITERS,
    "measures.create": WRITERS,
    "measures.edit": MEMBERS,
    "measures.save": WRITERS,
    "measures.move": WRITERS,
    "measures.recalculate": WRITERS,
    "measures.remove": WRITERS,
    "measures.restore": WRITERS,
    "assessment.show": MEMBERS,
    "assessment.edit": MEMBERS,
    "assessment.save": WRITERS,
    "next_year.show": WRITERS,
    "next_year.begin": WRITERS,
    "next_year.take_all": WRITERS,
    "goal_list.show": MEMBERS,
    "goal_list.save": WRITERS,
    "goals.show": MEMBERS,
    "goals.save": WRITERS,
    "self_checks.index": MEMBERS,
    "self_checks.show": MEMBERS,
    "self_checks.save": WRITERS,
    "self_checks.result": MEMBERS,
    "self_checks.add": WRITERS,
    "bills.show": MEMBERS,
    "bills.save": WRITERS,
    "bills.others": WRITERS,
    "lists.show": WRITERS,
    "lists.read": WRITERS,
    "lists.check": WRITERS,
    "calculators.index": MEMBERS,
    "calculators.show": MEMBERS,
    "calculators.recalculate_base_year": WRITERS,
    "calculators.choose_potentials": WRITERS,
    "calculators.take_newer": WRITERS,
    "calculators.take_result": WRITERS,
    "calculators.new": WRITERS,
    "calculators.create": WRITERS,
    "calculators.edit": MEMBERS,
    "calculators.save": WRITERS,
    "calculators.remove": WRITERS,
    "calculators.restore": WRITERS,
    "calculators.trace": MEMBERS,
    "figures.index": MEMBERS,
    "figures.material_flow": MEMBERS,
    "figures.scope": MEMBERS,
    "figures.save_the_scope": WRITERS,
    "figures.show": MEMBERS,
    "figures.save": WRITERS,
    "figures.take": WRITERS,
    "figures.by_site": MEMBERS,
    "figures.save_by_site": WRITERS,
    "figures.versions": MEMBERS,
    "figures.restore": WRITERS,
    "evidence.index": INSIDERS,  # contributors: what belongs to their sections, see test_evidence_pages
    "evidence.add": INSIDERS,
    "evidence.upload": INSIDERS,
    "evidence.use_again": INSIDERS,
    "evidence.edit": INSIDERS,
    "evidence.save": INSIDERS,
    "evidence.ask_to_remove": INSIDERS,
    "evidence.remove": INSIDERS,
    "evidence.open_file": INSIDERS,
    "review.open_file": STAFF,
    "review.page_picture": STAFF,
    "figure_files.export": MEMBERS,
    "figure_files.template": MEMBERS,
    "figure_files.upload": WRITERS,
    "figure_files.check": WRITERS,
    "figure_files.confirm": WRITERS,
    "cockpit.show": STAFF,
    "cockpit.member": STAFF,
    "attendance.index": STAFF,
    "attendance.show": STAFF,
    "attendance.save": STAFF,
    "member_file.pause": MANAGERS,
    "member_file.notes": STAFF,
    "member_file.write_note": STAFF,
    "member_file.edit_note": STAFF,
    "member_file.change_note": STAFF,
    "member_file.delete_note": STAFF,
    "member_file.ask_to_remove": MANAGERS,
    "member_file.remove": MANAGERS,
    "cockpit.heat_map": STAFF,
    "cockpit.csv": STAFF,
    "cockpit.xlsx": STAFF,
    "cockpit.reviews": MANAGERS,
    "cockpit.message": MANAGERS,
    "operation.show": OPERATORS,
    "operation.clusters": OPERATORS,
    "operation.companies": OPERATORS,
    "operation.confirmations": OPERATORS,
    "operation.change_confirmations": OPERATORS,
    "operation.company": OPERATORS,
    "operation.archive_company": OPERATORS,
    "operation.archive_cluster": OPERATORS,
    "operation.invite_owner": OPERATORS,
    "operation.ask_owners": OPERATORS,
    "operation.ask_to_delete_company": OPERATORS,
    "operation.delete_company": OPERATORS,
    "operation.ask_to_delete_cluster": OPERATORS,
    "operation.delete_cluster": OPERATORS,
    "operation.create": OPERATORS,
    "operation.cluster": OPERATORS,
    "operation.rename": OPERATORS,
    "operation.invite": OPERATORS,
    "operation.change_invitation": OPERATORS,
    "operation.ask_to_remove": OPERATORS,
    "operation.remove": OPERATORS,
    "operation.people": OPERATORS,
    "operation.person": OPERATORS,
    "operation.unlock_person": OPERATORS,
    "operation.end_sign_ins": OPERATORS,
    "operation.send_password_link": OPERATORS,
    "operation.ask_to_lock_person": OPERATORS,
    "operation.lock_person": OPERATORS,
    "operation.ask_to_reset_factors": OPERATORS,
    "operation.reset_factors": OPERATORS,
    "operation.ask_to_change_operator": OPERATORS,
    "operation.change_operator": OPERATORS,
    "operation.ask_to_erase_person": OPERATORS,
    "operation.erase_person": OPERATORS,
    "cluster_members.show": STAFF,
    "cluster_members.ask_to_renew": MANAGERS,
    "cluster_members.invite": MANAGERS,
    "cluster_members.send": MANAGERS,
    "cluster_members.resend": MANAGERS,
    "cluster_members.revoke": MANAGERS,
    "company_list.show": MANAGERS,
    "company_list.check": MANAGERS,
    "company_list.revise": MANAGERS,
    "company_list.send": MANAGERS,
    "company_list.template_csv": MANAGERS,
    "cluster_team.show": STAFF,
    "cluster_team.ask_to_hand_over": MANAGERS,
    "cluster_team.hand_over": MANAGERS,
    "aggregate_releases.show": STAFF,
    "aggregate_releases.order": MANAGERS,
    "aggregate_releases.make": MANAGERS,
    "aggregate_releases.discard": MANAGERS,
    "aggregate_releases.withdraw": MANAGERS,
    "cluster_years.show": STAFF,
    "cluster_years.change": MANAGERS,
    "cluster_report.show": MANAGERS,
    "cluster_report.pdf": MANAGERS,
    "cluster_report.file": MANAGERS,
    "cluster_team.invite": MANAGERS,
    "cluster_team.send": MANAGERS,
    "cluster_team.person": MANAGERS,
    "cluster_team.change": MANAGERS,
    "cluster_team.ask_to_remove": MANAGERS,
    "cluster_team.remove": MANAGERS,
    "cluster_team.details": MANAGERS,
    "cluster_team.change_details": MANAGERS,
    "workshop.show": MANAGERS,
    "workshop.open_it": MANAGERS,
    "workshop.close": MANAGERS,
    "workshop.begin_practice": MANAGERS,
    "workshop.wall": MANAGERS,
    "room.enter": EVERYBODY,
    "room.ask": EVERYBODY,  # the code is the key; see test_workshop_rooms
    "room.sent": EVERYBODY,
    "cluster_invitations.show": STAFF,
    "cluster_invitations.links": MANAGERS,
    "cluster_invitations.switch": MANAGERS,
    "cluster_invitations.remind": MANAGERS,
    "cluster_invitations.send_reminders": MANAGERS,
    "cluster_invitations.single": MANAGERS,
    "cluster_invitations.correct": MANAGERS,
    "cluster_invitations.bounced": MANAGERS,
    "sent_messages.show": MANAGERS,
    "sent_messages.message": MANAGERS,
    "declined_invitation.show": EVERYBODY,  # the link is the key; see test_invitation_states
    "joint_goal.show": MANAGERS,
    "joint_goal.make": MANAGERS,
    "joint_goal.edit": MANAGERS,
    "joint_goal.change": MANAGERS,
    "joint_goal.xlsx": MANAGERS,
    "polls.show": MANAGERS,
    "polls.poll": MANAGERS,
    "polls.new": MANAGERS,
    "polls.create": MANAGERS,
    "polls.edit": MANAGERS,
    "polls.change": MANAGERS,
    "polls.open_it": MANAGERS,
    "polls.close": MANAGERS,
    "polls.delete": MANAGERS,
    "polls.ask_again": MANAGERS,
    "polls.put_in_report": MANAGERS,
    "polls.judge_text": MANAGERS,
    "polls.wall": MANAGERS,
    "polls.answers_csv": MANAGERS,
    "poll.enter": EVERYBODY,
    "poll.ask": EVERYBODY,  # the code is the key; see test_poll_pages
    "poll.answer": EVERYBODY,
    "poll.thanks": EVERYBODY,
    "joint_goal_of_company.show": MEMBERS,
    "residues.show": MEMBERS,
    "residue_notices.new": WRITERS,
    "residue_notices.create": WRITERS,
    "residue_notices.edit": WRITERS,
    "residue_notices.save": WRITERS,
    "residue_notices.remove": WRITERS,
    "residue_inquiries.show": MEMBERS,
    "residue_inquiries.new": WRITERS,
    "residue_inquiries.ask": WRITERS,
    "residue_inquiries.agree": WRITERS,
    "residue_inquiries.decline": WRITERS,
    "residue_inquiries.take_back": WRITERS,
    "residue_reports.show": WRITERS,
    "residue_reports.report": WRITERS,
    "residues_passed_on.show": WRITERS,
    "residues_passed_on.note": WRITERS,
    "residue_sheet.of_member": MEMBERS,
    "residue_sheet.of_cluster": MANAGERS,
    "residue_sheet.as_csv": MANAGERS,
    "residue_board.show": MANAGERS,
    "residue_board.introduce": MANAGERS,
    "residue_board.ask_to_take_down": MANAGERS,
    "residue_board.take_down": MANAGERS,
    "residue_board.dismiss": MANAGERS,
    "residue_pictures.of_member": MEMBERS,
    "residue_pictures.of_cluster": MANAGERS,
    "residue_neighbours.show": MANAGERS,
    "residue_neighbours.propose": MANAGERS,
    "residue_neighbours.accept": MANAGERS,
    "residue_neighbours.end": MANAGERS,
    "measure_list.show": WRITERS,
    "measure_list.read": WRITERS,
    "measure_list.check": WRITERS,
    "measure_list.take": WRITERS,
    "measure_list.xlsx": MEMBERS,
    "cohorts.show": MANAGERS,
    "cohorts.moved": MANAGERS,
    "cohorts.new": MANAGERS,
    "cohorts.create": MANAGERS,
    "cohorts.edit": MANAGERS,
    "cohorts.change": MANAGERS,
    "cohorts.ask_to_delete": MANAGERS,
    "cohorts.delete": MANAGERS,
    "cohort_companies.show": MANAGERS,
    "cohort_companies.save": MANAGERS,
    "cohort_calendar.all_days": STAFF,
    "cohort_calendar.milestone": STAFF,
    "firm_calendar.all_days": INSIDERS,
    "firm_calendar.milestone": INSIDERS,
    "cockpit.choose_view": STAFF,
    "company_invitation.show": EVERYBODY,  # the link is the key; see test_company_invitations
    "consents.show": MEMBERS,
    "consents.edit": OWNERS,
    "consents.change": OWNERS,
    "consents.ask_to_renew": OWNERS,
    "consents.renew": OWNERS,
    "consents.leave_as_it_is": OWNERS,
    "consents.edit_choice": OWNERS,
    "consents.change_choice": OWNERS,
    "consents.leave": OWNERS,
    "consents.withdraw": OWNERS,
}

# What stands in an address besides the company and the declaration.
PARTS: dict[str, Any] = {
    "list_name": "lohn",
    "section_ref": "1",
    "indicator_ref": "GRI-SRS-102-16",
    "file_id": 1,
    "sha256": "0" * 64,
    "version": 1,
    "number": 1,
    "ref": "1.1",
    "kind": "answer",
    "check": "energy",
    "calculator_key": "energy",
    "line_id": 1,
    "measure_id": 1,
    "example_id": 1,
    "notice_id": 1,
    "inquiry_id": 1,
    "other_id": 1,
    "datapoint": "energy.electricity.consumption",
    "file_format": "csv",
    "export_format": "docx",
    "revision_id": 1,
    "stock_id": 1,
    "account_id": 1,
    "invitation_id": 1,
    "message_id": 1,
    "consent_id": 1,
    "choice": "support",
    "note_id": 1,
    "year": 2025,
    "cohort_id": 1,
    "milestone_id": 1,
    "key": 1,
    "topic_key": "zahlen",
    "token": "x",
    "passkey_id": 1,
    "legal_text": "imprint",
    "slug": "x",
    "name": "cluster",
    "code": "0000-0000-0000",
    "thread_id": 1,
    "remark_id": 1,
    "release_id": 1,
    "poll_id": 1,
    "award_id": 1,
    "nomination_id": 1,
    "juror_id": 1,
    "group_id": 1,
    "language": "en",
    "filename": "app.css",
}

UNKNOWN = 987_654

# In their own company and cluster they are what the others are in ours.
SEEN_AS = {"stranger": "owner", "outsider": "manager"}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule with each of its methods."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule, method


def scope_of(rule: Rule) -> str:
    """What an address is about: something of a cluster, something of a company, or nothing in particular."""
    if "cluster_id" in rule.arguments:
        return "cluster"
    return "company" if {"organisation_id", "declaration_id"} & rule.arguments else ""


def path_of(app: Flask, rule: Rule, organisation: int, declaration: int, cluster: int = UNKNOWN) -> str:
    values = PARTS | {
        "organisation_id": organisation,
        "declaration_id": declaration,
        "cluster_id": cluster,
    }
    return app.url_map.bind("localhost").build(rule.endpoint, {a: values[a] for a in rule.arguments})


def browsers(app: Flask, roles: Collection[str] = ROLES) -> dict[str, FlaskClient]:
    """A browser for each role, signed in."""
    clients = {role: app.test_client() for role in roles}
    for role, client in clients.items():
        if role != "nobody":
            sign_in(client, f"{role}@example.org")
    return clients


def table_digests(app: Flask) -> dict[str, str]:
    """A hash of all rows of each table."""
    with app.extensions["dnk_session_factory"]() as session:
        return {
            name: hashlib.sha256(repr(sorted(map(repr, session.execute(select(table))))).encode()).hexdigest()
            for name, table in schema.metadata().tables.items()
            if name != "rate_limit"
        }


def test_every_endpoint_declares_a_permission_and_stands_in_the_table(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint in endpoints if permission_of(app, endpoint) is None} == set()
    assert endpoints == set(ALLOWED), "say in ALLOWED who may use the new endpoint"


def expected(endpoint: str, role: str, method: str, *, scope: str, is_own: bool) -> str:
    to_visitors = "redirect" if method == "GET" else "401"
    if scope and not is_own:
        return to_visitors if role == "nobody" else "404"
    if role in ALLOWED[endpoint]:
        return "in"
    if role == "nobody":
        return to_visitors
    knows = {"": PERSONS, "company": INSIDERS, "cluster": STAFF}[scope]
    return "403" if role in knows else "404"


def outcome_of_answer(answer: Response) -> str:
    if answer.headers.get("X-Reached"):
        return "in"
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/anmelden?next=")
        return "redirect"
    return str(answer.status_code)


PERSON = "test.person"


@dataclass(frozen=True)
class Person:
    """Who sends a request: the browser with its token, and what a request finds out about them."""

    client: FlaskClient
    token: str
    session: SessionMixin
    looked_up: dict[str, Any]


@pytest.fixture
def people(app: Flask, world: World) -> dict[str, Person]:
    """Everybody as a request finds them."""
    known = {}
    for role, client in browsers(app).items():
        token = token_of(client)
        with client:
            client.get("/hilfe")
            names = ("actor", "account", "places", "teams", "_login_user")
            looked_up = {name: g.get(name) for name in names if name in g}
            held = session._get_current_object()  # type: ignore[attr-defined]
            known[role] = Person(client, token, held, looked_up)
    return known


@pytest.fixture
def guarded(app: Flask, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with a world in it, whose views only say that they were reached; nothing is counted."""
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.READ_LIMITS", {})
    for endpoint, view in list(app.view_functions.items()):

        def reached(_view: Any = view, **_names: Any) -> Any:
            return "", 200, {"X-Reached": "1"}

        reached.permission = permission_of(app, endpoint)  # type: ignore[attr-defined]
        monkeypatch.setitem(app.view_functions, endpoint, reached)
    return app


# Tells how a role fares at a path with a method, and what it reads there.
Ask = Callable[[str, str, str], tuple[str, str]]


def check_matrix(
    app: Flask, world: World, chosen: Iterable[tuple[Rule, str]], roles: Collection[str], ask: Ask
) -> int:
    """Compare what each role is told with the table: own, foreign and unknown objects; how often it asked."""
    checks, wrong = 0, []
    ours = (world.own, world.own_declaration, world.cluster)
    theirs = (world.foreign, world.foreign_declaration, world.foreign_cluster)
    for rule, method in chosen:
        if rule.endpoint == "static":
            continue
        scope = scope_of(rule)
        for role in roles:
            own, other = (theirs, ours) if role in SEEN_AS else (ours, theirs)
            bodies, answers = {}, {}
            for kind, ids in {"own": own, "foreign": other, "unknown": (UNKNOWN, UNKNOWN, UNKNOWN)}.items():
                path = path_of(app, rule, *ids)
                # What names no object has one address, and nothing that is reached here changes anything.
                if path not in answers:
                    answers[path] = ask(path, method, role)
                told, bodies[kind] = answers[path]
                allowed = expected(
                    rule.endpoint, SEEN_AS.get(role, role), method, scope=scope, is_own=kind == "own"
                )
                checks += 1
                if told != allowed:
                    wrong.append(f"{method} {rule} {role} {kind}: {told}, not {allowed}")
            if scope and role != "nobody" and bodies["foreign"] != bodies["unknown"]:
                wrong.append(f"{method} {rule} {role}: foreign differs from unknown")
    assert not wrong, "\n".join(wrong)
    return checks


def test_the_groups_of_roles_are_all_roles() -> None:
    assert [role for group in GROUPS for role in group] == [*ROLES]


@pytest.mark.parametrize("roles", GROUPS, ids=lambda roles: roles[-1])
def test_matrix(
    guarded: Flask,
    world: World,
    people: dict[str, Person],
    monkeypatch: pytest.MonkeyPatch,
    roles: tuple[str, ...],
) -> None:
    """Who gets past all that stands before a view: each rule, method and role.

    Who somebody is, is looked up once; the pages that say no are in the test below.
    """
    find_people_at_once(guarded, monkeypatch)

    def ask(path: str, method: str, role: str) -> tuple[str, str]:
        person = people[role]
        headers = {"X-CSRFToken": person.token}
        with guarded.test_request_context(
            path, method=method, headers=headers, environ_overrides={PERSON: person}
        ):
            try:
                answer = guarded.preprocess_request()
            except HTTPException as refusal:
                return str(refusal.code), ""
            return "in" if answer is None else outcome_of_answer(guarded.make_response(answer)), ""

    assert check_matrix(guarded, world, rules(guarded), roles, ask) > 1_000 * len(roles)


@pytest.mark.parametrize("roles", GROUPS, ids=lambda roles: roles[-1])
def test_a_page_that_says_no_tells_nothing_else(
    guarded: Flask, world: World, people: dict[str, Person], roles: tuple[str, ...]
) -> None:
    """Over HTTP, one rule of each permission, method and kind of object: foreign looks as unknown does."""
    kinds: dict[object, tuple[Rule, str]] = {}
    for rule, method in rules(guarded):
        named = frozenset({"cluster_id", "organisation_id", "declaration_id"} & rule.arguments)
        kinds.setdefault((permission_of(guarded, rule.endpoint), method, named), (rule, method))

    def ask(path: str, method: str, role: str) -> tuple[str, str]:
        person = people[role]
        answer = person.client.open(path, method=method, headers={"X-CSRFToken": person.token})
        return outcome_of_answer(answer), without_token(answer.text)

    assert check_matrix(guarded, world, kinds.values(), roles, ask) > 100 * len(roles)


def find_people_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on a request finds its person in its environment; a page to sign in is not drawn."""

    def load_actor() -> Actor:
        person: Person = request.environ[PERSON]
        for name, value in person.looked_up.items():
            setattr(g, name, value)
        return person.looked_up["actor"]  # type: ignore[no-any-return]

    monkeypatch.setattr(access, "_load_actor", load_actor)
    monkeypatch.setattr(
        app.session_interface, "open_session", lambda _app, request: request.environ[PERSON].session
    )
    monkeypatch.setattr(interrupted_forms, "render_template", lambda _name, **_values: "")


@pytest.mark.parametrize("token", ["", "garbage", "of another session"])
def test_every_form_needs_its_token(app: Flask, world: World, token: str) -> None:
    clients, other = browsers(app), app.test_client()
    sign_in(other, "owner@example.org")
    if token == "of another session":
        token = token_of(other)
    before = table_digests(app)
    unsafe = [(rule, method) for rule, method in rules(app) if method != "GET"]
    assert len(unsafe) > 10
    for rule, method in unsafe:
        # Somebody who may, so that nothing but the token is in the way.
        role = next(role for role in ("owner", *ROLES) if role in ALLOWED[rule.endpoint])
        answer = clients[role].open(
            path_of(app, rule, world.own, world.own_declaration, world.cluster),
            method=method,
            data={"csrf_token": token, "email": "x@example.org", "name": "x"},
            environ_overrides={"REMOTE_ADDR": f"10.9.8.{len(rule.rule)}"},
        )
        assert answer.status_code == 400, rule
    assert table_digests(app) == before


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ["nobody", "owner", "manager", "operator"])
def test_no_get_changes_a_table_and_headers_are_on_every_page(app: Flask, world: World, role: str) -> None:
    [client] = browsers(app, [role]).values()
    before = table_digests(app)
    file = app.extensions["dnk_settings"].instance / "dnk.sqlite3"
    # The clock stands still: once a minute a page notes that somebody is still there.
    with closing(sqlite3.connect(file)) as watcher, time_machine.travel(time.time(), tick=False):
        seen = version_of(watcher)
        refused: set[object] = set()
        for rule, method in rules(app):
            if method == "GET":
                if role not in ALLOWED[rule.endpoint]:
                    # No view is reached (`test_matrix`): one page that says no is as another.
                    kind = permission_of(app, rule.endpoint), scope_of(rule)
                    if kind in refused:
                        continue
                    refused.add(kind)
                path = path_of(app, rule, world.own, world.own_declaration, world.cluster)
                answer = client.get(path)
                assert answer.status_code < 500, path
                check_headers(answer, is_private=role != "nobody" and not path.startswith("/static/"))
                if seen != (seen := version_of(watcher)):
                    assert table_digests(app) == before, path
    assert table_digests(app) == before


def version_of(connection: sqlite3.Connection) -> int:
    """Another number whenever somebody else has written to the database, whatever it was."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


@pytest.mark.sqlite
def test_what_another_writes_is_seen_in_the_version(app: Flask, world: World) -> None:
    with closing(sqlite3.connect(app.extensions["dnk_settings"].instance / "dnk.sqlite3")) as watcher:
        seen = version_of(watcher)
        assert version_of(watcher) == seen
        with database_session(app) as session:
            make_account(session, "late@example.org")
        assert version_of(watcher) != seen


METHODS_OF_NO_PAGE = ("TRACE", "PUT", "PATCH", "DELETE", "PROPFIND")


def test_no_other_method_is_understood(app: Flask, world: World) -> None:
    """The router knows none, so that no view is found; what is answered then, at one address of each page."""
    client = signed_in(app, "owner")
    addresses = app.url_map.bind("localhost")
    one_each: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        path = path_of(app, rule, world.own, world.own_declaration, world.cluster)
        one_each.setdefault(rule.endpoint.partition(".")[0], path)
        for method in METHODS_OF_NO_PAGE:
            with pytest.raises(MethodNotAllowed):
                addresses.match(path, method=method)
    for place, path in enumerate(one_each.values()):
        method = METHODS_OF_NO_PAGE[place % len(METHODS_OF_NO_PAGE)]
        answer = client.open(path, method=method)
        assert answer.status_code == 405, (method, path)
        assert {"GET", "POST"} & set(answer.headers["Allow"].split(", ")), path


def test_headers_where_there_is_no_page(app: Flask, world: World) -> None:
    client = signed_in(app, "owner")
    for path in ("/gibt-es-nicht", "/erklaerungen/987654/"):
        check_headers(client.get(path), is_private=True)


@pytest.mark.own_app
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422, 429, 500, 503])
def test_headers_on_error_pages(app: Flask, status: int) -> None:
    answer = error_of(app, status)
    assert answer.status_code == status
    check_headers(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def error_of(app: Flask, status: int, **headers: str) -> TestResponse:
    """An answer with the status, caused as it would be in life where that is easy."""

    def fail() -> None:
        if status == 500:
            raise RuntimeError("SELECT secret FROM inside")
        abort(status)

    app.testing = False
    app.add_url_rule("/fehler", "test.fail", permit(Permission.PUBLIC)(fail))
    client = app.test_client()
    if status == 401:
        return client.post("/konto", headers=headers)
    if status == 405:
        return client.post("/hilfe", headers=headers)
    if status == 413:
        return client.post("/konto/passwort", data={"a": "x" * 2_100_000}, headers=headers)
    return client.get("/fehler", headers=headers)


def check_headers(answer: TestResponse, *, is_private: bool = False) -> None:
    if is_private:
        assert answer.headers["Cache-Control"] == "no-store", answer.request.path
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["X-Request-Id"]


@pytest.mark.own_app
@pytest.mark.parametrize(
    ("status", "german"),
    [
        (403, "Dazu fehlen Ihnen hier die Rechte"),
        (404, "Diese Seite gibt es nicht"),
        (409, "Jemand war schneller"),
        (410, "Diese Seite gibt es nicht mehr"),
        (413, "Das ist zu viel auf einmal"),
        (422, "Diese Angaben können wir nicht lesen"),
        (500, "Das hat nicht geklappt"),
        (503, "Das dauert gerade zu lange"),
    ],
)
def test_error_pages_speak_both_languages_and_tell_nothing(app: Flask, status: int, german: str) -> None:
    english = translations("en").gettext(german)
    assert english != german
    page = error_of(app, status)
    assert f'<h1 class="govuk-heading-l">{german}</h1>' in page.text
    for secret in ("Traceback", "RuntimeError", "SELECT", "dnk_tool/", "sqlalchemy"):
        assert secret not in page.text
    client = app.test_client()
    client.get("/sprache/en")
    if status not in (413,):
        assert english in client.get("/fehler").text
    if status == 500:
        assert page.headers["X-Request-Id"] in page.text
        with client.session_transaction() as session:
            session["_flashes"] = [("success", "Erledigt ist der Schritt davor.")]
        seen = [
            "Schritt davor" in client.get(address).text for address in ("/fehler", "/anmelden", "/anmelden")
        ]
        assert seen == [False, True, False], "the message waits for the next page that works"


def test_programs_are_told_of_errors_as_json(app: Flask, world: World) -> None:
    client = signed_in(app, "owner")
    for path in (
        "/erklaerungen/987654/erklaerung.json",
        "/oeffentlich/gibt-es-nicht/erklaerung.json",
        "/cluster/987654/kohorten/1/termine.ics",
        "/gibt-es-nicht/feed.atom",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path
        assert answer.json is not None
        assert (answer.json["status"], answer.json["title"]) == (404, "Diese Seite gibt es nicht")
        check_headers(answer, is_private=True)
    assert client.get("/erklaerungen/987654/").mimetype == "text/html"
    browser = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert browser.mimetype == "text/html", "somebody who followed a link sees a page"


@pytest.mark.own_app
def test_an_endpoint_without_permission_is_refused_and_logged(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    app.testing = False
    app.add_url_rule("/vergessen", "test.forgotten", lambda: "secret")
    with caplog.at_level(logging.CRITICAL):
        answer = app.test_client().get("/vergessen")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "test.forgotten declares no permission" in caplog.text


def test_static_files_may_be_kept_forever_if_their_name_says_so(client: FlaskClient) -> None:
    files = [file.name for file in STATIC.glob("app*.css")]
    assert files, "build the interface first: python -m dnk_tool.build_hook"
    for name in files:
        answer = client.get(f"/static/{name}")
        is_fingerprinted = name != "app.css"
        assert ("immutable" in answer.headers["Cache-Control"]) is is_fingerprinted
        assert "Set-Cookie" not in answer.headers


def test_a_page_begins_with_its_doctype(client: FlaskClient) -> None:
    assert client.get("/").text.startswith("<!DOCTYPE html>\n<html")


@pytest.mark.parametrize("path", ["/", "/anmelden", "/static/app.css", "/static/app.js"])
def test_the_first_visit_is_compressed(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    for accepted, encoding, unpacked in (
        ("gzip, br", "br", brotli.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
    ):
        small = client.get(path, headers={"Accept-Encoding": accepted})
        assert small.headers["Content-Encoding"] == encoding
        assert without_token(unpacked(small.data).decode()) == without_token(plain.text)
        assert "Accept-Encoding" in small.headers["Vary"]
        if "ETag" in small.headers:
            known = {"Accept-Encoding": accepted, "If-None-Match": small.headers["ETag"]}
            assert client.get(path, headers=known).status_code == 304
    assert client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers.get("Content-Encoding") is None


def test_what_the_build_compressed_is_sent_as_it_is(client: FlaskClient) -> None:
    for file in STATIC.glob("app.*.br"):
        answer = client.get(f"/static/{file.stem}", headers={"Accept-Encoding": "br"})
        assert answer.data == file.read_bytes()
        assert brotli.decompress(answer.data) == (STATIC / file.stem).read_bytes()
        assert len(answer.data) < len(brotli.compress((STATIC / file.stem).read_bytes(), quality=7))


def test_the_first_visit_is_small(client: FlaskClient) -> None:
    paths = ("/", "/static/app.css", "/static/app.js")
    assert sum(len(client.get(path, headers={"Accept-Encoding": "gzip"}).data) for path in paths) < 40_000


@pytest.mark.parametrize(
    ("site", "is_compressed"), [("same-origin", True), ("none", True), ("cross-site", False), (None, False)]
)
def test_a_length_tells_other_sites_nothing_of_private_pages(
    app: Flask, world: World, site: str | None, is_compressed: bool
) -> None:
    client = signed_in(app, "owner")
    headers = {"Accept-Encoding": "gzip"} | ({"Sec-Fetch-Site": site} if site else {})
    answer = client.get(f"/erklaerungen/{world.own_declaration}/", headers=headers)
    assert ("Content-Encoding" in answer.headers) is is_compressed


def test_reading_public_pages_sets_no_cookie(client: FlaskClient) -> None:
    for path in ("/", "/hilfe", "/healthz", "/health/ready"):
        assert "Set-Cookie" not in client.get(path).headers


SPELLINGS = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "%2f%2fevil.example",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//localhost@evil.example",
    "evil.example",
    "\x19//evil.example",
    "http://localhost.evil.example",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_nobody_is_sent_to_another_site(app: Flask, spelling: str) -> None:
    with database_session(app) as session:
        make_account(session, "anna@example.org")
    client = app.test_client()
    answers = [
        client.get("/sprache/de", query_string={"next": spelling}),
        sign_in_by_form(client, "anna@example.org", next=spelling),
        client.get("/anmelden", query_string={"next": spelling}),
        post(client, "/abmelden", {"next": spelling}),
        client.post("/anmelden", query_string={"next": spelling}, data={}),
    ]
    for answer in answers:
        assert_stays(answer.headers.get("Location", "/"))
    assert "evil" not in client.get("/anmelden", query_string={"next": spelling}).text.split("<main")[1]


def assert_stays(location: str) -> None:
    """As a browser reads it: backslashes are slashes, control signs vanish."""
    read = "".join(sign for sign in location.replace("\\", "/") if sign > " ")
    assert read.startswith("/")
    assert not read.startswith("//")
    assert not urlsplit(read).netloc


def test_the_way_back_survives_the_sign_in(app: Flask, world: World) -> None:
    client = app.test_client()
    target = f"/erklaerungen/{world.own_declaration}/kriterien/11?a=1&b=%C3%A4"
    redirect = client.get(target)
    shown = client.get(redirect.headers["Location"])
    after = form_fields(shown.text)["next"][0]
    answer = sign_in_by_form(client, "owner@example.org", next=after)
    assert answer.headers["Location"] == target


def test_no_log_names_a_person_or_a_secret(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with database_session(app) as session:
        make_account(session, "canary@example.org", name="Kanarienvogel")
    with caplog.at_level(logging.DEBUG):
        post(client, "/anmelden", {"email": "canary@example.org", "password": "kanarienpasswort"})
        post(client, "/passwort-vergessen", {"email": "canary@example.org"})
        sign_in(client, "canary@example.org")
        client.get("/konto")
        client.get("/erklaerungen/1/")
    for canary in ("canary@", "Kanarienvogel", "kanarienpasswort", "/passwort-vergessen/"):
        assert canary not in caplog.text


@pytest.mark.own_app
def test_when_the_database_is_down_nobody_gets_in_and_nothing_leaks(app: Flask, world: World) -> None:
    client, visitor = app.test_client(), app.test_client()
    sign_in(client, "owner@example.org")
    token = token_of(visitor)
    engine = app.extensions["dnk_engine"]
    engine.dispose()
    app.testing = False

    @event.listens_for(engine, "do_connect")
    def refuse(*_given: Any) -> None:
        raise engine.dialect.dbapi.OperationalError("unable to open /secret/path")

    fields = {"email": "owner@example.org", "password": PASSWORD, "csrf_token": token}
    answers = [
        client.get("/konto"),
        client.get("/"),
        client.get(f"/erklaerungen/{world.own_declaration}/"),
        client.post("/konto", data={"name": "x"}),
        visitor.post("/anmelden", data=fields),
        visitor.get("/healthz"),
        visitor.get("/health/ready"),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "secret" not in answer.text
        assert "Set-Cookie" not in answer.headers or "dnk-sign-in" not in answer.headers["Set-Cookie"]
        check_headers(answer)
    event.remove(engine, "do_connect", refuse)
    assert client.get("/konto").status_code == 200, "still signed in when it is back"
