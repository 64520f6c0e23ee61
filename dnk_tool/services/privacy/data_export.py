"""Exports to a person all data that the installation holds about them."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dnk_tool.domain.permissions import Permission, require
from dnk_tool.services.work import Work
from dnk_tool.store.privacy import personal_data
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation

FORMAT, VERSION = "dnk-person", 1

# A finder of the file could use these to sign in, or to try.
SECRET_COLUMNS: Mapping[str, frozenset[str]] = {
    "account": frozenset({"password_hash", "fs_uniquifier"}),
    "authenticator_app": frozenset({"secret", "last_counter"}),
    "invitation": frozenset({"token_hash"}),
    "juror": frozenset({"token_hash"}),
    "mail": frozenset({"body", "error"}),
    "passkey": frozenset({"credential_id", "handle", "public_key", "sign_count"}),
    "recovery_code": frozenset({"code_hash", "salt"}),
    "registration": frozenset({"token_hash"}),
    "sign_in": frozenset({"id_hash", "data"}),
}

# Content of a company or cluster, and data about other people: it is theirs, not the person's.
COLUMNS_OF_OTHERS: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"disclosure", "text", "explanation", "reason", "value", "is_marked_up", "drafts"}),
    "answer_revision": frozenset({"content"}),
    "approval": frozenset({"reason"}),
    "calculation_line": frozenset({"content"}),
    "calculation_line_revision": frozenset({"content"}),
    "climate_goal": frozenset(
        {
            "base_year",
            "base",
            "base_origin",
            "base_reason",
            "target_year",
            "percent",
            "amount",
            "scope2",
            "scope3",
            "neutral_year",
            "neutrality",
            "grid_start",
            "grid_end",
            "grid_year",
            "is_in_declaration",
        }
    ),
    "cluster_message": frozenset({"subject", "text"}),
    "company_measure": frozenset(
        {
            "criterion",
            "text",
            "owner",
            "due",
            "kind",
            "state",
            "effect",
            "investment_eur",
            "from_year",
            "lifetime",
            "counts_for",
        }
    ),
    "consent": frozenset({"aggregates_from", "left_edition"}),
    "declaration": frozenset(
        {"options", "progress", "criteria_done", "publishes_assessment", "has_material_flow", "gwp_set"}
    ),
    "event": frozenset({"detail"}),
    "evidence_file": frozenset({"name", "title", "sha256", "valid_until"}),
    "explained_warning": frozenset({"text", "fingerprint", "is_printed"}),
    "explained_warning_revision": frozenset({"content"}),
    "figure": frozenset({"value", "unit", "quality", "note", "source", "responsible", "origin"}),
    "figure_decision": frozenset({"fingerprint", "note"}),
    "figure_revision": frozenset({"content"}),
    "good_example": frozenset(
        {
            "state",
            "title",
            "before",
            "idea",
            "done",
            "effort",
            "advice",
            "fits",
            "section",
            "is_public",
            "picture_alt",
            "effect",
            "kind",
            "from_year",
            "returned_reason",
            "consent_id",
            "measure_id",
        }
    ),
    "goal_review": frozenset({"outcome", "reason", "outlook"}),
    "figure_scope": frozenset({"sites", "note"}),
    "invitation": frozenset({"email", "name", "message", "decline_reason"}),
    "juror": frozenset({"email", "name"}),
    "manager_news": frozenset({"company", "text"}),
    "member_note": frozenset({"text"}),
    "nomination": frozenset(
        {
            "title",
            "before",
            "idea",
            "done",
            "effort",
            "advice",
            "is_public",
            "prize",
            "example_id",
            "consent_id",
        }
    ),
    "release": frozenset({"content", "sha256", "inputs", "reason"}),
    "remark": frozenset({"text"}),
    "residue_inquiry": frozenset({"consent_id", "notice_id", "message", "own_notice_id", "declined_at"}),
    "residue_notice": frozenset(
        {
            "kind",
            "title",
            "codes",
            "tonnes",
            "form",
            "available_from",
            "areas",
            "sentence",
            "passed_on_tonnes",
            "passed_on_year",
            "taken_down_at",
            "taken_down_reason",
        }
    ),
    "review_conflict": frozenset({"reason"}),
    "review_round": frozenset({"letter"}),
    "self_check_reply": frozenset({"reply"}),
    "sign_off": frozenset({"reason"}),
    "site_figure": frozenset({"site", "value", "unit"}),
    "snapshot": frozenset({"content"}),
}


def export_personal_data(work: Work, account: Account) -> bytes:
    """Export, as JSON, every row that refers to the account or holds its address (docs/personal-data.md).

    Secrets and data of others are left out; the file lists those columns. Raises NotPermitted, and ValueError
    for another person's account.
    """
    require(Permission.ACCOUNT, work.actor)
    if work.actor.user_id != account.id:
        raise ValueError("everybody exports their own data")
    rows = personal_data.rows_by_account(work.session, account.id, excluded_columns())
    content = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": work.now,
        "account": personal_data.account_row(work.session, account.id, SECRET_COLUMNS["account"]),
        "by_account": {name: table_rows for name, table_rows in rows.items() if table_rows},
        # Here the invitation is the person's own: it was sent to them.
        "by_address": personal_data.rows_by_address(work.session, account.email, SECRET_COLUMNS),
        "organisations": personal_data.names_by_id(work.session, Organisation, _ids(rows, "organisation_id")),
        "clusters": personal_data.names_by_id(work.session, Cluster, _ids(rows, "cluster_id")),
        "left_out": {name: sorted(columns) for name, columns in sorted(excluded_columns().items())},
    }
    return (json.dumps(content, default=_plain, ensure_ascii=False, indent=2) + "\n").encode()


def excluded_columns() -> dict[str, frozenset[str]]:
    """The columns that no export contains, by table: secrets and data of others."""
    nothing: frozenset[str] = frozenset()
    return {
        name: SECRET_COLUMNS.get(name, nothing) | COLUMNS_OF_OTHERS.get(name, nothing)
        for name in {*SECRET_COLUMNS, *COLUMNS_OF_OTHERS}
    }


def _ids(rows: Mapping[str, Iterable[Mapping[str, Any]]], column: str) -> set[int]:
    return {row[column] for table_rows in rows.values() for row in table_rows if row.get(column) is not None}


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
